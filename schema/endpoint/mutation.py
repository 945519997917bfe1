"""Mutations over HTTP: executed by Strawberry, with every error coded and none of its internals told."""

from typing import Any, Protocol

import orjson
from graphql import GraphQLError, parse
from strawberry import Schema

from policies.viewer import Viewer
from resolvers.executor import Answer, Request
from schema.context import RequestContext
from schema.endpoint.log import fault
from schema.endpoint.once import repeated
from schema.endpoint.refusal import internal, logged


class MakesContext(Protocol):
    """Gives each operation a context of its own."""

    def __call__(self, viewer: Viewer, token: str | None) -> RequestContext: ...


class Mutations:
    """Runs mutations; each of their root fields opens a transaction of its own."""

    def __init__(self, schema: Schema, context: MakesContext) -> None:
        self._schema = schema
        self._context = context

    async def __call__(self, request: Request, viewer: Viewer, token: str | None, reference: str) -> Answer:
        """The answer; an unforeseen error is logged under `reference` and told as INTERNAL."""
        if errors := repeated(parse(request.query)):
            return Answer(_body(None, errors, reference), executed=False)
        result = await self._schema.execute(
            request.query,
            variable_values=request.variables,
            context_value=self._context(viewer, token),
            operation_name=request.operation_name,
        )
        errors = result.errors or []
        # An error without a path came before execution: variables that don't fit.
        executed = not errors or result.data is not None or any(error.path for error in errors)
        return Answer(_body(result.data if executed else ..., errors, reference), executed=executed)


def _body(data: Any, errors: list[GraphQLError], reference: str) -> bytes:
    answer: dict[str, Any] = {} if data is ... else {"data": data}
    if errors:
        answer["errors"] = [_told(error, reference) for error in errors]
    return orjson.dumps(answer)


def _told(error: GraphQLError, reference: str) -> dict[str, Any]:
    if error.path is None:
        error.extensions = {"code": "BAD_USER_INPUT", **(error.extensions or {})}
    if "code" in (error.extensions or {}):
        return dict(error.formatted)
    # SECURITY: P27: the text of an unforeseen error may hold anything, so only a reference leaves.
    fault(reference, error.original_error or error)
    return {"message": logged(reference), "path": error.path, "extensions": internal(reference)}
