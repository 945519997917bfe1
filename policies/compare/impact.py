"""How many rows of a database become readable, or are not any more, where two versions of the policies differ."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, null, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import aliased
from sqlmodel import col

from models import Account, Demographics, Membership, MembershipRole
from policies.compare.difference import Difference
from policies.condition import Condition, names_viewer
from policies.grant import READ, ROOTS
from policies.registry import CONCEPTS
from policies.sql import to_sql
from policies.viewer import Kind

CANCELED = "57014"
Tell = Callable[[int, int], None]


class Impact(NamedTuple):
    """A difference, and in how many rows it shows; None where counting took too long."""

    difference: Difference
    readable: int | None
    unreadable: int | None


async def impacts(database: AsyncEngine, found: Sequence[Difference], seconds: int, tell: Tell) -> list[Impact]:
    """The rows of each difference about a field, counted for up to so many seconds; what is equal is counted once.

    A row counts once, however many viewers of the kind gain it: where it matters who they are, it counts if there is
    an account of that kind for whom it changes. Only numbers leave the database.
    """
    fields = [one for one in found if one.action == READ and one.type not in ROOTS]
    known: dict[tuple[Kind, str, Condition, Condition], tuple[int | None, int | None]] = {}
    counted: list[Impact] = []
    for done, difference in enumerate(fields, start=1):
        key = (difference.kind, difference.type, difference.before, difference.after)
        if key not in known:
            known[key] = await _count(database, counting(difference), seconds)
        counted.append(Impact(difference, *known[key]))
        tell(done, len(fields))
    return counted


def counting(difference: Difference) -> Select[int, int]:
    """The statement that counts the rows which are readable from now on, and those which were until now."""
    model: Any = CONCEPTS[difference.type]
    more = _somebody(difference.kind, model, difference.gained, difference.before)
    less = _somebody(difference.kind, model, difference.lost, difference.after)
    return select(func.count().filter(more), func.count().filter(less)).select_from(model)


def _somebody(kind: Kind, model: Any, now: Condition, otherwise: Condition) -> ColumnElement[bool]:
    """Whether some viewer of the kind has a row by one condition and not by the other."""
    if now.is_false:
        return literal(False)
    if not names_viewer(now) and not names_viewer(otherwise):
        return and_(to_sql(now, model), to_sql(otherwise, model).is_not(True))
    if kind.name != "Member":
        nobody = {"viewer_account_id": null(), "viewer_demographics_id": null()}
        return and_(to_sql(now, model, nobody), to_sql(otherwise, model, nobody).is_not(True))
    return _viewer_exists(kind, model, now, otherwise)


def _viewer_exists(kind: Kind, model: Any, now: Condition, otherwise: Condition) -> ColumnElement[bool]:
    """Whether there is an account of the kind for which it changes."""
    account: Any = aliased(Account, name="viewer")
    # Whose answers they are is known to nobody but the person: each set of answers counts as its person's.
    answers: Any = model.id if model is Demographics else null()
    viewer: dict[str, ColumnElement[Any]] = {"viewer_account_id": account.id, "viewer_demographics_id": answers}
    differs = and_(to_sql(now, model, viewer), to_sql(otherwise, model, viewer).is_not(True))
    return exists(select(1).select_from(account).where(*_is_of(kind, account), differs).correlate(model))


def _is_of(kind: Kind, account: Any) -> Iterator[ColumnElement[bool]]:
    """What makes an account one of the kind, as far as the database can tell: a purpose is stated with a request."""
    for role in kind.roles:
        yield account.roles.contains([role])
    memberships = select(1).where(col(Membership.account_id) == account.id)
    if kind.recipient:
        memberships = memberships.where(col(Membership.role) == MembershipRole.MANAGER)
    yield exists(memberships) if kind.staff else ~exists(memberships)


async def _count(database: AsyncEngine, statement: Select[int, int], seconds: int) -> tuple[int | None, int | None]:
    try:
        async with database.connect() as connection:
            await connection.execute(text("set transaction read only"))
            await connection.execute(text(f"set local statement_timeout = {seconds * 1000}"))
            readable, unreadable = (await connection.execute(statement)).one()
            return readable, unreadable
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != CANCELED:
            raise
        return None, None
