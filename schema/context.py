"""What a mutation or a planned field finds in its request."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
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

    async def row(self, info: GraphQLResolveInfo[Any], type_name: str, key: Any) -> Any:
        """A row by its key with the field's sub-selection as planned JSON; null where it may not be seen."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a request came: the client's IP address, what its browser or app calls itself.

    `cookie` tells that it was identified by its cookie.
    """

    address: str = ""
    client: str | None = None
    cookie: bool = False


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One operation's surroundings.

    `token` is the bearer token; `purpose` and `reference` are what the Candour-Purpose header states.
    `transaction` opens a session that commits where its block ends and rolls back where the block raises.
    Fields must not share a session, so the context holds none. `origin` says from where the request came; `cookies`
    gathers the values of `Set-Cookie` headers for its answer.
    """

    viewer: Viewer
    planner: Planner
    transaction: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    keyring: Keyring
    settings: Settings
    token: str | None = None
    purpose: Purpose | None = None
    reference: str | None = None
    origin: Origin = Origin()
    cookies: list[str] = field(default_factory=list)


Info = strawberry.Info[RequestContext, None]
