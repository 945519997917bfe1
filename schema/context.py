"""What a mutation or a planned field finds in its request."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import strawberry
from graphql import DocumentNode, GraphQLResolveInfo
from sqlmodel.ext.asyncio.session import AsyncSession

from models.secret import Keyring
from operations.session import Rules
from policies.plan import AccessPlan, Policies
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
    gathers the values of `Set-Cookie` headers for its answer. A mutation that changes who its viewer is in the
    policies' eyes adds that to `renewed`. `document` is the request's, parsed and found valid.
    """

    viewer: Viewer
    planner: Planner
    transaction: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    keyring: Keyring
    settings: Settings
    policies: Policies
    token: str | None = None
    purpose: Purpose | None = None
    reference: str | None = None
    origin: Origin = Origin()
    cookies: list[str] = field(default_factory=list)
    renewed: list[Viewer] = field(default_factory=list)
    document: DocumentNode | None = None

    @property
    def plan(self) -> AccessPlan:
        """What this viewer may do."""
        return self.policies.plan(self.viewer)

    @property
    def rules(self) -> Rules:
        """What the deployment decided about sessions."""
        return session_rules(self.settings)

    @property
    def current(self) -> Viewer:
        """Who asks, as the mutations before in the same request have left them."""
        return self.renewed[-1] if self.renewed else self.viewer


def session_rules(settings: Settings) -> Rules:
    """How long sessions last, and whether roles need a second factor."""
    return Rules(timedelta(hours=settings.session_hours), settings.second_factor)


Info = strawberry.Info[RequestContext, None]
