"""What an entry of the audit log says, before it is numbered and sealed."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from models.audit import AuditKind
from policies.viewer import Member, Viewer

request_reference: ContextVar[str | None] = ContextVar("request_reference", default=None)
"""The reference of the request in which we are, as the logs have it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Private fields of one row that were read, and the rules that allowed it: never their values."""

    subject: str
    fields: tuple[str, ...]
    reasons: tuple[str, ...]
    rules: tuple[str, ...] = ()
    """Where those rules stand, as `file:line`."""
    disclosure_id: UUID | None = None
    """The disclosure that named these fields, where it was one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written: who did what with whose data, why, and under which rules; never a value.

    `subject` is a global id or the name of what was changed. `person_id` is found by the subject where it is not given,
    and the organisation by the account.
    """

    kind: AuditKind
    account_id: UUID | None = None
    roles: tuple[str, ...] = ()
    purpose: str | None = None
    reference: str | None = None
    subject: str | None = None
    person_id: UUID | None = None
    fields: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    request: str | None = None
    disclosure_id: UUID | None = None
    count: int = 1
    happened_at: datetime | None = None
    """Only of what is told of the past (the demo world); else it is the database's time."""

    @classmethod
    def reading(cls, viewer: Viewer, reading: Reading) -> Self:
        """An entry about private fields that this viewer read."""
        return cls.by(
            viewer,
            AuditKind.READ,
            subject=reading.subject,
            fields=reading.fields,
            reasons=reading.reasons,
            rules=reading.rules,
            disclosure_id=reading.disclosure_id,
        )

    @classmethod
    def by(
        cls,
        viewer: Viewer,
        kind: AuditKind,
        *,
        subject: str | None = None,
        person_id: UUID | None = None,
        fields: tuple[str, ...] = (),
        reasons: tuple[str, ...] = (),
        rules: tuple[str, ...] = (),
        disclosure_id: UUID | None = None,
        count: int = 1,
    ) -> Self:
        """An entry about what this viewer does in the request that is being answered."""
        member = viewer if isinstance(viewer, Member) else None
        return cls(
            kind,
            member.account_id if member else None,
            tuple(sorted(member.roles)) if member else (),
            member.purpose.value if member and member.purpose else None,
            member.reference if member else None,
            subject,
            person_id,
            fields,
            reasons,
            rules,
            request_reference.get(),
            disclosure_id,
            count,
        )
