"""Who asks."""

from enum import StrEnum

import strawberry

from models.account import PlatformRole
from schema.account import Account
from schema.base import describe


class ViewerKind(StrEnum):
    """What kind of viewer asks."""

    ANONYMOUS = "ANONYMOUS"
    MEMBER = "MEMBER"
    SYSTEM = "SYSTEM"


describe(
    ViewerKind,
    {
        ViewerKind.ANONYMOUS: "A visitor who is not signed in.",
        ViewerKind.MEMBER: "A person who is signed in.",
        ViewerKind.SYSTEM: "The platform itself, at work without a person.",
    },
)


@strawberry.type(description="Who asks: on this everything depends that is shown.")
class Viewer:
    """The viewer of this request."""

    kind: ViewerKind = strawberry.field(description="What kind of viewer it is.")
    account: Account | None = strawberry.field(description="Their account; null for a visitor.")
    roles: list[PlatformRole] = strawberry.field(description="Their roles among those who run the site.")
    purpose: str | None = strawberry.field(
        description="The purpose of use that the request states in its `Candour-Purpose` header."
    )


@strawberry.input(description="A viewer described, to ask what they would get.")
class ViewerInput:
    """A kind of viewer."""

    kind: ViewerKind = strawberry.field(description="What kind of viewer it is.")
    roles: list[PlatformRole] | None = strawberry.field(
        description="Their roles among those who run the site; none if left out.", default=strawberry.UNSET
    )
    staff: bool | None = strawberry.field(
        description="Whether they are a member of an organisation; no if left out.", default=strawberry.UNSET
    )
    recipient: bool | None = strawberry.field(
        description="Whether something is disclosed to an organisation that they manage; no if left out.",
        default=strawberry.UNSET,
    )
    purpose: str | None = strawberry.field(
        description="The purpose of use that they state, e.g. `safeguarding`.", default=strawberry.UNSET
    )
