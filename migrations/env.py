"""What Alembic compares and how it writes; `models.database.migration` opens the connection."""

from typing import Any, Literal

import alembic_postgresql_enum  # noqa: F401 - importing it adds enums to autogenerate
from alembic import context
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import models  # noqa: F401 - importing it registers every table
from models.event import Transaction

# SQLAlchemy does not know the type of transactions' numbers.
ischema_names["xid8"] = Transaction


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write SQLModel's text type as the plain one, so that revisions need SQLAlchemy only."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def migrate() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise SystemExit("Run `python app.py migrate` or `python app.py revise`: they know the database.")
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate()
