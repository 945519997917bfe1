"""The executor: a query is the SQL statements of its root fields; nothing else touches the values."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from asyncpg import QueryCanceledError
from graphql import GraphQLError, GraphQLSchema, is_non_null_type
from graphql.execution.values import VariableValues

from models.database.connection import Connection, Pool
from models.secret import Keyring
from operations.audit import Asked, Attempts, Entry, Journal
from policies.compare.shadow import Shadow, Watched
from policies.plan import AccessPlan, Policies
from policies.viewer import Kind, Viewer
from resolvers.access import access_decision
from resolvers.answer import Answer, Draft, Request, refusal
from resolvers.argument import wrapped
from resolvers.attempt import DeniedError
from resolvers.build import Build, Question, Selected
from resolvers.cache import Cache
from resolvers.cost import REQUEST
from resolvers.document import Documents, Operation, Refused, Streamed
from resolvers.error import coded
from resolvers.finish import Finished
from resolvers.limit import Limits, too_complex
from resolvers.operator import NOBODY, Operator
from resolvers.part import Failed, InMemory, Part, Plan, in_memory, part_of, public
from resolvers.privacy_notice import notice_json
from resolvers.span import span
from resolvers.statement import Statement
from resolvers.suggestion import fitting
from resolvers.visit import Regions, site_value

__all__ = ["Executor", "Failed", "InMemory", "Part", "Plan", "part_of", "public"]

Mutate = Callable[[Request, Viewer], Awaitable[Answer]]
PLANS_BYTES = 20_000_000
"""How much memory compiled operations take, about."""
Key = tuple[Kind, tuple[Any, ...]]
"""Under what an operation's statements are kept: the kind of viewer, and the shape of its variables."""


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
    limits: Limits = field(default_factory=Limits)
    regions: Regions = field(default_factory=Regions)
    documents: Documents = field(init=False)
    plans: Cache[tuple[Operation, Key], Plan] = field(init=False)
    attempts: Attempts | None = field(init=False)

    def __post_init__(self) -> None:
        self.documents = Documents(self.schema, limits=self.limits)
        self.plans = Cache(PLANS_BYTES, lambda plan: plan.size)
        self.attempts = Attempts(self.journal) if self.journal else None

    async def execute(self, request: Request, viewer: Viewer, mutate: Mutate | None = None) -> Answer:
        """Answers a query; a mutation is handed to `mutate`. Raises Streamed for a subscription."""
        try:
            operation = self.documents.operation(request.query, request.operation_name, request.charge)
            if operation.is_subscription:
                raise Streamed
            values, key = self.admit(operation, request, viewer)
            if not operation.is_query:
                assert mutate is not None
                return await mutate(request, viewer)
        except Refused as refused:
            return refusal(fitting(refused.errors, self.policies.plan(viewer)))
        draft, parts = Draft(request.denied_null, cost=request.cost), self.parts(operation, values, viewer, key)
        try:
            async with self.pool.acquire() as connection:
                for part in parts:
                    await self._answer(draft, part, values, request, viewer, connection)
        except QueryCanceledError:
            return refusal([too_complex("The answer takes too long. Ask for less at once.")])
        await self.audit(viewer, draft.found, draft.attempts)
        return draft.answer(public(parts, viewer, draft))

    def admit(self, operation: Operation, request: Request, viewer: Viewer) -> tuple[VariableValues, Key]:
        """The variables of a request, and the key of its statements, once it is paid for; raises Refused.

        SECURITY: what a request costs is known, and limited, before anything of it is planned.
        """
        values = operation.variables(request.variables)
        shape = operation.shape(values.coerced)
        cost, maximum = operation.cost(shape, values, self.page_max), self.limits.maximum(viewer)
        if cost.requested > maximum:
            request.charge(REQUEST)
            message = f"The request costs {cost.requested}, of at most {maximum}. Ask for smaller pages, or for less."
            raise Refused([coded("TOO_COMPLEX", message, requested=cost.requested, maximum=maximum)])
        key = (viewer.kind, shape)
        request.charge(cost.known if self.plans.peek((operation, key)) is not None else cost.requested)
        if request.costed:
            remaining = request.meter.remaining if request.meter is not None else None
            request.cost = {"requested": cost.requested, "maximum": maximum, "remaining": remaining}
        return values, key

    def parts(self, operation: Operation, values: VariableValues, viewer: Viewer, key: Key | None = None) -> list[Part]:
        """The operation compiled for this kind of viewer and shape of variables."""

        def make() -> Plan:
            question = self.question(operation, values, viewer)
            parts = [part_of(question, selected) for selected in operation.roots(values)]
            return Plan(parts, operation.size, self.shadow.differing(question.plan) if self.shadow else ())

        kept = operation.kept
        shape = key or (viewer.kind, operation.shape(values.coerced))
        plan = self.plans.get((operation, shape), make) if kept else make()
        if self.shadow:
            self.shadow.count(plan.seen)
        return plan.parts

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
        self,
        draft: Draft,
        part: Part,
        values: VariableValues,
        request: Request,
        viewer: Viewer,
        connection: Connection,
    ) -> None:
        selected = part.selected
        try:
            if isinstance(part, Failed):
                raise part.error
            if isinstance(part, Statement):
                with span(selected.parent, selected.name):
                    found = await part.run(connection, values.coerced, viewer, self.keyring)
                draft.add(selected.key, found)
            else:
                draft.fields.append((selected.key, await self._elsewhere(part, values, request, viewer, connection)))
        except GraphQLError as error:
            if isinstance(error, DeniedError) and error.attempt:
                draft.attempts.append((error.attempt, None))
            if (error.extensions or {}).get("code") == "FORBIDDEN":
                draft.deny(selected.parent, selected.name)
            located = GraphQLError(error.message, selected.node, path=[selected.key], extensions=error.extensions)
            draft.fail(selected.key, located, self._nullable(selected))

    async def _elsewhere(
        self, part: InMemory, values: VariableValues, request: Request, viewer: Viewer, connection: Connection
    ) -> bytes:
        """A root field that no statement of the planner's answers, as JSON."""
        selected, question = part.selected, part.question
        match selected.name:
            case "access":
                arguments = Build(replace(question, leaves=values)).arguments(selected)
                return await access_decision(self.policies, question, selected, arguments, viewer, connection)
            case "privacyNotice":
                return notice_json(question, selected)
            case "site":
                return await site_value(self, question, selected, request.visit, viewer, connection)
        return in_memory(part, values)

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
