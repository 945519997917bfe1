"""Statements: what a root field compiles to, once for each kind of viewer and shape of variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.sql import ClauseElement

from models.database.connection import Connection
from models.secret import Keyring
from policies.viewer import Viewer
from resolvers.argument import Variables
from resolvers.build import Build, Parameter, Selected
from resolvers.finish import Finish, Finished
from resolvers.record import as_json
from resolvers.viewer import of_viewer

VIEWER = "viewer_"


class _Compiler(dialect.dialect.statement_compiler):  # type: ignore[misc,valid-type]
    """Values come with each request; none is needed to compile."""

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

    async def run(self, connection: Connection, variables: Variables, viewer: Viewer, keyring: Keyring) -> Finished:
        """The root field's JSON; raises GraphQLError for an argument that can't be used."""
        values = [parameter(variables, viewer) for parameter in self.parameters]
        for parameter in self.unused:
            parameter(variables, viewer)
        raw = await connection.fetchval(self.sql, *values)
        return Finished(b"null") if raw is None else self.finish(raw, self.selected.key, keyring, variables)


def compiled(build: Build, selected: Selected, value: ColumnElement[Any]) -> Statement:
    """The statement that selects `value` as the JSON of a root field."""
    sql, parameters = prepared(select(as_json(value)), build.parameters)
    unused = [parameter for parameter in build.parameters.values() if parameter not in parameters]
    return Statement(selected, sql, parameters, unused, Finish(build.sites.all))


def prepared(statement: ClauseElement, known: Mapping[str, Parameter]) -> tuple[str, Sequence[Parameter]]:
    """A statement's text for asyncpg, and where the values of its parameters come from."""
    text = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    names: Sequence[str] = getattr(text, "positiontup", None) or ()
    return str(text), [known.get(name) or _constant(name, text.params[name]) for name in names]


def _constant(name: str, value: Any) -> Parameter:
    if name.startswith(VIEWER):
        attribute = name.removeprefix(VIEWER)
        return lambda _variables, viewer: of_viewer(viewer, attribute)
    return lambda _variables, _viewer: value
