"""A sealed audit log of more than readings; disclosures."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3c1f6a52d8e4"
down_revision = "fdc46c2046dc"
branch_labels = None
depends_on = None

KINDS = ("READ", "DENIED", "SIGN_IN", "ROLE", "POLICY", "SETTING", "KEY", "DISCLOSURE")
LANES = 64
SEALED = (
    # Rows from before the chain have no seal; from now on every row has one.
    """
    alter table audit_event add constraint ck_audit_event_sealed
        check (lane is not null and position is not null and seal is not null) not valid
    """,
    f"insert into audit_lane (lane, position, seal) select lane, 0, '' from generate_series(0, {LANES - 1}) as lane",
    # Heads change all the time: room on their pages keeps the changes there.
    "alter table audit_lane set (fillfactor = 20)",
    # SECURITY: P14: neither an event nor an anchor is changed or deleted, whoever asks.
    """
    create trigger audit_anchor_stays before update or delete or truncate on audit_anchor
        for each statement execute function audit_event_stays()
    """,
    """
    create function audit_lane_grows() returns trigger language plpgsql as $$
    begin
        if tg_op <> 'UPDATE' or new.lane <> old.lane or new.position <= old.position then
            raise exception 'the audit log is never cut' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end $$
    """,
    """
    create trigger audit_lane_grows before update or delete on audit_lane
        for each row execute function audit_lane_grows()
    """,
    """
    create trigger audit_lane_stays before truncate on audit_lane
        for each statement execute function audit_event_stays()
    """,
)

OUTCOMES = ("JUSTIFIED", "TOO_WIDE", "NOT_JUSTIFIED")
DISCLOSABLE = (
    "Account.createdAt", "Account.email", "Account.id", "Account.ipAddresses", "Account.penName", "Account.postcode",
    "Account.readingHistory", "Account.similarExperiences", "Story.author", "Story.ipAddress", "Story.postcode",
)  # fmt: skip
CHECKS = {
    "two_people": "approved_by <> requested_by",
    "approved": "(approved_at is null) = (expires_at is null)",
    "term": "expires_at > approved_at and expires_at <= approved_at + interval '7 days'",
    "known_fields": f"fields <@ array[{', '.join(map(repr, DISCLOSABLE))}]::varchar[]",
    "some_fields": "cardinality(fields) > 0",
    "review": "approved_at is not null or reviewed_at is null",
    "reviewed": "(reviewed_at is null) = (outcome is null)",
}
INDEXES = (
    ("ix_disclosure_open", ["organisation_id", "expires_at"], "revoked_at is null"),
    ("ix_disclosure_unreviewed", ["approved_at"], "approved_at is not null and reviewed_at is null"),
)
DECIDED = (
    # SECURITY: P09: what two people decided upon is not changed behind their backs; what was ended never begins again.
    """
    create function disclosure_stays() returns trigger language plpgsql as $$
    begin
        if new.approved_at is not null and (tg_op = 'INSERT' or old.approved_at is null)
            and (new.approved_by is null or new.requested_by is null) then
            raise exception 'two people decide about a disclosure' using errcode = 'check_violation';
        end if;
        if tg_op = 'UPDATE' and (
            new.fields <> old.fields or new.organisation_id <> old.organisation_id
            or new.account_id is distinct from old.account_id and new.account_id is not null
            or new.story_id is distinct from old.story_id and new.story_id is not null
            or new.requested_by is distinct from old.requested_by and new.requested_by is not null
            or old.approved_at is not null and (
                new.approved_at is distinct from old.approved_at or new.expires_at is distinct from old.expires_at
                or new.approved_by is distinct from old.approved_by and new.approved_by is not null
            )
            or old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at
        ) then
            raise exception 'what was disclosed to whom is never changed' using errcode = 'check_violation';
        end if;
        return new;
    end $$
    """,
    """
    create trigger disclosure_stays before insert or update on disclosure
        for each row execute function disclosure_stays()
    """,
)


def upgrade() -> None:
    upgrade_audit()
    upgrade_disclosure()


def upgrade_audit() -> None:
    """The audit log: more kinds of events, more to say of each, and lanes of sealed rows."""
    kind = postgresql.ENUM(*KINDS, name="auditkind", create_type=False)
    sa.Enum(*KINDS, name="auditkind").create(op.get_bind())
    op.alter_column("audit_event", "id", existing_type=sa.Integer(), type_=sa.BigInteger())
    op.execute("alter sequence audit_event_id_seq as bigint")
    for nullable in ("account_id", "purpose", "subject"):
        op.alter_column("audit_event", nullable, nullable=True)
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("kind", kind, server_default="READ", nullable=False),
        sa.Column("rules", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("request", sa.String(), nullable=True),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
    )
    for column in columns:
        op.add_column("audit_event", column)
    op.create_index("uq_audit_event_lane", "audit_event", ["lane", "position"], unique=True)
    op.create_index("ix_audit_event_kind", "audit_event", ["kind", "id"], unique=False)
    op.create_index(op.f("ix_audit_event_disclosure_id"), "audit_event", ["disclosure_id"], unique=False)
    op.create_table(
        "audit_lane",
        sa.Column("lane", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_audit_lane")),
    )
    op.create_table(
        "audit_anchor",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("positions", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchor")),
    )
    for statement in SEALED:
        op.execute(statement)


def upgrade_disclosure() -> None:
    """Disclosures to organisations and the police."""
    sa.Enum(*OUTCOMES, name="disclosureoutcome").create(op.get_bind())
    people = ("requested_by", "approved_by", "revoked_by", "reviewed_by")
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        _sealed("grounds", "P09: why it is needed"),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        _moment("requested_at", server_default=sa.text("statement_timestamp()"), nullable=False),
        _moment("wanted_until"),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        _moment("approved_at"),
        _moment("expires_at"),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        _moment("revoked_at"),
        _moment("withheld_until"),
        _sealed("withheld_reason", "P09: why the person does not see it before then"),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        _moment("reviewed_at"),
        sa.Column("outcome", postgresql.ENUM(*OUTCOMES, name="disclosureoutcome", create_type=False), nullable=True),
        _sealed("note", "P09: what the data protection officer noted at the review"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_disclosure_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_disclosure_story_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_disclosure_organisation_id")),
        *(
            sa.ForeignKeyConstraint([who], ["account.id"], name=op.f(f"fk_disclosure_{who}"), ondelete="SET NULL")
            for who in ("account_id", *people)
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("number", name=op.f("uq_disclosure_number")),
    )
    for column in ("story_id", "account_id", *people):
        op.create_index(op.f(f"ix_disclosure_{column}"), "disclosure", [column], unique=False)
    for name, columns, where in INDEXES:
        op.create_index(name, "disclosure", columns, unique=False, postgresql_where=sa.text(where))
    for statement in DECIDED:
        op.execute(statement)


def _moment(name: str, *, nullable: bool = True, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, **more)


def _sealed(name: str, meaning: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=True, comment=f"{meaning}. Encrypted with the person's key.")


def downgrade() -> None:
    downgrade_disclosure()
    downgrade_audit()


def downgrade_disclosure() -> None:
    """Takes back `upgrade_disclosure`."""
    op.drop_table("disclosure")
    op.execute("drop function disclosure_stays()")
    sa.Enum(name="disclosureoutcome").drop(op.get_bind())


def downgrade_audit() -> None:
    """Takes back `upgrade_audit`; what the older structure can't hold of the log is lost."""
    op.drop_table("audit_anchor")
    op.drop_table("audit_lane")
    op.execute("drop function audit_lane_grows()")
    op.execute("alter table audit_event disable trigger audit_event_stays")
    op.execute("delete from audit_event where kind <> 'READ' or purpose is null")
    op.execute("alter table audit_event enable trigger audit_event_stays")
    op.drop_constraint(op.f("ck_audit_event_sealed"), "audit_event", type_="check")
    op.drop_index(op.f("ix_audit_event_disclosure_id"), table_name="audit_event")
    op.drop_index("ix_audit_event_kind", table_name="audit_event")
    op.drop_index("uq_audit_event_lane", table_name="audit_event")
    for column in ("seal", "position", "lane", "count", "disclosure_id", "request", "rules", "kind"):
        op.drop_column("audit_event", column)
    for required in ("account_id", "purpose", "subject"):
        op.alter_column("audit_event", required, nullable=False)
    op.execute("alter sequence audit_event_id_seq as integer")
    op.alter_column("audit_event", "id", existing_type=sa.BigInteger(), type_=sa.Integer())
    sa.Enum(name="auditkind").drop(op.get_bind())
