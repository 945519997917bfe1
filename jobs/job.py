"""What a job is: something that the worker does again and again, and that can be interrupted at any point."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.connection import Pool
from models.secret import Keyring
from settings import Settings


@dataclass(frozen=True, slots=True)
class Work:
    """What jobs work with; each `transaction` commits where its block ends. `pool` gives connections that may write."""

    transaction: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    pool: Pool
    keyring: Keyring
    settings: Settings


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work; `run` does what is due and returns how many things it did.

    A scheduled job runs `every` so often, in one process at a time. One with a `queue` (a table) also runs as soon as
    something is put there, in several processes side by side; `every` is then how long it waits at most.
    For `python app.py jobs`, statements that count: what it would do now (`waiting`), and what it gave up (`failed`).
    """

    name: str
    every: timedelta
    run: Callable[[Work], Awaitable[int]]
    queue: str | None = None
    waiting: str | None = None
    failed: str | None = None
