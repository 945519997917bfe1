"""Anchors: the heads of all lanes at one moment, sealed. What an anchor saw can't be cut off unseen.

An anchor that is kept elsewhere also tells where somebody cut the log together with its last anchors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Self

import orjson

from models.audit import LANES
from models.database.connection import Connection
from models.database.lending import whole
from models.secret import Keyring
from operations.audit.seal import CONTENT, HALF, Row, content

SIZE = 32
TURN = 0x41756474
"""The advisory lock of whoever makes an anchor."""
LATEST = "select * from audit_anchor order by id desc limit 1"
HEADS = "select lane, position, seal from audit_lane order by lane"
NEXT = "select nextval(pg_get_serial_sequence('audit_anchor', 'id')) as id, clock_timestamp() as made_at"
BEFORE = f"select {', '.join(CONTENT)} from audit_event where lane is null order by id"
KEEP = """
insert into audit_anchor (id, made_at, positions, heads, before, digest, seal) values ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far each lane had got at one moment, and the rows from before the chain."""

    id: int
    made_at: datetime
    positions: tuple[int, ...]
    heads: bytes
    before: int
    digest: bytes
    seal: bytes = b""

    @classmethod
    def of(cls, row: Row) -> Self:
        """From a row of `audit_anchor`."""
        named = ("id", "made_at", "heads", "before", "digest", "seal")
        return cls(positions=tuple(row["positions"]), **{name: row[name] for name in named})

    @classmethod
    def read(cls, text: bytes) -> Self:
        """From the text that `text` made; raises ValueError for anything else."""
        try:
            given = orjson.loads(text)
            made_at, positions = datetime.fromisoformat(given["madeAt"]), tuple(map(int, given["positions"]))
            heads, digest, seal = (bytes.fromhex(given[name]) for name in ("heads", "digest", "seal"))
            return cls(int(given["id"]), made_at, positions, heads, int(given["before"]), digest, seal)
        except (KeyError, TypeError, ValueError):
            raise ValueError("This is no anchor: keep what `python app.py audit anchor` prints.") from None

    def text(self) -> str:
        """To be kept elsewhere: a line of JSON, without anything private."""
        return orjson.dumps(self._plain() | {"seal": self.seal.hex()}).decode()

    def sealed(self, keyring: Keyring, before: bytes) -> bytes:
        """Its seal; `before` is the seal of the anchor before it, empty for the first."""
        half = keyring.audit_seal(b"anchor", orjson.dumps(self._plain()))[:HALF]
        return half + keyring.audit_seal(b"anchors", half, before)[:HALF]

    def genuine(self, keyring: Keyring) -> bool:
        """Whether it says what it said when it was sealed."""
        return compare_digest(self.sealed(keyring, b"")[:HALF], self.seal[:HALF]) and len(self.heads) == SIZE * LANES

    def head(self, lane: int) -> bytes:
        """The seal of a lane's last row."""
        return self.heads[lane * SIZE : (lane + 1) * SIZE]

    def _plain(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "madeAt": self.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "positions": self.positions,
            "heads": self.heads.hex(),
            "before": self.before,
            "digest": self.digest.hex(),
        }


async def make_anchor(connection: Connection, keyring: Keyring) -> tuple[Anchor, bool]:
    """Anchor the log as it is now; the newest anchor, and whether it is new: where nothing was written, it is not."""
    async with whole(connection):
        await connection.execute("select pg_advisory_xact_lock($1)", TURN)
        last = await connection.fetchrow(LATEST)
        before = Anchor.of(last) if last else None
        heads = await connection.fetch(HEADS)
        positions = tuple(row["position"] for row in heads)
        if before is not None and before.positions == positions:
            return before, False
        count, digest = (before.before, before.digest) if before else await older(connection, keyring)
        given = await connection.fetchrow(NEXT)
        assert given is not None
        seals = b"".join(bytes(row["seal"]).ljust(SIZE, b"\0") for row in heads)
        anchor = Anchor(given["id"], given["made_at"], positions, seals, count, digest)
        seal = anchor.sealed(keyring, before.seal if before else b"")
        values: Sequence[Any] = (anchor.id, anchor.made_at, positions, seals, count, digest, seal)
        await connection.execute(KEEP, *values)
    return Anchor(anchor.id, anchor.made_at, positions, seals, count, digest, seal), True


async def older(connection: Connection, keyring: Keyring) -> tuple[int, bytes]:
    """How many rows there are from before the chain, and a digest of them all; within a transaction."""
    count, digest = 0, bytes(SIZE)
    async for row in connection.cursor(BEFORE, prefetch=1_000):
        count, digest = count + 1, keyring.audit_seal(b"before", digest, content(row))
    return count, digest
