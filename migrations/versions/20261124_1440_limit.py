"""How much each client has asked for, counted over all processes."""

import sqlalchemy as sa
from alembic import op

revision = "c5e20a7f4b19"
down_revision = "3c1f6a52d8e4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Unlogged: nothing is lost where a crash empties it, and what is counted costs no log.
    op.create_table(
        "rate",
        sa.Column(
            "subject",
            sa.LargeBinary(),
            nullable=False,
            comment="P03: keyed hash of the account or the IP address, against abuse.",
        ),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_rate")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_rate_counted_at", "rate", ["counted_at"], unique=False)


def downgrade() -> None:
    op.drop_table("rate")
