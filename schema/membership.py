"""What a person may do for an organisation."""

import strawberry

from models.membership import MembershipRole
from schema.base import describe
from schema.organisation import Organisation

describe(
    MembershipRole,
    {
        MembershipRole.READER: "Browses, and gets alerts and reports.",
        MembershipRole.RESPONDER: "Also responds and records changes.",
        MembershipRole.MANAGER: "Also manages members, service pages, API keys and restriction requests.",
    },
)


@strawberry.type(description="A person's role in an organisation.")
class Membership:
    """A membership."""

    role: MembershipRole = strawberry.field(description="What they may do for it.")
    organisation: Organisation = strawberry.field(description="The organisation.")
