"""What all mutations share: one transaction, problems as answers, planned rows in payloads."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

import policies.viewer
from operations.problem import ProblemCode, ProblemError
from policies.viewer import Anonymous, Member
from schema.base import resolved
from schema.context import Info
from schema.problem import Problem, told
from schema.viewer import Viewer

Result = TypeVar("Result")


@strawberry.type(description="What came of a mutation.")
class Payload:
    """What every payload has."""

    problems: list[Problem] = strawberry.field(description="Why nothing was done; empty if it was.")


@strawberry.type(description="What came of a mutation, and the viewer after it.")
class ViewerPayload(Payload):
    """A payload about the viewer's own account."""

    @resolved("Who asks, as they are from now on.")
    async def viewer(self, info: Info) -> Viewer:
        return await planned_viewer(info, info.context.current)


async def perform(
    info: Info, operation: Callable[[AsyncSession], Awaitable[Result]]
) -> tuple[Result | None, list[Problem]]:
    """The operation's result from one transaction, or the problem that undid it."""
    try:
        async with info.context.transaction() as session:
            return await operation(session), []
    except ProblemError as error:
        return None, [told(error)]


async def problems_of(work: Awaitable[None]) -> list[Problem]:
    """The problem that an operation of several transactions met with, if it did."""
    try:
        await work
    except ProblemError as error:
        return [told(error)]
    return []


def signed_in(info: Info) -> Member:
    """Who asks; the policies let nobody else call what needs an account."""
    viewer = info.context.viewer
    if not isinstance(viewer, Member):
        raise ProblemError(ProblemCode.NOT_SIGNED_IN, "Sign in first.")
    return viewer


async def planned_viewer(info: Info, viewer: policies.viewer.Viewer | None) -> Viewer:
    """The payload's viewer as planned JSON, which the executor passes through."""
    answer: Viewer = await info.context.planner.resolve(info._raw_info, viewer=viewer or Anonymous())
    return answer


async def planned_row(info: Info, type_name: str, key: Any) -> Any:
    """A row by its key as planned JSON, or null where the viewer may not see it."""
    return await info.context.planner.row(info._raw_info, type_name, key)
