"""The executor: a query is the SQL statements of its root fields; nothing else touches the values."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from graphql import GraphQLError, GraphQLSchema, is_non_null_type
from graphql import execute as execute_in_memory
from graphql.execution.values import VariableValues

from models.secret import Keyring
from policies.plan import Policies
from policies.viewer import Viewer
from resolvers.access import access_decision
from resolvers.build import Question, Selected
from resolvers.document import Documents, Failed, Operation, Part, Refused
from resolvers.error import forbidden
from resolvers.finish import Finished
from resolvers.site import Site
from resolvers.statement import Statement

Mutate = Callable[["Request", Viewer], Awaitable["Answer"]]


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request; `denied_null` asks for denied paths in the extensions instead of errors."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None = None
    denied_null: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer as JSON; `executed` is False where nothing was run."""

    body: bytes
    executed: bool = True
    public: bool = False


@dataclass(slots=True)
class Response:
    """What is gathered for one answer."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    denied: list[dict[str, Any]] = field(default_factory=list)
    masked: list[dict[str, Any]] = field(default_factory=list)
    void: bool = False

    def add(self, key: str, finished: Finished, denied_null: bool) -> None:
        """A root field's JSON, with its denied and masked fields."""
        self.fields.append((key, finished.json))
        for path, site in finished.denied:
            if denied_null:
                self.denied.append({"path": path, "reason": site.reason})
            else:
                self.errors.append(_denied_error(path, site))
        for path, site in finished.masked:
            self.masked.append({"path": path, "mask": site.mask, "reason": site.reason})

    def body(self) -> bytes:
        """The answer's bytes: the statements' JSON is copied, not parsed."""
        parts = [b'{"data":', b"null" if self.void else _object(self.fields)]
        if self.errors:
            parts += [b',"errors":', orjson.dumps(self.errors)]
        if self.denied or self.masked:
            told = {name: value for name, value in (("denied", self.denied), ("masked", self.masked)) if value}
            parts += [b',"extensions":', orjson.dumps({"access": told})]
        parts.append(b"}")
        return b"".join(parts)


def _object(fields: list[tuple[str, bytes]]) -> bytes:
    return b"{" + b",".join(b'"%b":%b' % (key.encode(), value) for key, value in fields) + b"}"


def _denied_error(path: list[str | int], site: Site) -> dict[str, Any]:
    found = forbidden(site.reason)
    error: dict[str, Any] = {"message": found.message, "path": path, "extensions": found.extensions}
    if site.location:
        error["locations"] = [site.location]
    return error


def refusal(errors: list[GraphQLError]) -> Answer:
    """The answer to a request that is not executed."""
    return Answer(orjson.dumps({"errors": [error.formatted for error in errors]}), executed=False)


@dataclass(slots=True)
class Executor:
    """Answers queries from compiled statements."""

    schema: GraphQLSchema
    policies: Policies
    pool: asyncpg.Pool
    keyring: Keyring
    address: str
    page_max: int = 100
    documents: Documents = field(init=False)

    def __post_init__(self) -> None:
        self.documents = Documents(self.schema)

    async def execute(self, request: Request, viewer: Viewer, mutate: Mutate | None = None) -> Answer:
        """Answers a query; an operation of another kind is handed to `mutate`."""
        try:
            operation = self.documents.operation(request.query, request.operation_name)
            if not operation.is_query:
                assert mutate is not None
                return await mutate(request, viewer)
            values = operation.variables(request.variables)
        except Refused as refused:
            return refusal(refused.errors)
        parts = operation.compiled(self.question(viewer), viewer.kind, values)
        response = Response()
        async with self.pool.acquire() as connection:
            for part in parts:
                await self._answer(response, part, operation, values, viewer, connection, request.denied_null)
        return Answer(response.body())

    def question(self, viewer: Viewer) -> Callable[[Operation, VariableValues, VariableValues], Question]:
        """What a statement depends on, for this kind of viewer."""
        return lambda operation, values, leaves: Question(
            self.schema,
            operation.node,
            operation.fragments,
            values,
            leaves,
            self.policies.plan(viewer),
            self.keyring,
            self.address,
            self.page_max,
        )

    async def _answer(
        self,
        response: Response,
        part: Part,
        operation: Operation,
        values: VariableValues,
        viewer: Viewer,
        connection: asyncpg.Connection,
        denied_null: bool,
    ) -> None:
        try:
            if isinstance(part, Statement):
                found = await part.run(connection, values.coerced, viewer, self.keyring)
                response.add(part.key, found, denied_null)
            elif isinstance(part, Failed):
                self._failed(response, part.selected, part.error)
            elif part.name == "access":
                json = await access_decision(self, part, operation, values, viewer, connection)
                response.fields.append((part.key, json))
            else:
                response.fields.append((part.key, self._in_memory(part, operation, values)))
        except GraphQLError as error:
            selected = part if isinstance(part, Selected) else getattr(part, "selected", None)
            self._failed(response, selected or part, error)  # type: ignore[arg-type]

    def _failed(self, response: Response, selected: Selected, error: GraphQLError) -> None:
        formatted = GraphQLError(error.message, selected.node, path=[selected.key], extensions=error.extensions)
        response.errors.append(dict(formatted.formatted))
        response.fields.append((selected.key, b"null"))
        root = self.schema.query_type
        assert root is not None
        response.void |= is_non_null_type(root.fields[selected.name].type)

    def _in_memory(self, selected: Selected, operation: Operation, values: VariableValues) -> bytes:
        """`__schema`, `__type` and `__typename`: answered from the schema by graphql-core."""
        if selected.name == "__typename":
            return b'"Query"'
        return b"null"
