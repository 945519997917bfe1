"""Statements: what a root field compiles to, once for each kind of viewer and shape of variables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.sql import ClauseElement, TableClause

from models.database.connection import Connection
from models.secret import Keyring
from policies.viewer import Viewer
from resolvers.argument import Variables
from resolvers.build import Build, Parameter, Selected
from resolvers.finish import Finish, Finished
from resolvers.record import as_json
from resolvers.viewer import of_viewer

VIEWER = "viewer_"
BYTES_A_CHARACTER, BYTES_A_SITE = 12, 1_000
"""What a statement takes (measured)."""
CHANGING = re.compile(
    r"\b(?:now|\w+_timestamp|current_\w+|localtime\w*|timeofday|random\w*|nextval|gen_random_uuid|uuidv\d)\b",
    re.IGNORECASE,
)
"""What gives another value each time, though no row changed."""


class _Compiler(dialect.dialect.statement_compiler):  # type: ignore[misc,valid-type]
    """Values come with each request; none is needed to compile. Tables that are read are noted."""

    tables: frozenset[str] = frozenset()

    def visit_table(self, table: TableClause, *arguments: Any, **options: Any) -> Any:
        self.tables |= {table.name}
        return super().visit_table(table, *arguments, **options)

    def construct_params(self, *arguments: Any, **options: Any) -> Any:
        return super().construct_params(*arguments, **(options | {"_check": False}))


DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]
DIALECT.statement_compiler = _Compiler


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement that answers one root field."""

    selected: Selected
    sql: str
    parameters: Sequence[Parameter]
    unused: Sequence[Parameter]
    """Parameters that nothing selected depends on: a cursor beside a mere count, say. They are checked all the same."""
    finish: Finish
    tables: frozenset[str] | None = None
    """The tables on which alone the answer depends; None where it also matters who asks, or when."""

    @property
    def size(self) -> int:
        """How much memory it takes, about, in bytes."""
        return BYTES_A_CHARACTER * len(self.sql) + BYTES_A_SITE * self.finish.sites

    async def run(self, connection: Connection, variables: Variables, viewer: Viewer, keyring: Keyring) -> Finished:
        """The root field's JSON; raises GraphQLError for an argument that can't be used."""
        values = [parameter(variables, viewer) for parameter in self.parameters]
        for parameter in self.unused:
            parameter(variables, viewer)
        raw = await connection.fetchval(self.sql, *values)
        return Finished(b"null") if raw is None else self.finish(raw, self.selected.key, keyring, variables)


def compiled(build: Build, selected: Selected, value: ColumnElement[Any]) -> Statement:
    """The statement that selects `value` as the JSON of a root field."""
    text = _text(select(as_json(value)))
    parameters = _parameters(text, build.parameters)
    unused = [parameter for parameter in build.parameters.values() if parameter not in parameters]
    return Statement(selected, str(text), parameters, unused, Finish(build.sites.all), _tables(build, text))


def prepared(statement: ClauseElement, known: Mapping[str, Parameter]) -> tuple[str, Sequence[Parameter]]:
    """A statement's text for asyncpg, and where the values of its parameters come from."""
    text = _text(statement)
    return str(text), _parameters(text, known)


def _text(statement: ClauseElement) -> Any:
    return statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})


def _names(text: Any) -> Sequence[str]:
    return text.positiontup or ()


def _parameters(text: Any, known: Mapping[str, Parameter]) -> Sequence[Parameter]:
    return [known.get(name) or _constant(name, text.params[name]) for name in _names(text)]


def _tables(build: Build, text: Any) -> frozenset[str] | None:
    # SECURITY: an answer that depends on more than rows of tables is made anew for each request.
    depends = build.personal or any(name.startswith(VIEWER) for name in _names(text))
    return None if depends or CHANGING.search(str(text)) else text.tables


def _constant(name: str, value: Any) -> Parameter:
    if name.startswith(VIEWER):
        attribute = name.removeprefix(VIEWER)
        return lambda _variables, viewer: of_viewer(viewer, attribute)
    return lambda _variables, _viewer: value
