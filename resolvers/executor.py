"""The executor: a query is the SQL statements of its root fields; nothing else touches the values."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
    is_non_null_type,
)
from graphql.execution.values import VariableValues

from models.database.connection import Connection, Pool
from models.secret import Keyring
from operations.audit import record
from policies.plan import Policies
from policies.viewer import Member, Viewer
from resolvers.access import access_decision
from resolvers.answer import Answer, Draft, Request, refusal
from resolvers.argument import wrapped
from resolvers.build import Build, Question, Selected
from resolvers.document import Documents, Operation, Refused, Streamed
from resolvers.error import forbidden
from resolvers.finish import Finished
from resolvers.live.root import LIVE, SUBSCRIPTION
from resolvers.root import ROOTS
from resolvers.statement import Statement, compiled

Mutate = Callable[[Request, Viewer], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Failed:
    """A root field that can't be answered with these arguments, or not for this kind of viewer."""

    selected: Selected
    error: GraphQLError


@dataclass(frozen=True, slots=True)
class InMemory:
    """A root field that is answered without SQL of its own: introspection, `__typename`, `access`."""

    selected: Selected
    question: Question


Part = Statement | Failed | InMemory


@dataclass(slots=True)
class Executor:
    """Answers queries from compiled statements."""

    schema: GraphQLSchema
    policies: Policies
    pool: Pool
    keyring: Keyring
    address: str
    page_max: int = 100
    writer: Pool | None = None
    moderation_hours: int = 72
    documents: Documents = field(init=False)

    def __post_init__(self) -> None:
        self.documents = Documents(self.schema)

    async def execute(self, request: Request, viewer: Viewer, mutate: Mutate | None = None) -> Answer:
        """Answers a query; a mutation is handed to `mutate`. Raises Streamed for a subscription."""
        try:
            operation = self.documents.operation(request.query, request.operation_name)
            if operation.is_subscription:
                raise Streamed
            if not operation.is_query:
                assert mutate is not None
                return await mutate(request, viewer)
            values = operation.variables(request.variables)
        except Refused as refused:
            return refusal(refused.errors)
        draft = Draft(request.denied_null)
        async with self.pool.acquire() as connection:
            for part in self.parts(operation, values, viewer):
                await self._answer(draft, part, values, viewer, connection)
        return draft.answer()

    def parts(self, operation: Operation, values: VariableValues, viewer: Viewer) -> list[Part]:
        """The operation compiled for this kind of viewer and shape of variables."""

        def make() -> list[object]:
            question = self.question(operation, values, viewer)
            return [part_of(question, selected) for selected in operation.roots(values)]

        return cast("list[Part]", operation.compiled.get((viewer.kind, operation.shape(values.coerced)), make))

    def question(self, operation: Operation, values: VariableValues, viewer: Viewer) -> Question:
        """What the operation's statements depend on."""
        return Question(
            self.schema,
            operation.node,
            operation.fragments,
            values,
            wrapped(values),
            self.policies.plan(viewer),
            self.keyring,
            self.address,
            self.page_max,
            self.moderation_hours,
        )

    async def _answer(
        self, draft: Draft, part: Part, values: VariableValues, viewer: Viewer, connection: Connection
    ) -> None:
        selected = part.selected
        try:
            if isinstance(part, Failed):
                raise part.error
            if isinstance(part, Statement):
                found = await part.run(connection, values.coerced, viewer, self.keyring)
                await self.audit(viewer, found)
                draft.add(selected.key, found)
            elif selected.name == "access":
                arguments = Build(replace(part.question, leaves=values)).arguments(selected)
                decision = await access_decision(self.policies, part.question, selected, arguments, viewer, connection)
                draft.fields.append((selected.key, decision))
            else:
                draft.fields.append((selected.key, in_memory(part, values)))
        except GraphQLError as error:
            located = GraphQLError(error.message, selected.node, path=[selected.key], extensions=error.extensions)
            draft.fail(selected.key, located, self._nullable(selected))

    async def audit(self, viewer: Viewer, found: Finished) -> None:
        """SECURITY: private fields that a purpose opened are on the audit log before they leave, or do not leave."""
        if not found.readings:
            return
        if self.writer is None or not isinstance(viewer, Member):
            raise RuntimeError("private fields were read where no audit log can be written")
        await record(self.writer, viewer, found.readings)

    def _nullable(self, selected: Selected) -> bool:
        root = self.schema.query_type
        assert root is not None
        return selected.name in root.fields and not is_non_null_type(root.fields[selected.name].type)


def part_of(question: Question, selected: Selected) -> Part:
    """Compiles one root field."""
    if selected.name.startswith("__"):
        return InMemory(selected, question)
    build = Build(question)
    try:
        # SECURITY: root fields have rules of their own, before anything of them is planned.
        if not question.plan.may_call(selected.parent, selected.name):
            raise forbidden(question.plan.denial(selected.parent, selected.name))
        if selected.name == "access":
            return InMemory(selected, question)
        roots = LIVE if selected.parent == SUBSCRIPTION else ROOTS
        return compiled(build, selected, roots[selected.name](build, selected))
    except GraphQLError as error:
        return Failed(selected, error)


def in_memory(part: InMemory, values: VariableValues) -> bytes:
    """`__schema`, `__type` and `__typename`: answered from the schema by graphql-core."""
    question, selected = part.question, part.selected
    nodes = tuple(details.node for details in selected.details)
    operation = OperationDefinitionNode(
        operation=question.operation.operation,
        variable_definitions=question.operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=nodes),
    )
    fragments = [details.definition for details in question.fragments.values()]
    document = DocumentNode(definitions=(operation, *fragments))
    given: dict[str, Any] = {name: source.value for name, source in values.sources.items()}
    result = execute_sync(question.schema, document, variable_values=given)
    assert result.data is not None, result.errors
    return orjson.dumps(result.data[selected.key])
