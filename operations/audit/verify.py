"""Verifying the audit log: every edit, deletion and reordering since it was written, named."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.audit import LANES
from models.database.connection import Connection
from models.secret import Keyring
from operations.audit.anchor import HEADS, Anchor, older
from operations.audit.chain import Chain, Fault
from operations.audit.seal import CONTENT, HALF

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""
STEP = 1_000
COLUMNS = ", ".join((*CONTENT, "lane", "position", "seal"))
ROWS = (
    f"select {COLUMNS} from audit_event where lane = $1 and position is not null and seal is not null order by position"
)
STRAY = f"""
select id, lane, position from audit_event
where lane not between 0 and {LANES - 1} or lane is not null and (position is null or seal is null)
order by id
"""
ANCHORS = "select * from audit_anchor order by id"


@dataclass(slots=True)
class Verdict:
    """How much was looked at, and what is wrong; `before` counts rows from before the chain."""

    events: int = 0
    anchors: int = 0
    before: int = 0
    faults: list[Fault] = field(default_factory=list)


async def verify(
    connection: Connection, keyring: Keyring, kept: Sequence[Anchor] = (), progress: Progress = lambda *_: None
) -> Verdict:
    """Look at the whole log as it is at one moment; `kept` are anchors that were kept elsewhere."""
    verdict = Verdict()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        heads = {row["lane"]: row for row in await connection.fetch(HEADS)}
        anchors = [Anchor.of(row) for row in await connection.fetch(ANCHORS)]
        verdict.anchors = len(anchors)
        verdict.faults += _wrong_anchors(keyring, anchors, kept)
        genuine = [anchor for anchor in (*anchors, *kept) if anchor.genuine(keyring)]
        wanted = sum(row["position"] for row in heads.values())
        for lane in range(LANES):
            chain = Chain(keyring, lane, _anchored(genuine, lane))
            async for row in connection.cursor(ROWS, lane, prefetch=STEP):
                verdict.faults += chain.next(row)
                verdict.events += 1
                if verdict.events % STEP == 0:
                    progress("events", verdict.events, max(wanted, verdict.events))
            verdict.faults += chain.end(heads.get(lane))
        verdict.faults += [fault async for fault in _outside(connection, keyring, genuine, verdict)]
    return verdict


def _wrong_anchors(keyring: Keyring, anchors: Sequence[Anchor], kept: Sequence[Anchor]) -> list[Fault]:
    faults, before = [], b""
    for anchor in anchors:
        if not anchor.genuine(keyring):
            faults.append(Fault(f"anchor {anchor.id} was changed"))
        elif anchor.sealed(keyring, before)[HALF:] != anchor.seal[HALF:]:
            faults.append(Fault(f"anchor {anchor.id} does not follow the one before it: one was deleted or exchanged"))
        before = anchor.seal
    there = {anchor.id: anchor.seal for anchor in anchors}
    for anchor in kept:
        if not anchor.genuine(keyring):
            faults.append(Fault(f"the anchor {anchor.id} that was kept is not of this log, or was changed"))
        elif there.get(anchor.id) != anchor.seal:
            faults.append(Fault(f"anchor {anchor.id}, which was kept elsewhere, is missing"))
    return faults


def _anchored(anchors: Sequence[Anchor], lane: int) -> Mapping[int, bytes]:
    """The seals that anchors saw, by position; an empty lane has none."""
    return {anchor.positions[lane]: anchor.head(lane) for anchor in anchors if anchor.positions[lane]}


async def _outside(
    connection: Connection, keyring: Keyring, anchors: Sequence[Anchor], verdict: Verdict
) -> AsyncIterator[Fault]:
    """What stands in no lane: rows from before the chain, which the first anchor counted, and what was put in."""
    for row in await connection.fetch(STRAY):
        yield Fault("does not belong here: it was put in", row["lane"], row["position"], row["id"])
    verdict.before, digest = await older(connection, keyring)
    if not anchors:
        return
    first = min(anchors, key=lambda anchor: anchor.made_at)
    if verdict.before != first.before:
        yield Fault(f"there are {verdict.before} events from before the chain; there were {first.before}")
    elif digest != first.digest:
        yield Fault("an event from before the chain was changed")
