"""Mutations over HTTP: executed by Strawberry, with every error coded and none of its internals told."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry import Schema
from strawberry.types import ExecutionResult

from models.secret import Keyring
from policies.viewer import Member, Viewer
from resolvers.answer import Answer, Draft, Request, refusal
from resolvers.document import Operation
from resolvers.executor import Executor
from resolvers.planner import FieldPlanner
from schema.context import Origin, RequestContext
from schema.endpoint.log import fault
from schema.endpoint.refusal import internal, logged
from schema.endpoint.selection import refused, root_fields
from settings import Settings

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass(frozen=True, slots=True)
class Mutations:
    """Runs mutations; each of their root fields opens a transaction of its own."""

    schema: Schema
    executor: Executor
    transaction: Transaction
    keyring: Keyring
    settings: Settings

    async def __call__(
        self, request: Request, viewer: Viewer, token: str | None, reference: str, origin: Origin
    ) -> Answer:
        """The answer; an unforeseen error is logged under `reference` and told as INTERNAL."""
        operation = self.executor.documents.operation(request.query, request.operation_name)
        if errors := self._refused(operation, viewer):
            return refusal(errors)
        planner = FieldPlanner(self.executor, viewer, request.denied_null)
        context = self._context(viewer, token, planner, origin, operation.document)
        result = await self.schema.execute(
            request.query,
            variable_values=request.variables,
            context_value=context,
            operation_name=request.operation_name,
        )
        if _not_executed(result):
            return refusal([_coded(error) for error in result.errors or ()])
        return Answer(orjson.dumps(_told(result, planner.draft, reference)), cookies=context.cookies)

    def _refused(self, operation: Operation, viewer: Viewer) -> list[GraphQLError]:
        fragments = {name: details.definition for name, details in operation.fragments.items()}
        plan, shadow = self.executor.plan(viewer), self.executor.shadow

        def denial(field: str) -> str | None:
            return None if plan.may_call("Mutation", field) else plan.denial("Mutation", field)

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


def _coded(error: GraphQLError) -> GraphQLError:
    error.extensions = {"code": "BAD_USER_INPUT", **(error.extensions or {})}
    return error


def _told(result: ExecutionResult, draft: Draft, reference: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"data": result.data}
    if errors := [_formatted(error, reference) for error in result.errors or ()] + draft.errors:
        answer["errors"] = errors
    if access := draft.access():
        answer["extensions"] = {"access": access}
    return answer


def _formatted(error: GraphQLError, reference: str) -> dict[str, Any]:
    if "code" in (error.extensions or {}):
        return dict(error.formatted)
    # SECURITY: P27: the text of an unforeseen error may hold anything, so only a reference leaves.
    fault(reference, error.original_error or error)
    return {"message": logged(reference), "path": error.path, "extensions": internal(reference)}
