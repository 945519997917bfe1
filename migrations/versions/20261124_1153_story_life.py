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
    for kind in KINDS:
        op.execute(f"alter type eventkind add value '{kind}' before 'STORY_WITHDRAWN'")


def downgrade() -> None:
    op.sync_enum_values(
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
    op.drop_constraint(op.f("fk_response_moderator_id"), "response", type_="foreignkey")
    op.drop_index(op.f("ix_response_settles_at"), table_name="response")
    op.drop_index(op.f("ix_response_moderator_id"), table_name="response")
    op.drop_column("response", "rejection")
    op.drop_column("response", "moderated_at")
    op.drop_column("response", "moderator_id")
    op.drop_column("response", "edited_at")
    op.drop_column("response", "settles_at")
