"""Whether a database is there, and as new as this code needs it."""

from functools import cache

import asyncpg

from models.database.connection import normalise
from models.database.migration import revisions

SECONDS = 2.0
"""How long it may take to connect, and to answer."""


async def revision_of(dsn: str) -> str | None:
    """The revision that a database says it is at, None if it was never migrated; over a connection of its own.

    Raises OSError, TimeoutError or asyncpg's errors where it does not answer.
    """
    connection = await asyncpg.connect(normalise(dsn), timeout=SECONDS, statement_cache_size=0)
    try:
        found: str | None = await connection.fetchval("select version_num from alembic_version", timeout=SECONDS)
        return found
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close(timeout=SECONDS)


def is_new_enough(revision: str | None) -> bool:
    """Whether this code can work on a database of this revision.

    One that this code does not know was made by later code, whose migrations only add: it will do.
    """
    known = _known()
    return revision is not None and (revision not in known or revision == known[0])


@cache
def _known() -> tuple[str, ...]:
    return revisions()
