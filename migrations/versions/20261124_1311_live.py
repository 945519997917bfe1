"""Alerts, refused e-mails, readers of events, records of jobs; events wake whoever listens."""

import sqlalchemy as sa
from alembic import op
from alembic_postgresql_enum import TableReference
from sqlalchemy.dialects import postgresql

from models.event import Transaction

revision = "fdc46c2046dc"
down_revision = "a0244133172e"
branch_labels = None
depends_on = None

ANCHOR = """case
    when service_id is not null then 'service ' || service_id
    when organisation_id is not null then 'organisation ' || organisation_id
    when tag_id is not null then 'tag ' || tag_id
    when area_id is not null then 'area ' || area_id
    else 'any'
end"""
KINDS = (
    ("STORY_HELD", "STORY_PUBLISHED"),
    ("STORY_RELEASED", "STORY_PUBLISHED"),
    ("CHANGE_MADE", "STORY_WITHDRAWN"),
)
"""New kinds of events, each before another."""
TOLD = (
    # Subscriptions of all processes hear of an event once it is committed: its id, kind and story, and nothing else.
    """
    create function event_told() returns trigger language plpgsql as $$
    begin
        perform pg_notify('candour_event', new.id || ' ' || new.kind || ' ' || new.number);
        return null;
    end $$
    """,
    "create trigger event_told after insert on event for each row execute function event_told()",
    "create trigger work_queued after insert on event for each statement execute function work_queued()",
    "create trigger work_queued after insert on alert_match for each statement execute function work_queued()",
)


def upgrade() -> None:
    sa.Enum("STORY", "SIMILAR", "ALERT", "MODERATION", name="mailtopic").create(op.get_bind())
    sa.Enum("AT_ONCE", "DAILY", "WEEKLY", name="alertfrequency").create(op.get_bind())
    op.create_table(
        "event_reader",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("transaction", Transaction(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_reader")),
    )
    op.create_table(
        "job_record",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_record")),
    )
    op.create_index("ix_job_record_finished_at", "job_record", [sa.literal_column("finished_at DESC")], unique=False)
    op.create_table(
        "mail_refusal",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "topic",
            postgresql.ENUM("STORY", "SIMILAR", "ALERT", "MODERATION", name="mailtopic", create_type=False),
            nullable=False,
        ),
        sa.Column(
            "refused_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mail_refusal_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "topic", name=op.f("pk_mail_refusal")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "frequency",
            postgresql.ENUM("AT_ONCE", "DAILY", "WEEKLY", name="alertfrequency", create_type=False),
            nullable=False,
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column("search", sa.String(), nullable=True),
        sa.Column(
            "words",
            postgresql.TSQUERY(),
            sa.Computed("websearch_to_tsquery('english'::regconfig, search)", persisted=True),
            nullable=True,
        ),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column(
            "region",
            postgresql.ENUM("ENGLAND", "SCOTLAND", "WALES", "NORTHERN_IRELAND", name="region", create_type=False),
            nullable=True,
        ),
        sa.Column(
            "age_group",
            postgresql.ENUM("ADULT", "YOUNG_PERSON", "CHILD", name="agegroup", create_type=False),
            nullable=True,
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
            nullable=True,
        ),
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
            nullable=True,
        ),
        sa.Column(
            "routing",
            postgresql.ENUM("NO_POSTCODE", "ROUTED", "UNKNOWN_POSTCODE", name="routing", create_type=False),
            nullable=True,
        ),
        sa.Column("criticality_from", sa.Integer(), nullable=True),
        sa.Column("criticality_to", sa.Integer(), nullable=True),
        sa.Column(
            "anchor",
            sa.String(),
            sa.Computed(
                ANCHOR,
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("char_length(name) between 1 and 100", name=op.f("ck_alert_name")),
        sa.CheckConstraint("char_length(search) between 1 and 200", name=op.f("ck_alert_search")),
        sa.CheckConstraint(
            "criticality_from between 0 and 5 and criticality_to between 0 and 5", name=op.f("ck_alert_criticality")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alert_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_alert_area_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alert_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_alert_service_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_alert_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_account_id"), "alert", ["account_id"], unique=False)
    op.create_index("ix_alert_anchor", "alert", ["anchor"], unique=False)
    op.create_index(op.f("ix_alert_area_id"), "alert", ["area_id"], unique=False)
    op.create_index(op.f("ix_alert_organisation_id"), "alert", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_alert_service_id"), "alert", ["service_id"], unique=False)
    op.create_index(op.f("ix_alert_tag_id"), "alert", ["tag_id"], unique=False)
    op.create_table(
        "alert_match",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column(
            "matched_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_match_alert_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_alert_match_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert_id", "story_id", name=op.f("pk_alert_match")),
    )
    op.create_index(
        "ix_alert_match_due_at", "alert_match", ["due_at"], unique=False, postgresql_where=sa.text("told_at is null")
    )
    op.create_index(op.f("ix_alert_match_story_id"), "alert_match", ["story_id"], unique=False)
    for kind, before in KINDS:
        op.execute(f"alter type eventkind add value '{kind}' before '{before}'")
    for statement in TOLD:
        op.execute(statement)
    op.add_column("response", sa.Column("reply_to_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_response_reply_to_id"), "response", ["reply_to_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_response_reply_to_id"), "response", "response", ["reply_to_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("ck_response_reply"), "response", "reply_to_id is null or organisation_id is null")
    # P11: of stories that were turned down before there was a date, too.
    op.execute("""
        update story_original set purge_after = statement_timestamp() + interval '6 months' from story
        where story.id = story_id and story.status = 'REJECTED' and purge_after is null
    """)
    # Work that reads events begins with those that are written from now on.
    op.execute("""
        insert into event_reader (name, transaction, event_id)
        select unnest(array['alert', 'similar']), pg_snapshot_xmin(pg_current_snapshot()), 0
    """)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_response_reply"), "response", type_="check")
    op.drop_constraint(op.f("fk_response_reply_to_id"), "response", type_="foreignkey")
    op.drop_index(op.f("ix_response_reply_to_id"), table_name="response")
    op.drop_column("response", "reply_to_id")
    op.execute("drop trigger event_told on event")
    op.execute("drop trigger work_queued on event")
    op.execute("drop function event_told()")
    op.execute(f"delete from event where kind in {tuple(kind for kind, _ in KINDS)}")
    op.sync_enum_values(  # type: ignore[attr-defined]
        enum_schema="public",
        enum_name="eventkind",
        new_values=[
            "STORY_SUBMITTED",
            "STORY_ASSIGNED",
            "STORY_PREVIEWED",
            "STORY_PUBLISHED",
            "STORY_REJECTED",
            "STORY_RESTRICTED",
            "STORY_UNRESTRICTED",
            "RESPONSE_SUBMITTED",
            "RESPONSE_PUBLISHED",
            "RESPONSE_REJECTED",
            "CHANGE_PUBLISHED",
            "STORY_WITHDRAWN",
            "STORY_ERASED",
            "CONSENT_GRANTED",
            "CONSENT_WITHDRAWN",
        ],
        affected_columns=[TableReference(table_schema="public", table_name="event", column_name="kind")],
        enum_values_to_rename=[],
    )
    op.drop_index(op.f("ix_alert_match_story_id"), table_name="alert_match")
    op.drop_index("ix_alert_match_due_at", table_name="alert_match", postgresql_where=sa.text("told_at is null"))
    op.drop_table("alert_match")
    op.drop_index(op.f("ix_alert_tag_id"), table_name="alert")
    op.drop_index(op.f("ix_alert_service_id"), table_name="alert")
    op.drop_index(op.f("ix_alert_organisation_id"), table_name="alert")
    op.drop_index(op.f("ix_alert_area_id"), table_name="alert")
    op.drop_index("ix_alert_anchor", table_name="alert")
    op.drop_index(op.f("ix_alert_account_id"), table_name="alert")
    op.drop_table("alert")
    op.drop_table("mail_refusal")
    op.drop_index("ix_job_record_finished_at", table_name="job_record")
    op.drop_table("job_record")
    op.drop_table("event_reader")
    sa.Enum("AT_ONCE", "DAILY", "WEEKLY", name="alertfrequency").drop(op.get_bind())
    sa.Enum("STORY", "SIMILAR", "ALERT", "MODERATION", name="mailtopic").drop(op.get_bind())
