"""Who is who in the demo world: accounts with fixed addresses, and the bodies that they belong to."""

from dataclasses import dataclass
from typing import NamedTuple

from models.account import PlatformRole
from models.area import AreaKind
from models.membership import MembershipRole
from models.organisation import OrganisationKind
from operations.demo.atlas import Atlas

PASSWORD = "candour-demo"  # noqa: S105 - of invented people, told to everybody
HOST = "demo.example"


class Part(NamedTuple):
    """A role to play: the first half of the email address, and what the person may do."""

    name: str
    roles: tuple[PlatformRole, ...] = ()
    membership: MembershipRole | None = None
    body: str = ""
    """Which field of `Bodies` the membership is in."""


PARTS = (
    Part("author"),
    Part("member"),
    Part("staff", membership=MembershipRole.RESPONDER, body="trust"),
    Part("manager", membership=MembershipRole.MANAGER, body="trust"),
    Part("other", membership=MembershipRole.RESPONDER, body="other_trust"),
    Part("commissioner", membership=MembershipRole.READER, body="commissioner"),
    Part("moderator", (PlatformRole.MODERATOR,)),
    Part("safeguarding", (PlatformRole.SAFEGUARDING,)),
    Part("safeguarding2", (PlatformRole.SAFEGUARDING,)),
    Part("abuse", (PlatformRole.ABUSE,)),
    Part("dpo", (PlatformRole.DPO,)),
    Part("admin", (PlatformRole.ADMIN,)),
    Part("police", membership=MembershipRole.MANAGER, body="police"),
)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Organisations of the fixed accounts, and the area in which their stories' author lives."""

    trust: int
    other_trust: int
    commissioner: int
    police: int
    area: int

    def of(self, part: Part) -> int | None:
        """The organisation in which this part has a membership."""
        return getattr(self, part.body) if part.body else None


def choose_bodies(atlas: Atlas) -> Bodies:
    """A hospital trust in an area that somebody answers for, and another one; ValueError without them."""
    police = atlas.first(OrganisationKind.POLICE)
    trusts = atlas.trusts()
    for trust in trusts:
        for area in (area for place in atlas.run_by[trust] for area in place.areas):
            ground = atlas.areas[area]
            if ground.kind == AreaKind.INTEGRATED_CARE_BOARD and ground.organisation and area in atlas.districts:
                other = next(t for t in trusts if t != trust)
                return Bodies(trust, other, ground.organisation, police, area)
    raise ValueError("the demo world needs an English trust in an area with an organisation and postcodes")
