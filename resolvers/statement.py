"""Statements: what a root field compiles to, once for each kind of viewer and shape of variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, select
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.visitors import traverse

from models.database.connection import Connection
from models.secret import Keyring
from policies.viewer import Viewer
from resolvers.argument import Variables
from resolvers.build import Build, Parameter, Selected
from resolvers.finish import Finish, Finished
from resolvers.record import as_json
from resolvers.viewer import of_viewer

DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]
VIEWER = "viewer_"


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement that answers one root field."""

    selected: Selected
    sql: str
    parameters: Sequence[Parameter]
    finish: Finish

    async def run(self, connection: Connection, variables: Variables, viewer: Viewer, keyring: Keyring) -> Finished:
        """The root field's JSON; raises GraphQLError for an argument that can't be used."""
        values = [parameter(variables, viewer) for parameter in self.parameters]
        raw = await connection.fetchval(self.sql, *values)
        return Finished(b"null") if raw is None else self.finish(raw, self.selected.key, keyring, variables)


def compiled(build: Build, selected: Selected, value: ColumnElement[Any]) -> Statement:
    """The statement that selects `value` as the JSON of a root field."""
    sql, parameters = prepared(select(as_json(value)), build.parameters)
    return Statement(selected, sql, parameters, Finish(build.sites.all))


def prepared(statement: ClauseElement, known: Mapping[str, Parameter]) -> tuple[str, Sequence[Parameter]]:
    """A statement's text for asyncpg, and where the values of its parameters come from."""
    traverse(statement, {}, {"bindparam": _open})
    text = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    names: Sequence[str] = getattr(text, "positiontup", None) or ()
    return str(text), [known.get(name) or _constant(name, text.params[name]) for name in names]


def _open(parameter: BindParameter[Any]) -> None:
    """Values come with each request; none is needed to compile."""
    parameter.required = False


def _constant(name: str, value: Any) -> Parameter:
    if name.startswith(VIEWER):
        attribute = name.removeprefix(VIEWER)
        return lambda _variables, viewer: of_viewer(viewer, attribute)
    return lambda _variables, _viewer: value
