"""Viewers: who asks, of which kind, and with which purpose of use."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.account import PlatformRole

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


class Purpose(StrEnum):
    """Why somebody with a platform role looks at private data; every such look is audited."""

    SAFEGUARDING = "safeguarding"
    ABUSE = "abuse"
    RIGHTS_REQUEST = "rights-request"
    COMPLAINT = "complaint"


MAY_USE: Mapping[Purpose, PlatformRole] = {
    Purpose.SAFEGUARDING: PlatformRole.SAFEGUARDING,
    Purpose.ABUSE: PlatformRole.ABUSE,
    Purpose.RIGHTS_REQUEST: PlatformRole.DPO,
    Purpose.COMPLAINT: PlatformRole.DPO,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """All that a policy may know of a viewer before it looks at rows; plans are made once per kind.

    `recipient` means that something is disclosed to an organisation that they manage.
    """

    name: str
    roles: tuple[PlatformRole, ...] = ()
    staff: bool = False
    purpose: Purpose | None = None
    recipient: bool = False

    def __str__(self) -> str:
        """Reads like `member+staff+MODERATOR (purpose abuse)`."""
        ties = [name for name in ("staff", "recipient") if getattr(self, name)]
        parts = [self.name.lower(), *ties, *(role.value for role in self.roles)]
        return "+".join(parts) + (f" (purpose {self.purpose.value})" if self.purpose else "")

    @property
    def undisclosed(self) -> "Kind":
        """The same of somebody to whom nothing is disclosed."""
        return replace(self, recipient=False)

    @property
    def plain(self) -> "Kind":
        """The same without what makes each reading worth an entry on the audit log: a purpose, a disclosure."""
        return replace(self, purpose=None, recipient=False)


class Viewer:
    """Anybody who asks."""

    __slots__ = ()

    @property
    def kind(self) -> Kind:
        return Kind(type(self).__name__)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Values of the parameters that plans leave open, by the names that `policies.sql` gives them."""
        return {"viewer_account_id": None, "viewer_demographics_id": None}


@dataclass(frozen=True, slots=True)
class Anonymous(Viewer):
    """A visitor of the public site."""


@dataclass(frozen=True, slots=True)
class System(Viewer):
    """Candour itself: queued and scheduled work."""


@dataclass(frozen=True, slots=True)
class Member(Viewer):
    """A person who is signed in; `staff` means that they are a member of some organisation.

    `recipient` means that a disclosure to an organisation that they manage is active now.
    `key` is the person's data key as stored (wrapped); `demographics_id` says which answers are theirs, once opened;
    `session_id` is the session in which they ask.
    """

    account_id: UUID
    roles: frozenset[PlatformRole] = frozenset()
    staff: bool = False
    purpose: Purpose | None = None
    reference: str | None = None
    key: bytes = field(default=b"", repr=False)
    demographics_id: UUID | None = field(default=None, repr=False)
    session_id: UUID | None = field(default=None, repr=False, compare=False)
    recipient: bool = False

    def __post_init__(self) -> None:
        # SECURITY: in Polar None = None, so a member without an id would be the author of erased authors' stories.
        if self.account_id is None:
            raise ValueError("a member needs an account id")

    @property
    def kind(self) -> Kind:
        return Kind("Member", tuple(sorted(self.roles)), self.staff, self.purpose, self.recipient)

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"viewer_account_id": self.account_id, "viewer_demographics_id": self.demographics_id}


def parse_purpose(header: str) -> tuple[Purpose, str | None]:
    """Purpose and reference of a `Candour-Purpose` header, e.g. `safeguarding; ref=CASE-12`.

    Raises ValueError, with a message for the client, for anything else.
    """
    name, *parameters = (part.strip() for part in header.split(";"))
    known = {purpose.value: purpose for purpose in Purpose}
    if name not in known:
        raise ValueError(f"The purpose of use must be one of {', '.join(known)}.")
    if not parameters:
        return known[name], None
    key, _, reference = parameters[0].partition("=")
    if len(parameters) > 1 or key.strip() != "ref" or not REFERENCE.fullmatch(reference.strip()):
        raise ValueError("After the purpose only `; ref=…` may follow: up to 64 letters, digits, dots or dashes.")
    return known[name], reference.strip()


def may_use(roles: Iterable[PlatformRole], purpose: Purpose) -> bool:
    """Whether somebody with these platform roles may state this purpose at all."""
    return MAY_USE[purpose] in set(roles)


def all_kinds() -> tuple[Kind, ...]:
    """Every kind that a policy tells apart: each role alone, with each purpose that fits, as staff, and a recipient."""
    roles: list[tuple[tuple[PlatformRole, ...], Purpose | None]] = [((), None)]
    roles += [((role,), None) for role in PlatformRole]
    roles += [((role,), purpose) for purpose, role in MAY_USE.items()]
    members = [Kind("Member", held, staff, purpose) for staff in (False, True) for held, purpose in roles]
    return (Kind("Anonymous"), *members, Kind("Member", staff=True, recipient=True), Kind("System"))
