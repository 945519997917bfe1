"""The executor: a query is the SQL statements of its root fields; nothing else touches the values."""

from collections.abc import Awaitable, Callable, Sequence
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
from operations.audit import Asked, Attempts, Entry, Journal
from policies.compare.shadow import Seen, Shadow, Watched
from policies.plan import AccessPlan, Policies
from policies.viewer import Viewer
from resolvers.access import access_decision
from resolvers.answer import Answer, Draft, Request, refusal
from resolvers.argument import wrapped
from resolvers.attempt import DeniedError
from resolvers.build import Build, Question, Selected
from resolvers.document import Documents, Operation, Refused, Streamed
from resolvers.error import forbidden
from resolvers.finish import Finished
from resolvers.live.root import LIVE, SUBSCRIPTION
from resolvers.operator import NOBODY, Operator
from resolvers.privacy_notice import notice_json
from resolvers.root import ROOTS
from resolvers.statement import Statement, compiled

Mutate = Callable[[Request, Viewer], Awaitable[Answer]]
ELSEWHERE = frozenset({"access", "privacyNotice"})
"""Root fields that are answered from the policies, without a statement of the planner's."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A root field that can't be answered with these arguments, or not for this kind of viewer."""

    selected: Selected
    error: GraphQLError


@dataclass(frozen=True, slots=True)
class InMemory:
    """A root field that is not planned: introspection, `__typename`, `access`, `privacyNotice`."""

    selected: Selected
    question: Question


Part = Statement | Failed | InMemory


class Parts(list[Part]):
    """The root fields of an operation, and what a shadow would decide in another way about them."""

    seen: tuple[Seen, ...] = ()


@dataclass(slots=True)
class Executor:
    """Answers queries from compiled statements."""

    schema: GraphQLSchema
    policies: Policies
    pool: Pool
    keyring: Keyring
    address: str
    page_max: int = 100
    journal: Journal | None = None
    moderation_hours: int = 72
    operator: Operator = NOBODY
    shadow: Shadow | None = None
    documents: Documents = field(init=False)
    attempts: Attempts | None = field(init=False)

    def __post_init__(self) -> None:
        self.documents = Documents(self.schema)
        self.attempts = Attempts(self.journal) if self.journal else None

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
        await self.audit(viewer, draft.found, draft.attempts)
        return draft.answer()

    def parts(self, operation: Operation, values: VariableValues, viewer: Viewer) -> list[Part]:
        """The operation compiled for this kind of viewer and shape of variables."""

        def make() -> list[object]:
            question = self.question(operation, values, viewer)
            parts = Parts(part_of(question, selected) for selected in operation.roots(values))
            parts.seen = self.shadow.differing(question.plan) if self.shadow else ()
            return cast("list[object]", parts)

        found = cast(Parts, operation.compiled.get((viewer.kind, operation.shape(values.coerced)), make))
        if self.shadow:
            self.shadow.count(found.seen)
        return found

    def plan(self, viewer: Viewer) -> AccessPlan:
        """The plan of the live policies; one that remembers what it is asked, where there is a shadow to compare."""
        plan = self.policies.plan(viewer)
        return Watched(plan) if self.shadow else plan

    def question(self, operation: Operation, values: VariableValues, viewer: Viewer) -> Question:
        """What the operation's statements depend on."""
        return Question(
            self.schema,
            operation.node,
            operation.fragments,
            values,
            wrapped(values),
            self.plan(viewer),
            self.keyring,
            self.address,
            self.page_max,
            self.moderation_hours,
            self.operator,
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
                draft.add(selected.key, found)
            elif selected.name == "access":
                arguments = Build(replace(part.question, leaves=values)).arguments(selected)
                decision = await access_decision(self.policies, part.question, selected, arguments, viewer, connection)
                draft.fields.append((selected.key, decision))
            elif selected.name == "privacyNotice":
                draft.fields.append((selected.key, notice_json(part.question, selected)))
            else:
                draft.fields.append((selected.key, in_memory(part, values)))
        except GraphQLError as error:
            if isinstance(error, DeniedError) and error.attempt:
                draft.attempts.append((error.attempt, None))
            located = GraphQLError(error.message, selected.node, path=[selected.key], extensions=error.extensions)
            draft.fail(selected.key, located, self._nullable(selected))

    async def audit(self, viewer: Viewer, found: Sequence[Finished], attempts: Sequence[Asked] = ()) -> None:
        """SECURITY: private fields that a purpose opened are on the audit log before they leave, or do not leave.

        Denied attempts on private fields are there, too, or counted.
        """
        readings = [Entry.reading(viewer, reading) for part in found for reading in part.readings]
        denied = [*attempts, *(attempt for part in found for attempt in part.attempts)]
        if not readings and not denied:
            return
        if self.journal is not None and self.attempts is not None:
            attempted = self.attempts.entries(viewer, denied)
            try:
                await self.journal.write([*readings, *attempted])
            except Exception:
                self.attempts.unwritten(attempted)
                raise
        elif readings:
            raise RuntimeError("private fields were read where no audit log can be written")

    async def close(self) -> None:
        """Write what the audit log still has to be told."""
        if self.attempts is not None:
            await self.attempts.close()

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
        if selected.name in ELSEWHERE:
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
