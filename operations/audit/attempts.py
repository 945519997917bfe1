"""Denied attempts on private fields: the first of a viewer's on a field at once, what follows counted for some seconds.

So a flood of questions is a few entries, and what it costs is bounded. Visitors are nobody in particular: theirs are
counted from the first on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from models.audit import AuditKind
from operations.audit.entry import Entry
from operations.audit.journal import Journal
from policies.viewer import Member, Viewer

SECONDS = 10.0
MOST = 5_000
"""Viewers' fields that are counted at the same time; with more, all are written."""
Who = tuple[UUID | None, str | None]
"""Whose attempts, with which purpose."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A private field that a viewer asked for and did not get, and the rule that says why."""

    field: str
    reason: str
    rule: str


Asked = tuple[Attempt, str | None]
"""An attempt, and the global id of the row, where it was one."""


@dataclass(slots=True)
class _Counted:
    """Attempts that are not written yet; `subject` is what all of them were about, if it was the same."""

    entry: Entry
    count: int
    subject: str | None


class Attempts:
    """Counts for one process; `close` writes what is counted by then."""

    def __init__(self, journal: Journal, seconds: float = SECONDS) -> None:
        self._journal, self._seconds = journal, seconds
        self._counted: dict[Who, dict[str, _Counted]] = {}
        """By who it was, and by field."""
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Task[None] | None = None

    def entries(self, viewer: Viewer, denied: Sequence[Asked]) -> list[Entry]:
        """What has to be written before the answer leaves; the rest is counted."""
        if not denied:
            return []
        new: list[Entry] = []
        member = viewer if isinstance(viewer, Member) else None
        counted = self._counted.setdefault((member.account_id, member.purpose) if member else (None, None), {})
        for attempt, subject in denied:
            known = counted.get(attempt.field)
            if known is None:
                entry = _entry(viewer, attempt, subject)
                counted[attempt.field] = _Counted(entry, 0 if member else 1, subject)
                self._number += 1
                new += [entry] if member else []
            else:
                known.count += 1
                known.subject = subject if known.subject == subject else None
        self._soon()
        return new

    def unwritten(self, new: Sequence[Entry]) -> None:
        """These could not be written: the next such attempt is the first one again."""
        for entry in new:
            counted = self._counted.get((entry.account_id, entry.purpose), {})
            if (known := counted.get(entry.fields[0])) is not None and known.entry is entry and not known.count:
                del counted[entry.fields[0]]
                self._number -= 1

    async def close(self) -> None:
        """Write what is counted, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        counted, self._counted, self._number = self._counted, {}, 0
        found = [c for fields in counted.values() for c in fields.values() if c.count]
        try:
            await self._journal.write([replace(c.entry, count=c.count, subject=c.subject) for c in found])
        except Exception:
            # What can't be written now is written later, together with what comes meanwhile.
            for who, fields in counted.items():
                self._again(self._counted.setdefault(who, {}), fields)
            raise

    def _again(self, counted: dict[str, _Counted], fields: dict[str, _Counted]) -> None:
        for field, earlier in fields.items():
            if (meanwhile := counted.get(field)) is not None:
                meanwhile.count += earlier.count
            else:
                counted[field] = earlier
                self._number += 1

    def _soon(self) -> None:
        if self._number > MOST:
            self._flush()
        elif self._number and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._flush)

    def _flush(self) -> None:
        self._timer = None
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._written())

    async def _written(self) -> None:
        try:
            await self.close()
        except Exception as error:
            self._journal.fault(error)
            self._soon()


def _entry(viewer: Viewer, attempt: Attempt, subject: str | None) -> Entry:
    return Entry.by(
        viewer,
        AuditKind.DENIED,
        subject=subject,
        fields=(attempt.field,),
        reasons=(attempt.reason,),
        rules=(attempt.rule,) if attempt.rule else (),
    )
