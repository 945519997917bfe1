"""The life of a story: who moderates it, how long a preview lasts, when a response settles, more kinds of events."""

import sqlalchemy as sa
from alembic import op
from alembic_postgresql_enum import TableReference

revision = "a0244133172e"
down_revision = "5d8d2ca3b7c8"
branch_labels = None
depends_on = None

KINDS = (
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
)

ACTIONS = (("UNASSIGNED", "EDITED"), ("HELD", "PUBLISHED"), ("RELEASED", "PUBLISHED"))
"""New steps of the moderation log, each before another."""
CHECKS = {
    "preview": "status = 'PREVIEW' or preview_until is null",
    "moderator": "status in ('IN_REVIEW', 'PREVIEW') or moderator_id is null",
}
# P10: the steps of a story's life, as models/transition.py draws them; that a withdrawn one stays so, another says.
TRANSITION = (
    """
    create function story_transition() returns trigger language plpgsql as $$
    begin
        if (old.status::text, new.status::text) not in (
            ('SUBMITTED', 'IN_REVIEW'), ('SUBMITTED', 'PREVIEW'), ('SUBMITTED', 'PUBLISHED'), ('SUBMITTED', 'REJECTED'),
            ('IN_REVIEW', 'SUBMITTED'), ('IN_REVIEW', 'PREVIEW'), ('IN_REVIEW', 'PUBLISHED'), ('IN_REVIEW', 'REJECTED'),
            ('PREVIEW', 'PUBLISHED'), ('PREVIEW', 'REJECTED'),
            ('PUBLISHED', 'RESTRICTED'), ('RESTRICTED', 'PUBLISHED')
        ) then
            raise exception 'a story never goes from % to %', old.status, new.status using errcode = 'check_violation';
        end if;
        return new;
    end $$
    """,
    """
    create trigger story_transition before update of status on story
        for each row when (old.status <> new.status and new.status <> 'WITHDRAWN')
        execute function story_transition()
    """,
)


def upgrade() -> None:
    op.add_column("response", sa.Column("settles_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("response", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("response", sa.Column("moderator_id", sa.Uuid(), nullable=True))
    op.add_column("response", sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("response", sa.Column("rejection", sa.String(), nullable=True))
    op.create_index(op.f("ix_response_moderator_id"), "response", ["moderator_id"], unique=False)
    op.create_index(op.f("ix_response_settles_at"), "response", ["settles_at"], unique=False)
    op.create_foreign_key(
        op.f("fk_response_moderator_id"), "response", "account", ["moderator_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("story", sa.Column("moderator_id", sa.Uuid(), nullable=True, comment="P10: which moderator has it."))
    op.add_column("story", sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("story", sa.Column("preview_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("story", sa.Column("notice_version", sa.String(), nullable=True))
    op.add_column(
        "story",
        sa.Column(
            "idempotency_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="P01: keyed hash of the author and the key that their client gave.",
        ),
    )
    op.create_index(op.f("ix_story_moderator_id"), "story", ["moderator_id"], unique=False)
    op.create_unique_constraint(op.f("uq_story_idempotency_hash"), "story", ["idempotency_hash"])
    op.create_foreign_key(
        op.f("fk_story_moderator_id"), "story", "account", ["moderator_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("ck_response_settles"), "response", "status = 'PENDING' or settles_at is null")
    op.create_check_constraint(op.f("ck_response_rejection"), "response", "status = 'REJECTED' or rejection is null")
    op.add_column(
        "similar_experience",
        sa.Column(
            "notify",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="P12: whether they agreed to e-mails about changes that follow from the story.",
        ),
    )
    for kind in KINDS:
        op.execute(f"alter type eventkind add value '{kind}' before 'STORY_WITHDRAWN'")
    for action, before in ACTIONS:
        op.execute(f"alter type moderationaction add value '{action}' before '{before}'")
    op.execute("alter type confirmationkind add value 'SUBMIT_STORY'")
    op.execute("alter type attemptkind add value 'SUBMIT'")
    _create_waiting_story()
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_story_{name}"), "story", condition)
    for statement in TRANSITION:
        op.execute(statement)


def _create_waiting_story() -> None:
    op.create_table(
        "waiting_story",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("confirmation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="P10: what was sent: the story, the postcode, the IP address, consents. "
            "Encrypted with the person's key.",
        ),
        sa.Column(
            "idempotency_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="P01: keyed hash of the account and the key that the client gave.",
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_waiting_story_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["confirmation_id"], ["confirmation.id"], name=op.f("fk_waiting_story_confirmation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_story")),
        sa.UniqueConstraint("confirmation_id", name=op.f("uq_waiting_story_confirmation_id")),
        sa.UniqueConstraint("idempotency_hash", name=op.f("uq_waiting_story_idempotency_hash")),
    )
    op.create_index(op.f("ix_waiting_story_account_id"), "waiting_story", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("waiting_story")
    op.execute("delete from confirmation where kind = 'SUBMIT_STORY'")
    op.execute("delete from attempt where kind = 'SUBMIT'")
    for enum, table, kinds in (
        ("confirmationkind", "confirmation", ("VERIFY_EMAIL", "RESET_PASSWORD", "LEAVE_EMAIL", "TAKE_EMAIL")),
        ("attemptkind", "attempt", ("SIGN_IN", "SECOND_FACTOR", "PASSWORD", "REGISTER", "RESET", "COMPLAIN")),
    ):
        op.sync_enum_values(  # type: ignore[attr-defined]
            enum_schema="public",
            enum_name=enum,
            new_values=[*kinds],
            affected_columns=[TableReference(table_schema="public", table_name=table, column_name="kind")],
            enum_values_to_rename=[],
        )
    op.execute("drop trigger story_transition on story")
    op.execute("drop function story_transition()")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_story_{name}"), "story", type_="check")
    op.execute("delete from moderation_entry where action in ('UNASSIGNED', 'HELD', 'RELEASED')")
    op.sync_enum_values(  # type: ignore[attr-defined]
        enum_schema="public",
        enum_name="moderationaction",
        new_values=[
            *("SUBMITTED", "ASSIGNED", "EDITED", "PREVIEWED", "PUBLISHED", "REJECTED", "RESTRICTED", "UNRESTRICTED")
        ],
        affected_columns=[TableReference(table_schema="public", table_name="moderation_entry", column_name="action")],
        enum_values_to_rename=[],
    )
    op.execute(f"delete from event where kind::text in {KINDS}")
    op.sync_enum_values(  # type: ignore[attr-defined]
        enum_schema="public",
        enum_name="eventkind",
        new_values=["STORY_WITHDRAWN", "STORY_ERASED", "CONSENT_GRANTED", "CONSENT_WITHDRAWN"],
        affected_columns=[TableReference(table_schema="public", table_name="event", column_name="kind")],
        enum_values_to_rename=[],
    )
    op.drop_constraint(op.f("fk_story_moderator_id"), "story", type_="foreignkey")
    op.drop_constraint(op.f("uq_story_idempotency_hash"), "story", type_="unique")
    op.drop_index(op.f("ix_story_moderator_id"), table_name="story")
    op.drop_column("story", "idempotency_hash")
    op.drop_column("story", "notice_version")
    op.drop_column("story", "preview_until")
    op.drop_column("story", "assigned_at")
    op.drop_column("story", "moderator_id")
    op.drop_column("similar_experience", "notify")
    op.drop_constraint(op.f("ck_response_rejection"), "response", type_="check")
    op.drop_constraint(op.f("ck_response_settles"), "response", type_="check")
    op.drop_constraint(op.f("fk_response_moderator_id"), "response", type_="foreignkey")
    op.drop_index(op.f("ix_response_settles_at"), table_name="response")
    op.drop_index(op.f("ix_response_moderator_id"), table_name="response")
    op.drop_column("response", "rejection")
    op.drop_column("response", "moderated_at")
    op.drop_column("response", "moderator_id")
    op.drop_column("response", "edited_at")
    op.drop_column("response", "settles_at")
