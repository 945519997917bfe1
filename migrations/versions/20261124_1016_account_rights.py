"""A person's account and all their rights: keys apart, confirmations, mail, copies, complaints, the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d8d2ca3b7c8"
down_revision = "327a880a41e7"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Workers need not wait for their next look: what is queued wakes them once it is committed.
    """
    create function work_queued() returns trigger language plpgsql as $$
    begin
        perform pg_notify('candour_work', tg_table_name);
        return null;
    end $$
    """,
    """
    create trigger work_queued after insert on mail for each statement execute function work_queued()
    """,
    """
    create trigger work_queued after insert on data_export for each statement execute function work_queued()
    """,
    # SECURITY: P18: dumps are not made under Candour's name, so they hold no key.
    "alter table person_key enable row level security",
    "alter table person_key force row level security",
    """
    create policy candour on person_key
        using (current_setting('application_name') like 'candour%') with check (true)
    """,
    # P18: a key is destroyed in the transaction that deletes its person, whoever deletes.
    """
    create function person_key_destroyed() returns trigger language plpgsql set application_name = 'candour' as $$
    begin
        delete from person_key where id = old.id;
        return null;
    end $$
    """,
    """
    create trigger person_key_destroyed after delete on account
        for each row execute function person_key_destroyed()
    """,
    """
    create trigger person_key_destroyed after delete on complaint
        for each row execute function person_key_destroyed()
    """,
    # P17: the number of a story that is gone is never used again.
    """
    create function story_stays_gone() returns trigger language plpgsql as $$
    begin
        if exists (select from tombstone where number = new.id) then
            raise exception 'a story that is gone is never shown again' using errcode = 'check_violation';
        end if;
        return new;
    end $$
    """,
    """
    create trigger story_stays_gone before insert or update of id on story
        for each row when (new.status <> 'WITHDRAWN') execute function story_stays_gone()
    """,
    """
    create function tombstone_stays() returns trigger language plpgsql as $$
    begin
        raise exception 'a tombstone stays' using errcode = 'insufficient_privilege';
    end $$
    """,
    """
    create trigger tombstone_stays before update or delete or truncate on tombstone
        for each statement execute function tombstone_stays()
    """,
    # P12: the consent ledger only grows; entries go with their account, whose row is gone when they follow it.
    """
    create function consent_stays() returns trigger language plpgsql as $$
    begin
        if tg_op = 'DELETE' and not exists (select from account where id = old.account_id) then
            return old;
        end if;
        raise exception 'the consent ledger only grows' using errcode = 'insufficient_privilege';
    end $$
    """,
    """
    create trigger consent_stays before update or delete on consent
        for each row execute function consent_stays()
    """,
    """
    create trigger consent_stays_whole before truncate on consent
        for each statement execute function consent_stays()
    """,
)
UNDONE = (
    "drop trigger work_queued on mail",
    "drop trigger work_queued on data_export",
    "drop function work_queued()",
    "drop trigger consent_stays on consent",
    "drop trigger consent_stays_whole on consent",
    "drop function consent_stays()",
    "drop trigger tombstone_stays on tombstone",
    "drop function tombstone_stays()",
    "drop trigger story_stays_gone on story",
    "drop function story_stays_gone()",
    "drop trigger person_key_destroyed on account",
    "drop trigger person_key_destroyed on complaint",
    "drop function person_key_destroyed()",
)


def upgrade() -> None:
    sa.Enum("STORY_WITHDRAWN", "STORY_ERASED", "CONSENT_GRANTED", "CONSENT_WITHDRAWN", name="eventkind").create(
        op.get_bind()
    )
    sa.Enum("REQUESTED", "READY", "FETCHED", "EXPIRED", "FAILED", name="dataexportstatus").create(op.get_bind())
    sa.Enum("VERIFY_EMAIL", "RESET_PASSWORD", "LEAVE_EMAIL", "TAKE_EMAIL", name="confirmationkind").create(
        op.get_bind()
    )
    sa.Enum(
        "COMPLAINT", "ACCESS", "CORRECTION", "COPY", "ERASURE", "RESTRICTION", "OBJECTION", name="complaintkind"
    ).create(op.get_bind())
    sa.Enum("SIGN_IN", "SECOND_FACTOR", "PASSWORD", "REGISTER", "RESET", "COMPLAIN", name="attemptkind").create(
        op.get_bind()
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "SIGN_IN",
                "SECOND_FACTOR",
                "PASSWORD",
                "REGISTER",
                "RESET",
                "COMPLAIN",
                name="attemptkind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.LargeBinary(), nullable=False, comment="P03: keyed hash of the email or account."),
        sa.Column(
            "address", sa.LargeBinary(), nullable=False, comment="P03: keyed hash of the IP address, against abuse."
        ),
        sa.Column(
            "attempted_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column("succeeded", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_address_attempted_at", "attempt", ["address", "kind", "attempted_at"], unique=False)
    op.create_index("ix_attempt_attempted_at", "attempt", ["attempted_at"], unique=False)
    op.create_index("ix_attempt_subject_attempted_at", "attempt", ["subject", "kind", "attempted_at"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "STORY_WITHDRAWN",
                "STORY_ERASED",
                "CONSENT_GRANTED",
                "CONSENT_WITHDRAWN",
                name="eventkind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
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
            nullable=True,
        ),
        sa.Column(
            "happened_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_number"), "event", ["number"], unique=False)
    op.execute("alter table event add column transaction xid8 not null default pg_current_xact_id()")
    op.create_index("ix_event_transaction_id", "event", ["transaction", "id"], unique=False)
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "person_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "wrapped",
            sa.LargeBinary(),
            nullable=False,
            comment="P18: the person's data key, wrapped by the master key.",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_key")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "COMPLAINT",
                "ACCESS",
                "CORRECTION",
                "COPY",
                "ERASURE",
                "RESTRICTION",
                "OBJECTION",
                name="complaintkind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "email",
            sa.LargeBinary(),
            nullable=False,
            comment="P19: where the answer goes. Encrypted with the person's key.",
        ),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment="P19: what the person wrote. Encrypted with the person's key.",
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "extension_reason",
            sa.LargeBinary(),
            nullable=True,
            comment="P19: why it takes longer, as told to the person. Encrypted with the person's key.",
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome", sa.LargeBinary(), nullable=True, comment="P19: the answer. Encrypted with the person's key."
        ),
        sa.CheckConstraint("(answered_at is null) = (outcome is null)", name=op.f("ck_complaint_answered")),
        sa.CheckConstraint("(extended_at is null) = (extension_reason is null)", name=op.f("ck_complaint_extended")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_complaint_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    op.create_index(op.f("ix_complaint_account_id"), "complaint", ["account_id"], unique=False)
    op.create_index(
        "ix_complaint_due_at", "complaint", ["due_at"], unique=False, postgresql_where=sa.text("answered_at is null")
    )
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "VERIFY_EMAIL",
                "RESET_PASSWORD",
                "LEAVE_EMAIL",
                "TAKE_EMAIL",
                name="confirmationkind",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_confirmation_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_confirmation_token_hash")),
    )
    op.create_index(op.f("ix_confirmation_account_id"), "confirmation", ["account_id"], unique=False)
    op.create_index(op.f("ix_confirmation_expires_at"), "confirmation", ["expires_at"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column(
            "corrected_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_correction_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_account_id"), "correction", ["account_id"], unique=False)
    op.create_table(
        "data_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "REQUESTED", "READY", "FETCHED", "EXPIRED", "FAILED", name="dataexportstatus", create_type=False
            ),
            server_default="REQUESTED",
            nullable=False,
        ),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_in", sa.Uuid(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column(
            "token",
            sa.LargeBinary(),
            nullable=True,
            comment="P16: the last part of the link to the copy. Encrypted with the person's key.",
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(status = 'READY') <= (ready_at is not null)", name=op.f("ck_data_export_ready")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_data_export_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_export")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_data_export_token_hash")),
    )
    op.create_index(op.f("ix_data_export_account_id"), "data_export", ["account_id"], unique=False)
    op.create_table(
        "email_change",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "email",
            sa.LargeBinary(),
            nullable=False,
            comment="P01: the email that the person asked to change to. Encrypted with the person's key.",
        ),
        sa.Column("email_hash", sa.LargeBinary(), nullable=False, comment="P01: keyed hash of the new email."),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_email_change_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_email_change")),
    )
    op.create_index(op.f("ix_email_change_expires_at"), "email_change", ["expires_at"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "secret",
            sa.LargeBinary(),
            nullable=False,
            comment="P14: the secret shared with the person's authenticator app. Encrypted with the person's key.",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("recovery_hashes", postgresql.ARRAY(sa.LargeBinary()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "data_export_part",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="P16: a piece of the copy. Encrypted with the person's key.",
        ),
        sa.ForeignKeyConstraint(
            ["export_id"], ["data_export.id"], name=op.f("fk_data_export_part_export_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_data_export_part")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=True,
            comment="P01: the address and what the e-mail says. Encrypted with the person's key.",
        ),
        sa.Column(
            "queued_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.CheckConstraint("num_nonnulls(account_id, complaint_id) = 1", name=op.f("ck_mail_person")),
        sa.CheckConstraint("num_nonnulls(sent_at, failed_at) <= 1", name=op.f("ck_mail_ended")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mail_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_mail_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_account_id"), "mail", ["account_id"], unique=False)
    op.create_index(op.f("ix_mail_complaint_id"), "mail", ["complaint_id"], unique=False)
    op.create_index(
        "ix_mail_due_at",
        "mail",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at is null and failed_at is null"),
    )
    op.add_column("account", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update account set email_verified_at = created_at")
    op.execute("insert into person_key (id, wrapped, made_at) select id, key, created_at from account")
    op.drop_column("account", "key")
    op.add_column("audit_event", sa.Column("organisation_id", sa.Integer(), nullable=True))
    op.add_column("audit_event", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.create_index("ix_audit_event_person_id", "audit_event", ["person_id", "id"], unique=False)
    op.drop_index(op.f("ix_consent_account_id"), table_name="consent")
    op.create_index(
        "ix_consent_latest", "consent", ["account_id", "purpose", sa.literal_column("id DESC")], unique=False
    )
    op.add_column(
        "session",
        sa.Column(
            "client",
            sa.LargeBinary(),
            nullable=True,
            comment="P14: the browser or app that signed in, as it called itself. Encrypted with the person's key.",
        ),
    )
    op.add_column("session", sa.Column("second_factor", sa.Boolean(), server_default="false", nullable=False))
    op.add_column(
        "demographics",
        sa.Column(
            "counted",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="P12: whether the person agreed to be counted in statistics. Shown to the person alone.",
        ),
    )
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNDONE:
        op.execute(statement)
    op.drop_column("demographics", "counted")
    op.drop_column("session", "second_factor")
    op.drop_column("session", "client")
    op.drop_index("ix_consent_latest", table_name="consent")
    op.create_index(op.f("ix_consent_account_id"), "consent", ["account_id"], unique=False)
    op.drop_index("ix_audit_event_person_id", table_name="audit_event")
    op.drop_column("audit_event", "person_id")
    op.drop_column("audit_event", "organisation_id")
    op.add_column(
        "account",
        sa.Column(
            "key",
            postgresql.BYTEA(),
            autoincrement=False,
            nullable=True,
            comment="P18: the person's data key, wrapped by the master key.",
        ),
    )
    op.execute("update account set key = wrapped from person_key where person_key.id = account.id")
    op.alter_column("account", "key", nullable=False)
    op.drop_column("account", "email_verified_at")
    op.drop_index(
        "ix_mail_due_at", table_name="mail", postgresql_where=sa.text("sent_at is null and failed_at is null")
    )
    op.drop_index(op.f("ix_mail_complaint_id"), table_name="mail")
    op.drop_index(op.f("ix_mail_account_id"), table_name="mail")
    op.drop_table("mail")
    op.drop_table("data_export_part")
    op.drop_table("second_factor")
    op.drop_index(op.f("ix_email_change_expires_at"), table_name="email_change")
    op.drop_table("email_change")
    op.drop_index(op.f("ix_data_export_account_id"), table_name="data_export")
    op.drop_table("data_export")
    op.drop_index(op.f("ix_correction_account_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_confirmation_expires_at"), table_name="confirmation")
    op.drop_index(op.f("ix_confirmation_account_id"), table_name="confirmation")
    op.drop_table("confirmation")
    op.drop_index("ix_complaint_due_at", table_name="complaint", postgresql_where=sa.text("answered_at is null"))
    op.drop_index(op.f("ix_complaint_account_id"), table_name="complaint")
    op.drop_table("complaint")
    op.drop_table("person_key")
    op.drop_table("job_run")
    op.drop_index("ix_event_transaction_id", table_name="event")
    op.drop_index(op.f("ix_event_number"), table_name="event")
    op.drop_table("event")
    op.drop_index("ix_attempt_subject_attempted_at", table_name="attempt")
    op.drop_index("ix_attempt_attempted_at", table_name="attempt")
    op.drop_index("ix_attempt_address_attempted_at", table_name="attempt")
    op.drop_table("attempt")
    sa.Enum("SIGN_IN", "SECOND_FACTOR", "PASSWORD", "REGISTER", "RESET", "COMPLAIN", name="attemptkind").drop(
        op.get_bind()
    )
    sa.Enum(
        "COMPLAINT", "ACCESS", "CORRECTION", "COPY", "ERASURE", "RESTRICTION", "OBJECTION", name="complaintkind"
    ).drop(op.get_bind())
    sa.Enum("VERIFY_EMAIL", "RESET_PASSWORD", "LEAVE_EMAIL", "TAKE_EMAIL", name="confirmationkind").drop(op.get_bind())
    sa.Enum("REQUESTED", "READY", "FETCHED", "EXPIRED", "FAILED", name="dataexportstatus").drop(op.get_bind())
    sa.Enum("STORY_WITHDRAWN", "STORY_ERASED", "CONSENT_GRANTED", "CONSENT_WITHDRAWN", name="eventkind").drop(
        op.get_bind()
    )
