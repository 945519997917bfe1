"""The tables of which visitors' answers are made tell of each change, so that no remembered answer outlives it."""

from alembic import op

revision = "b7d4c1e98a52"
down_revision = "c5e20a7f4b19"
branch_labels = None
depends_on = None

TABLES = (
    "area",
    "area_successor",
    "change",
    "organisation",
    "postcode_area",
    "response",
    "service",
    "service_area",
    "story",
    "story_service",
    "story_tag",
    "tag",
)
TOLD = """
    create function table_changed() returns trigger language plpgsql as $$
    begin
        perform pg_notify('candour_change', tg_table_name);
        return null;
    end $$
"""


def upgrade() -> None:
    op.execute(TOLD)
    for table in TABLES:
        op.execute(f"""
            create trigger table_changed after insert or update or delete or truncate on {table}
                for each statement execute function table_changed()
        """)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop trigger table_changed on {table}")
    op.execute("drop function table_changed()")
