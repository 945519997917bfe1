"""What a mutation or a planned field finds in its request."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import strawberry
from graphql import GraphQLResolveInfo
from sqlmodel.ext.asyncio.session import AsyncSession

from models.secret import Keyring
from policies.viewer import Purpose, Viewer
from settings import Settings


class Planner(Protocol):
    """Answers a field by one SQL statement."""

    async def resolve(self, info: GraphQLResolveInfo[Any], viewer: Viewer | None = None) -> Any:
        """The field with its sub-selection as planned JSON, for `viewer` or else for the request's viewer.

        The field need not be one of Query: a payload's field is planned as the Query field of the same name.
        """


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One operation's surroundings.

    `token` is the bearer token; `purpose` and `reference` are what the Candour-Purpose header states.
    `transaction` opens a session that commits where its block ends and rolls back where the block raises.
    Fields must not share a session, so the context holds none.
    """

    viewer: Viewer
    planner: Planner
    transaction: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    keyring: Keyring
    settings: Settings
    token: str | None = None
    purpose: Purpose | None = None
    reference: str | None = None


Info = strawberry.Info[RequestContext, None]
