"""Rates: how much one client may ask for within a minute, over all processes.

Each client has a bucket that empties evenly within a minute; what they ask for fills it, and what would make it run
over is refused. A process counts by itself, and tells the database in shares: who asks for little causes no statement.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from math import ceil
from time import monotonic

import asyncpg
from sqlalchemy import delete, func
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import Pool
from models.rate import Rate
from models.secret import Keyring
from operations.attempt import network

KEPT = timedelta(minutes=10)
"""After how long a bucket that nothing more came into is deleted."""
WINDOW = 60
"""Seconds in which a full bucket empties."""
SHARE = 20
"""A process tells what it has counted once it is this fraction of what a client may ask for."""
MOST_CLIENTS = 20_000
"""Of so many clients a process counts; those who have not asked for longest are forgotten first."""
TELL = """
    insert into rate as r (subject, level, counted_at) values ($1, $2, clock_timestamp())
    on conflict (subject) do update set
        level = greatest(0, r.level - extract(epoch from clock_timestamp() - r.counted_at) * $3::float8)::bigint + $2,
        counted_at = clock_timestamp()
    returning level
"""


class ExceededError(Exception):
    """A client asked for more than there is room for; after `seconds` there is."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too much was asked for")
        self.seconds = seconds


class Bucket:
    """What one client has asked for, as far as this process knows. `quota` is what it holds, in units of cost.

    It is kept as the moment at which it will be empty, so that it empties by itself.
    """

    __slots__ = ("_clock", "_empty_at", "_share", "_tell", "_unit", "quota", "subject", "telling", "untold")

    def __init__(self, subject: str, quota: int, clock: Callable[[], float], tell: Callable[["Bucket"], None]) -> None:
        self.subject, self.quota, self._clock, self._tell = subject, quota, clock, tell
        self._unit, self._share = WINDOW / quota, quota / SHARE
        self._empty_at = clock()
        self.untold = 0.0
        self.telling = False

    @property
    def left(self) -> tuple[int, int]:
        """What there is room for now, and in how many seconds it is empty, if nothing more comes."""
        seconds = max(0.0, self._empty_at - self._clock())
        return max(0, int(self.quota - seconds / self._unit)), ceil(seconds)

    def charge(self, cost: int) -> None:
        """Take room for what a request costs; raises ExceededError where there is not so much."""
        now, empty_at = self._clock(), self._empty_at
        if empty_at > now:
            over = empty_at + cost * self._unit - now - WINDOW
            if over > 0:
                # What is larger than any bucket finds room in an empty one, or it never would.
                raise ExceededError(max(1, ceil(min(over, empty_at - now))))
            self.untold += cost
        else:
            empty_at, self.untold = now, cost
        self._empty_at = empty_at + cost * self._unit
        if self.untold >= self._share and not self.telling:
            self._tell(self)

    def tell(self) -> int:
        """What is to be told: what was counted here since, without what has run out again."""
        level = (self._empty_at - self._clock()) / self._unit
        self.untold = max(0.0, min(self.untold, level))
        return round(self.untold)

    def told(self, sent: int, level: float) -> None:
        """What was `sent` is counted for all processes: there, the bucket has this level."""
        self.untold = max(0.0, self.untold - sent)
        self._empty_at = self._clock() + (level + self.untold) * self._unit


@dataclass(slots=True)
class Rates:
    """The buckets of one process, and the way to those of the others."""

    pool: Pool
    keyring: Keyring
    clock: Callable[[], float] = monotonic
    _buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._buckets)

    def bucket(self, subject: str, quota: int) -> Bucket:
        """The bucket of a client, by `of_account` or `of_address`."""
        found = self._buckets.get(subject)
        if found is None:
            found = self._buckets[subject] = Bucket(subject, quota, self.clock, self._tell)
            # SECURITY: whoever asks from ever new addresses fills no memory.
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(subject)
        return found

    async def close(self) -> None:
        """Wait for what is being told."""
        await asyncio.gather(*self._telling)

    def _tell(self, bucket: Bucket) -> None:
        bucket.telling = True
        task = asyncio.create_task(self._told(bucket))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _told(self, bucket: Bucket) -> None:
        """Tell the database what was counted, and hear what all processes have counted."""
        sent = bucket.tell()
        try:
            hashed = rate_hash(self.keyring, bucket.subject)
            level = await self.pool.fetchval(TELL, hashed, sent, bucket.quota / WINDOW)
            bucket.told(sent, level)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # Without the database each process counts for itself, and tries again with the next request.
            pass
        finally:
            bucket.telling = False


def of_account(account_id: object) -> str:
    """How a person's bucket is called."""
    return f"account {account_id}"


@lru_cache(maxsize=1024)
def of_address(address: str) -> str:
    """How the bucket of all visitors from one IP address is called: for IPv6, of one customer's network."""
    return f"address {network(address) if ':' in address else address}"


def rate_hash(keyring: Keyring, subject: str) -> bytes:
    """Under what the database keeps a bucket."""
    # SECURITY: P03: no address is stored, and no hash of one that could be joined with those of attempts.
    return keyring.attempt_hash(f"rate {subject}")


async def forget(session: AsyncSession, keyring: Keyring, account_id: object) -> None:
    """Delete the bucket of a person who is gone (P18)."""
    await session.exec(delete(Rate).where(col(Rate.subject) == rate_hash(keyring, of_account(account_id))))


async def purge(session: AsyncSession) -> int:
    """Delete buckets that have long been empty: how many."""
    gone = await session.exec(delete(Rate).where(col(Rate.counted_at) < func.now() - KEPT))
    return int(gone.rowcount)
