"""The heart: organisations, services, areas, accounts, stories and what belongs to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9d9c18703c9a"
down_revision = None
branch_labels = None
depends_on = None

TRIGGERS = (
    # The words of a story for full-text search; a bulk load may bring them along.
    """
    create function story_search() returns trigger language plpgsql as $$
    begin
        if tg_op = 'UPDATE' or new.search is null then
            new.search := setweight(to_tsvector('english', coalesce(new.title, '')), 'A')
                || setweight(to_tsvector('english', coalesce(new.body, '')), 'B');
        end if;
        return new;
    end $$
    """,
    """
    create trigger story_search before insert or update of title, body on story
        for each row execute function story_search()
    """,
    # P17: what was withdrawn stays withdrawn, whoever asks.
    """
    create function story_stays_withdrawn() returns trigger language plpgsql as $$
    begin
        raise exception 'a withdrawn story is never shown again' using errcode = 'check_violation';
    end $$
    """,
    """
    create trigger story_stays_withdrawn before update of status on story
        for each row when (old.status = 'WITHDRAWN' and new.status <> 'WITHDRAWN')
        execute function story_stays_withdrawn()
    """,
    # A service's page reads its own rows of story_service in order, so they repeat the story's time.
    """
    create function story_service_time() returns trigger language plpgsql as $$
    begin
        select shown_at into new.shown_at from story where id = new.story_id;
        return new;
    end $$
    """,
    """
    create trigger story_service_time before insert on story_service
        for each row when (new.shown_at is null) execute function story_service_time()
    """,
    """
    create function story_time_moved() returns trigger language plpgsql as $$
    begin
        update story_service set shown_at = new.shown_at where story_id = new.id;
        return null;
    end $$
    """,
    """
    create trigger story_time_moved after update of submitted_at, published_at on story
        for each row when (old.shown_at is distinct from new.shown_at) execute function story_time_moved()
    """,
    # P05: the public number of marks, right under concurrency because it is added up in the row itself.
    """
    create function similar_marked() returns trigger language plpgsql as $$
    begin
        update story set similar_count = similar_count + marks.number
        from (select story_id, count(*) as number from marked group by story_id order by story_id) as marks
        where story.id = marks.story_id;
        return null;
    end $$
    """,
    """
    create trigger similar_marked after insert on similar_experience
        referencing new table as marked for each statement execute function similar_marked()
    """,
    """
    create function similar_unmarked() returns trigger language plpgsql as $$
    begin
        update story set similar_count = similar_count - marks.number
        from (select story_id, count(*) as number from unmarked group by story_id order by story_id) as marks
        where story.id = marks.story_id;
        return null;
    end $$
    """,
    """
    create trigger similar_unmarked after delete on similar_experience
        referencing old table as unmarked for each statement execute function similar_unmarked()
    """,
)

FUNCTIONS = (
    "story_search",
    "story_stays_withdrawn",
    "story_service_time",
    "story_time_moved",
    "similar_marked",
    "similar_unmarked",
)


def upgrade() -> None:
    sa.Enum("WITHDRAWN", "ERASED", name="tombstonekind").create(op.get_bind())
    sa.Enum("NO_POSTCODE", "ROUTED", "UNKNOWN_POSTCODE", name="routing").create(op.get_bind())
    sa.Enum("AWAITING_RESPONSE", "RESPONDED", "CHANGE_PLANNED", "CHANGE_MADE", name="storyprogress").create(
        op.get_bind()
    )
    sa.Enum("SERVICE_USER", "CARER", "PARENT", "RELATIVE", "FRIEND", "VOLUNTEER", "STAFF", name="authorrole").create(
        op.get_bind()
    )
    sa.Enum("ADULT", "YOUNG_PERSON", "CHILD", name="agegroup").create(op.get_bind())
    sa.Enum(
        "SUBMITTED",
        "IN_REVIEW",
        "PREVIEW",
        "PUBLISHED",
        "RESTRICTED",
        "REJECTED",
        "WITHDRAWN",
        name="storystatus",
    ).create(op.get_bind())
    sa.Enum("GOOD", "IMPROVE", "FEELING", name="tagkind").create(op.get_bind())
    sa.Enum("ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND", name="region").create(op.get_bind())
    sa.Enum(
        "NHS_TRUST",
        "HEALTH_BOARD",
        "HSC_TRUST",
        "GP_PRACTICE",
        "INTEGRATED_CARE_BOARD",
        "HEALTH_SOCIAL_CARE_PARTNERSHIP",
        "COUNCIL",
        "PRIVATE_PROVIDER",
        "CHARITY",
        "REGULATOR",
        "POLICE",
        name="organisationkind",
    ).create(op.get_bind())
    sa.Enum(
        "SUBMITTED",
        "ASSIGNED",
        "EDITED",
        "PREVIEWED",
        "PUBLISHED",
        "REJECTED",
        "RESTRICTED",
        "UNRESTRICTED",
        name="moderationaction",
    ).create(op.get_bind())
    sa.Enum("READER", "RESPONDER", "MANAGER", name="membershiprole").create(op.get_bind())
    sa.Enum("A_LOT", "A_LITTLE", "NO", name="limitation").create(op.get_bind())
    sa.Enum(
        "WHITE_BRITISH",
        "WHITE_IRISH",
        "WHITE_OTHER",
        "WHITE_AND_BLACK_CARIBBEAN",
        "WHITE_AND_BLACK_AFRICAN",
        "WHITE_AND_ASIAN",
        "MIXED_OTHER",
        "INDIAN",
        "PAKISTANI",
        "BANGLADESHI",
        "ASIAN_OTHER",
        "CARIBBEAN",
        "AFRICAN",
        "BLACK_OTHER",
        "CHINESE",
        "OTHER",
        "NOT_STATED",
        name="ethnicgroup",
    ).create(op.get_bind())
    sa.Enum("FEMALE", "MALE", "NON_BINARY", "OTHER", "PREFER_NOT_TO_SAY", name="gender").create(op.get_bind())
    sa.Enum(
        "PUBLISH",
        "FEED",
        "SOCIAL",
        "RESEARCH",
        "EDUCATION",
        "SYNDICATION",
        "STATISTICS",
        name="consentpurpose",
    ).create(op.get_bind())
    sa.Enum("PLANNED", "MADE", name="changekind").create(op.get_bind())
    sa.Enum("PENDING", "PUBLISHED", "REJECTED", name="responsestatus").create(op.get_bind())
    sa.Enum(
        "INTEGRATED_CARE_BOARD",
        "HEALTH_SOCIAL_CARE_PARTNERSHIP",
        "HEALTH_BOARD",
        "HSC_TRUST",
        "LOCAL_AUTHORITY",
        name="areakind",
    ).create(op.get_bind())
    sa.Enum("MODERATOR", "SAFEGUARDING", "ABUSE", "DPO", "ADMIN", name="platformrole").create(op.get_bind())
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "key",
            sa.LargeBinary(),
            nullable=False,
            comment="P18: the person's data key, wrapped by the master key.",
        ),
        sa.Column(
            "email_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="P01: keyed hash, to find an account by email.",
        ),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column(
            "email",
            sa.LargeBinary(),
            nullable=True,
            comment="P01: the person's email. Encrypted with the person's key.",
        ),
        sa.Column(
            "postcode",
            sa.LargeBinary(),
            nullable=True,
            comment="P02: the person's postcode. Encrypted with the person's key.",
        ),
        sa.Column(
            "pen_name",
            sa.LargeBinary(),
            nullable=True,
            comment="P14: the name shown with the person's next stories. Encrypted with the person's key.",
        ),
        sa.Column(
            "demographics_id",
            sa.LargeBinary(),
            nullable=True,
            comment="P07: which demographics row is theirs. Encrypted with the person's key.",
        ),
        sa.Column(
            "roles",
            postgresql.ARRAY(
                postgresql.ENUM(
                    "MODERATOR",
                    "SAFEGUARDING",
                    "ABUSE",
                    "DPO",
                    "ADMIN",
                    name="platformrole",
                    create_type=False,
                )
            ),
            server_default="{}",
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_hash", name=op.f("uq_account_email_hash")),
    )
    op.create_table(
        "demographics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "gender",
            postgresql.ENUM(
                "FEMALE", "MALE", "NON_BINARY", "OTHER", "PREFER_NOT_TO_SAY", name="gender", create_type=False
            ),
            nullable=True,
            comment="P07: gender. Shown to the person alone.",
        ),
        sa.Column(
            "birth_year",
            sa.Integer(),
            nullable=True,
            comment="P07: year of birth. Shown to the person alone.",
        ),
        sa.Column(
            "ethnic_group",
            postgresql.ENUM(
                "WHITE_BRITISH",
                "WHITE_IRISH",
                "WHITE_OTHER",
                "WHITE_AND_BLACK_CARIBBEAN",
                "WHITE_AND_BLACK_AFRICAN",
                "WHITE_AND_ASIAN",
                "MIXED_OTHER",
                "INDIAN",
                "PAKISTANI",
                "BANGLADESHI",
                "ASIAN_OTHER",
                "CARIBBEAN",
                "AFRICAN",
                "BLACK_OTHER",
                "CHINESE",
                "OTHER",
                "NOT_STATED",
                name="ethnicgroup",
                create_type=False,
            ),
            nullable=True,
            comment="P07: ethnic group. Shown to the person alone.",
        ),
        sa.Column(
            "limited_by_condition",
            postgresql.ENUM("A_LOT", "A_LITTLE", "NO", name="limitation", create_type=False),
            nullable=True,
            comment="P07: being limited by a condition. Shown to the person alone.",
        ),
        sa.CheckConstraint("birth_year between 1900 and 2100", name=op.f("ck_demographics_birth_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demographics")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ods_code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "NHS_TRUST",
                "HEALTH_BOARD",
                "HSC_TRUST",
                "GP_PRACTICE",
                "INTEGRATED_CARE_BOARD",
                "HEALTH_SOCIAL_CARE_PARTNERSHIP",
                "COUNCIL",
                "PRIVATE_PROVIDER",
                "CHARITY",
                "REGULATOR",
                "POLICE",
                name="organisationkind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "region",
            postgresql.ENUM("ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND", name="region", create_type=False),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ods_code ~ '^[A-Z0-9]{3,10}$'", name=op.f("ck_organisation_ods_code")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_organisation_slug")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_organisation_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("ods_code", name=op.f("uq_organisation_ods_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"], unique=False)
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM("GOOD", "IMPROVE", "FEELING", name="tagkind", create_type=False),
            nullable=False,
        ),
        sa.Column("label", sa.String(), nullable=False),
        sa.CheckConstraint("char_length(label) between 1 and 80", name=op.f("ck_tag_label")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("kind", "label", name=op.f("uq_tag_kind_label")),
    )
    op.create_table(
        "tombstone",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM("WITHDRAWN", "ERASED", name="tombstonekind", create_type=False),
            nullable=False,
        ),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "INTEGRATED_CARE_BOARD",
                "HEALTH_SOCIAL_CARE_PARTNERSHIP",
                "HEALTH_BOARD",
                "HSC_TRUST",
                "LOCAL_AUTHORITY",
                name="areakind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("code ~ '^[EWSNKL][0-9]{8}$'", name=op.f("ck_area_code")),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name=op.f("ck_area_validity")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_area_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    op.create_index(op.f("ix_area_organisation_id"), "area", ["organisation_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            postgresql.ENUM(
                "PUBLISH",
                "FEED",
                "SOCIAL",
                "RESEARCH",
                "EDUCATION",
                "SYNDICATION",
                "STATISTICS",
                name="consentpurpose",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_version", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_account_id"), "consent", ["account_id"], unique=False)
    op.create_table(
        "ip_address_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "address",
            sa.LargeBinary(),
            nullable=False,
            comment="P03: the address. Encrypted with the person's key.",
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_ip_address_use_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_address_use")),
    )
    op.create_index(op.f("ix_ip_address_use_account_id"), "ip_address_use", ["account_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM("READER", "RESPONDER", "MANAGER", name="membershiprole", create_type=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_membership_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("account_id", "organisation_id", name=op.f("uq_membership_account_id_organisation_id")),
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ods_code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "region",
            postgresql.ENUM("ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND", name="region", create_type=False),
            nullable=False,
        ),
        sa.Column("specialties", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ods_code ~ '^[A-Z0-9]{3,12}$'", name=op.f("ck_service_ods_code")),
        sa.CheckConstraint("postcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$'", name=op.f("ck_service_postcode")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_service_slug")),
        sa.CheckConstraint(
            "latitude between 49 and 61 and longitude between -9 and 2", name=op.f("ck_service_coordinates")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_service_parent")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_service_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["service.id"], name=op.f("fk_service_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("ods_code", name=op.f("uq_service_ods_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    op.create_index(op.f("ix_service_organisation_id"), "service", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_service_parent_id"), "service", ["parent_id"], unique=False)
    op.create_index(op.f("ix_service_postcode"), "service", ["postcode"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False)
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "SUBMITTED",
                "IN_REVIEW",
                "PREVIEW",
                "PUBLISHED",
                "RESTRICTED",
                "REJECTED",
                "WITHDRAWN",
                name="storystatus",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "region",
            postgresql.ENUM("ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND", name="region", create_type=False),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column(
            "age_group",
            postgresql.ENUM("ADULT", "YOUNG_PERSON", "CHILD", name="agegroup", create_type=False),
            nullable=False,
        ),
        sa.Column(
            "author_role",
            postgresql.ENUM(
                "SERVICE_USER",
                "CARER",
                "PARENT",
                "RELATIVE",
                "FRIEND",
                "VOLUNTEER",
                "STAFF",
                name="authorrole",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("pen_name", sa.String(), nullable=True),
        sa.Column(
            "progress",
            postgresql.ENUM(
                "AWAITING_RESPONSE",
                "RESPONDED",
                "CHANGE_PLANNED",
                "CHANGE_MADE",
                name="storyprogress",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "shown_at",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(published_at, submitted_at)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "criticality",
            sa.Integer(),
            nullable=True,
            comment="P06: the moderator's view of the most serious statement.",
        ),
        sa.Column("similar_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("restriction_reason", sa.String(), nullable=True),
        sa.Column("restriction_by", sa.String(), nullable=True),
        sa.Column(
            "routing",
            postgresql.ENUM("NO_POSTCODE", "ROUTED", "UNKNOWN_POSTCODE", name="routing", create_type=False),
            server_default="NO_POSTCODE",
            nullable=False,
        ),
        sa.Column("author_id", sa.Uuid(), nullable=True, comment="P01: whose story it is."),
        sa.Column(
            "postcode",
            sa.LargeBinary(),
            nullable=True,
            comment="P02: the author's postcode, to route the story. Encrypted with the person's key.",
        ),
        sa.Column(
            "ip_address",
            sa.LargeBinary(),
            nullable=True,
            comment="P03: the address from which it was sent. Encrypted with the person's key.",
        ),
        sa.Column("search", postgresql.TSVECTOR(), nullable=True),
        sa.CheckConstraint(
            "(status = 'RESTRICTED') = (restriction_reason is not null)", name=op.f("ck_story_restricted")
        ),
        sa.CheckConstraint(
            "(status = 'WITHDRAWN') = (title is null) and (title is null) = (body is null)",
            name=op.f("ck_story_withdrawn"),
        ),
        sa.CheckConstraint(
            "(status in ('PUBLISHED', 'RESTRICTED')) = (published_at is not null)",
            name=op.f("ck_story_published"),
        ),
        sa.CheckConstraint(
            "status <> 'WITHDRAWN' or (postcode is null and ip_address is null)",
            name=op.f("ck_story_withdrawn_private"),
        ),
        sa.CheckConstraint(
            "char_length(title) between 1 and 200 and char_length(body) between 1 and 12000",
            name=op.f("ck_story_length"),
        ),
        sa.CheckConstraint("criticality between 0 and 5", name=op.f("ck_story_criticality")),
        sa.CheckConstraint("similar_count >= 0", name=op.f("ck_story_similar_count")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_story_author_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_index(
        "ix_story_author_id_shown_at",
        "story",
        ["author_id", sa.literal_column("shown_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_story_search", "story", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_story_shown_at_id",
        "story",
        [sa.literal_column("shown_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_story_similar_count_id",
        "story",
        [sa.literal_column("similar_count DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_story_status_shown_at",
        "story",
        ["status", sa.literal_column("shown_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status not in ('PUBLISHED', 'RESTRICTED')"),
    )
    op.create_table(
        "area_successor",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_successor_area_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["area.id"], name=op.f("fk_area_successor_successor_id")),
        sa.PrimaryKeyConstraint("area_id", "successor_id", name=op.f("pk_area_successor")),
    )
    op.create_index(op.f("ix_area_successor_successor_id"), "area_successor", ["successor_id"], unique=False)
    op.create_table(
        "moderation_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "action",
            postgresql.ENUM(
                "SUBMITTED",
                "ASSIGNED",
                "EDITED",
                "PREVIEWED",
                "PUBLISHED",
                "REJECTED",
                "RESTRICTED",
                "UNRESTRICTED",
                name="moderationaction",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_moderation_entry_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_moderation_entry_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_entry")),
    )
    op.create_index(op.f("ix_moderation_entry_account_id"), "moderation_entry", ["account_id"], unique=False)
    op.create_index(op.f("ix_moderation_entry_story_id"), "moderation_entry", ["story_id"], unique=False)
    op.create_table(
        "postcode_area",
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "postcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$'", name=op.f("ck_postcode_area_postcode")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_postcode_area_area_id")),
        sa.PrimaryKeyConstraint("postcode", "area_id", name=op.f("pk_postcode_area")),
    )
    op.create_index(op.f("ix_postcode_area_area_id"), "postcode_area", ["area_id"], unique=False)
    op.create_table(
        "reading",
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="P04: who read the story."),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reading_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_reading_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "story_id", name=op.f("pk_reading")),
    )
    op.create_index(
        "ix_reading_recent",
        "reading",
        ["account_id", sa.literal_column("read_at DESC"), "story_id"],
        unique=False,
    )
    op.create_index(op.f("ix_reading_story_id"), "reading", ["story_id"], unique=False)
    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "account_id",
            sa.Uuid(),
            nullable=True,
            comment="P06: who wrote it, for the organisation and moderators.",
        ),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("staff_name", sa.String(), nullable=True),
        sa.Column("job_title", sa.String(), nullable=True),
        sa.Column(
            "status",
            postgresql.ENUM("PENDING", "PUBLISHED", "REJECTED", name="responsestatus", create_type=False),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'PUBLISHED') = (published_at is not null)", name=op.f("ck_response_published")),
        sa.CheckConstraint("char_length(body) between 1 and 10000", name=op.f("ck_response_body")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_response_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_response_organisation_id")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_response_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
    )
    op.create_index(op.f("ix_response_account_id"), "response", ["account_id"], unique=False)
    op.create_index(op.f("ix_response_organisation_id"), "response", ["organisation_id"], unique=False)
    op.create_index(
        "ix_response_story_id_published_at_id", "response", ["story_id", "published_at", "id"], unique=False
    )
    op.create_table(
        "service_area",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_service_area_area_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_area_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "area_id", name=op.f("pk_service_area")),
    )
    op.create_index(op.f("ix_service_area_area_id"), "service_area", ["area_id"], unique=False)
    op.create_table(
        "similar_experience",
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="P05: who marked the story."),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_similar_experience_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_similar_experience_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "story_id", name=op.f("pk_similar_experience")),
    )
    op.create_index(op.f("ix_similar_experience_story_id"), "similar_experience", ["story_id"], unique=False)
    op.create_table(
        "story_area",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_story_area_area_id")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_area_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "area_id", name=op.f("pk_story_area")),
    )
    op.create_index(op.f("ix_story_area_area_id"), "story_area", ["area_id"], unique=False)
    op.create_table(
        "story_original",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column(
            "title",
            sa.LargeBinary(),
            nullable=False,
            comment="P11: the title as sent. Encrypted with the person's key.",
        ),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment="P11: the text as sent. Encrypted with the person's key.",
        ),
        sa.Column("purge_after", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_original_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_original")),
    )
    op.create_index(op.f("ix_story_original_purge_after"), "story_original", ["purge_after"], unique=False)
    op.create_table(
        "story_service",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_story_service_service_id")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_service_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "service_id", name=op.f("pk_story_service")),
    )
    op.create_index(
        "ix_story_service_page",
        "story_service",
        ["service_id", sa.literal_column("shown_at DESC"), sa.literal_column("story_id DESC")],
        unique=False,
    )
    op.create_table(
        "story_tag",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_tag_story_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_story_tag_tag_id")),
        sa.PrimaryKeyConstraint("story_id", "tag_id", name=op.f("pk_story_tag")),
    )
    op.create_index(op.f("ix_story_tag_tag_id"), "story_tag", ["tag_id"], unique=False)
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=True),
        sa.Column("kind", postgresql.ENUM("PLANNED", "MADE", name="changekind", create_type=False), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM("PENDING", "PUBLISHED", "REJECTED", name="responsestatus", create_type=False),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'PUBLISHED') = (published_at is not null)", name=op.f("ck_change_published")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_change_organisation_id")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_change_response_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_change_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_organisation_id"), "change", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_change_response_id"), "change", ["response_id"], unique=False)
    op.create_index(op.f("ix_change_story_id"), "change", ["story_id"], unique=False)
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_change_story_id"), table_name="change")
    op.drop_index(op.f("ix_change_response_id"), table_name="change")
    op.drop_index(op.f("ix_change_organisation_id"), table_name="change")
    op.drop_table("change")
    op.drop_index(op.f("ix_story_tag_tag_id"), table_name="story_tag")
    op.drop_table("story_tag")
    op.drop_index("ix_story_service_page", table_name="story_service")
    op.drop_table("story_service")
    op.drop_index(op.f("ix_story_original_purge_after"), table_name="story_original")
    op.drop_table("story_original")
    op.drop_index(op.f("ix_story_area_area_id"), table_name="story_area")
    op.drop_table("story_area")
    op.drop_index(op.f("ix_similar_experience_story_id"), table_name="similar_experience")
    op.drop_table("similar_experience")
    op.drop_index(op.f("ix_service_area_area_id"), table_name="service_area")
    op.drop_table("service_area")
    op.drop_index("ix_response_story_id_published_at_id", table_name="response")
    op.drop_index(op.f("ix_response_organisation_id"), table_name="response")
    op.drop_index(op.f("ix_response_account_id"), table_name="response")
    op.drop_table("response")
    op.drop_index(op.f("ix_reading_story_id"), table_name="reading")
    op.drop_index("ix_reading_recent", table_name="reading")
    op.drop_table("reading")
    op.drop_index(op.f("ix_postcode_area_area_id"), table_name="postcode_area")
    op.drop_table("postcode_area")
    op.drop_index(op.f("ix_moderation_entry_story_id"), table_name="moderation_entry")
    op.drop_index(op.f("ix_moderation_entry_account_id"), table_name="moderation_entry")
    op.drop_table("moderation_entry")
    op.drop_index(op.f("ix_area_successor_successor_id"), table_name="area_successor")
    op.drop_table("area_successor")
    op.drop_index(
        "ix_story_status_shown_at",
        table_name="story",
        postgresql_where=sa.text("status not in ('PUBLISHED', 'RESTRICTED')"),
    )
    op.drop_index("ix_story_similar_count_id", table_name="story")
    op.drop_index("ix_story_shown_at_id", table_name="story")
    op.drop_index("ix_story_search", table_name="story", postgresql_using="gin")
    op.drop_index("ix_story_author_id_shown_at", table_name="story")
    op.drop_table("story")
    op.drop_index(op.f("ix_session_expires_at"), table_name="session")
    op.drop_index(op.f("ix_session_account_id"), table_name="session")
    op.drop_table("session")
    op.drop_index(op.f("ix_service_postcode"), table_name="service")
    op.drop_index(op.f("ix_service_parent_id"), table_name="service")
    op.drop_index(op.f("ix_service_organisation_id"), table_name="service")
    op.drop_table("service")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_ip_address_use_account_id"), table_name="ip_address_use")
    op.drop_table("ip_address_use")
    op.drop_index(op.f("ix_consent_account_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_area_organisation_id"), table_name="area")
    op.drop_table("area")
    op.drop_table("tombstone")
    op.drop_table("tag")
    op.drop_index(op.f("ix_organisation_parent_id"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_table("demographics")
    op.drop_table("account")
    sa.Enum("MODERATOR", "SAFEGUARDING", "ABUSE", "DPO", "ADMIN", name="platformrole").drop(op.get_bind())
    sa.Enum(
        "INTEGRATED_CARE_BOARD",
        "HEALTH_SOCIAL_CARE_PARTNERSHIP",
        "HEALTH_BOARD",
        "HSC_TRUST",
        "LOCAL_AUTHORITY",
        name="areakind",
    ).drop(op.get_bind())
    sa.Enum("PENDING", "PUBLISHED", "REJECTED", name="responsestatus").drop(op.get_bind())
    sa.Enum("PLANNED", "MADE", name="changekind").drop(op.get_bind())
    sa.Enum(
        "PUBLISH",
        "FEED",
        "SOCIAL",
        "RESEARCH",
        "EDUCATION",
        "SYNDICATION",
        "STATISTICS",
        name="consentpurpose",
    ).drop(op.get_bind())
    sa.Enum("FEMALE", "MALE", "NON_BINARY", "OTHER", "PREFER_NOT_TO_SAY", name="gender").drop(op.get_bind())
    sa.Enum(
        "WHITE_BRITISH",
        "WHITE_IRISH",
        "WHITE_OTHER",
        "WHITE_AND_BLACK_CARIBBEAN",
        "WHITE_AND_BLACK_AFRICAN",
        "WHITE_AND_ASIAN",
        "MIXED_OTHER",
        "INDIAN",
        "PAKISTANI",
        "BANGLADESHI",
        "ASIAN_OTHER",
        "CARIBBEAN",
        "AFRICAN",
        "BLACK_OTHER",
        "CHINESE",
        "OTHER",
        "NOT_STATED",
        name="ethnicgroup",
    ).drop(op.get_bind())
    sa.Enum("A_LOT", "A_LITTLE", "NO", name="limitation").drop(op.get_bind())
    sa.Enum("READER", "RESPONDER", "MANAGER", name="membershiprole").drop(op.get_bind())
    sa.Enum(
        "SUBMITTED",
        "ASSIGNED",
        "EDITED",
        "PREVIEWED",
        "PUBLISHED",
        "REJECTED",
        "RESTRICTED",
        "UNRESTRICTED",
        name="moderationaction",
    ).drop(op.get_bind())
    sa.Enum(
        "NHS_TRUST",
        "HEALTH_BOARD",
        "HSC_TRUST",
        "GP_PRACTICE",
        "INTEGRATED_CARE_BOARD",
        "HEALTH_SOCIAL_CARE_PARTNERSHIP",
        "COUNCIL",
        "PRIVATE_PROVIDER",
        "CHARITY",
        "REGULATOR",
        "POLICE",
        name="organisationkind",
    ).drop(op.get_bind())
    sa.Enum("ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND", name="region").drop(op.get_bind())
    sa.Enum("GOOD", "IMPROVE", "FEELING", name="tagkind").drop(op.get_bind())
    sa.Enum(
        "SUBMITTED",
        "IN_REVIEW",
        "PREVIEW",
        "PUBLISHED",
        "RESTRICTED",
        "REJECTED",
        "WITHDRAWN",
        name="storystatus",
    ).drop(op.get_bind())
    sa.Enum("ADULT", "YOUNG_PERSON", "CHILD", name="agegroup").drop(op.get_bind())
    sa.Enum("SERVICE_USER", "CARER", "PARENT", "RELATIVE", "FRIEND", "VOLUNTEER", "STAFF", name="authorrole").drop(
        op.get_bind()
    )
    sa.Enum("AWAITING_RESPONSE", "RESPONDED", "CHANGE_PLANNED", "CHANGE_MADE", name="storyprogress").drop(op.get_bind())
    sa.Enum("NO_POSTCODE", "ROUTED", "UNKNOWN_POSTCODE", name="routing").drop(op.get_bind())
    sa.Enum("WITHDRAWN", "ERASED", name="tombstonekind").drop(op.get_bind())
    for name in FUNCTIONS:
        op.execute(f"drop function {name}() cascade")
