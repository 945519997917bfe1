"""Mutations over HTTP: executed by Strawberry, with every error coded and none of its internals told."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry import Schema
from strawberry.types import ExecutionResult

from models.database.outage import is_outage
from models.secret import Keyring
from policies.viewer import Member, Viewer
from resolvers.answer import Answer, Draft, Request, refusal
from resolvers.document import Operation
from resolvers.executor import Executor
from resolvers.planner import FieldPlanner
from schema.context import Origin, RequestContext
from schema.endpoint.failure import failed
from schema.endpoint.selection import refused, root_fields
from schema.endpoint.tally import TALLY
from settings import Settings

Settled = Callable[[], Awaitable[None]]
Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]


async def _nothing() -> None:
    """Without a memory there is nothing to forget."""


@dataclass(frozen=True, slots=True)
class Mutations:
    """Runs mutations; each of their root fields opens a transaction of its own."""

    schema: Schema
    executor: Executor
    transaction: Transaction
    keyring: Keyring
    settings: Settings
    settled: Settled = _nothing
    """Returns once this process remembers nothing that was changed."""

    async def __call__(
        self, request: Request, viewer: Viewer, token: str | None, reference: str, origin: Origin
    ) -> Answer:
        """The answer; an unforeseen error is logged under `reference` and told as INTERNAL.

        Raises what kept the database away.
        """
        operation = self.executor.documents.operation(request.query, request.operation_name)
        if errors := self._refused(operation, viewer):
            return refusal(errors)
        planner = FieldPlanner(self.executor, viewer, request.denied_null)
        planner.draft.cost = request.cost
        context = self._context(viewer, token, planner, origin, operation.document)
        result = await self.schema.execute(
            request.query,
            variable_values=request.variables,
            context_value=context,
            operation_name=request.operation_name,
        )
        await self.settled()
        if outage := _outage(result):
            raise outage
        if _not_executed(result):
            return refusal([_coded(error) for error in result.errors or ()])
        body = orjson.dumps(_told(result, planner.draft, reference))
        return Answer(body, cookies=context.cookies, denials=planner.draft.denials)

    def _refused(self, operation: Operation, viewer: Viewer) -> list[GraphQLError]:
        fragments = {name: details.definition for name, details in operation.fragments.items()}
        plan, shadow = self.executor.plan(viewer), self.executor.shadow

        def denial(field: str) -> str | None:
            if plan.may_call("Mutation", field):
                return None
            TALLY.denied({("Mutation", field): 1}, viewer.kind)
            return plan.denial("Mutation", field)

        # SECURITY: root fields have rules of their own, before anything of the operation runs.
        errors = list(refused(root_fields(operation.node, fragments), denial))
        if shadow:
            shadow.count(shadow.differing(plan))
        return errors

    def _context(
        self, viewer: Viewer, token: str | None, planner: FieldPlanner, origin: Origin, document: DocumentNode
    ) -> RequestContext:
        stated = viewer if isinstance(viewer, Member) else None
        return RequestContext(
            viewer,
            planner,
            self.transaction,
            self.keyring,
            self.settings,
            self.executor.policies,
            token,
            stated.purpose if stated else None,
            stated.reference if stated else None,
            origin,
            document=document,
        )


def _not_executed(result: ExecutionResult) -> bool:
    """Whether the errors came before execution: from variables that don't fit, which have no path."""
    return result.data is None and not any(error.path for error in result.errors or ())


def _outage(result: ExecutionResult) -> Exception | None:
    """What kept the database away, where nothing can be told but that."""
    causes = [error.original_error for error in result.errors or () if result.data is None]
    return next((cause for cause in causes if cause is not None and is_outage(cause)), None)


def _coded(error: GraphQLError) -> GraphQLError:
    error.extensions = {"code": "BAD_USER_INPUT", **(error.extensions or {})}
    return error


def _told(result: ExecutionResult, draft: Draft, reference: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"data": result.data}
    if errors := [_formatted(error, reference) for error in result.errors or ()] + draft.errors:
        answer["errors"] = errors
    if extensions := draft.extensions():
        answer["extensions"] = extensions
    return answer


def _formatted(error: GraphQLError, reference: str) -> dict[str, Any]:
    if "code" in (error.extensions or {}):
        return dict(error.formatted)
    failure = failed(reference, error.original_error or error)
    return {"message": failure.message, "path": error.path, "extensions": failure.extensions}
