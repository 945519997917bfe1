"""What is so of one row: the facts that rules look at, from one statement, and which of them may be told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select

from models.database.connection import Connection
from policies.condition import Condition, names_viewer
from policies.condition.truth import facts, truth
from policies.plan import AccessPlan
from policies.sql import to_sql
from policies.telling import tellable
from policies.viewer import Viewer
from resolvers.build import Parameter
from resolvers.mapping import TYPES, fresh
from resolvers.statement import prepared

KEY = "key"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The statement that finds the facts of a row of some type, and for each fact where it may be told."""

    sql: str
    parameters: Sequence[Parameter]
    guards: Mapping[Condition, Condition]
    facts: tuple[Condition, ...]

    async def run(self, key: object, viewer: Viewer, connection: Connection, *, described: bool) -> "Facts":
        """The facts of the row under this key, as they are told to the viewer about themself, or a described one."""
        values = [parameter({KEY: key}, viewer) for parameter in self.parameters]
        row = await connection.fetchrow(self.sql, *values)
        known = None if row is None else {fact: row[_label(n)] for n, fact in enumerate(self.facts)}
        return Facts(known, self.guards, described)


class Facts:
    """What is so of a row; nothing is known where the asker can't see it, or there is none."""

    def __init__(self, known: Mapping[Condition, bool] | None, guards: Mapping[Condition, Condition], described: bool):
        self.seen = known is not None
        self.described = described
        found: Mapping[Condition, bool] = known or {}
        self.holds: Callable[[Condition], bool] = cache(lambda condition: truth(condition, found.get) is True)
        """Whether a condition holds for the asker themself."""
        # SECURITY: a fact is told to those who read it anyway, so that no answer says more than the row itself.
        told = {fact: found[fact] for fact, guard in guards.items() if fact in found and self.holds(guard)}
        if described:
            told = {fact: value for fact, value in told.items() if not names_viewer(fact)}
        self.told: Callable[[Condition], bool | None] = cache(lambda condition: truth(condition, told.get))
        """The same as far as it may be told; None where it may not, or depends on who a described viewer is."""


def lookup(plain: AccessPlan, type_name: str, conditions: Iterable[Condition]) -> Lookup:
    """How to find the facts that these conditions consist of, and those on which it depends who is told."""
    asked = list(dict.fromkeys(fact for condition in conditions for fact in facts(condition)))
    guards = {fact: tellable(fact, type_name, plain) for fact in asked}
    wanted = tuple(dict.fromkeys([*asked, *(fact for guard in guards.values() for fact in facts(guard))]))
    row: Any = fresh(TYPES[type_name].model)
    columns = [
        func.coalesce(to_sql(fact, row), literal_column("false")).label(_label(n)) for n, fact in enumerate(wanted)
    ]
    mine = row.id == bindparam(KEY, type_=row.id.type)
    # SECURITY: of a row that the asker can't see the database answers what it answers of none.
    found: Any = select(literal_column("true").label("seen"), *columns).where(mine, to_sql(plain.row(type_name), row))
    return Lookup(*prepared(found, {KEY: lambda variables, _viewer: variables[KEY]}), guards, wanted)


def _label(number: int) -> str:
    return f"fact{number}"
