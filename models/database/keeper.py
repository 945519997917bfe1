"""Keeps the embedded PostgreSQL: one that was killed is started again, as an operator's machine does with its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from models.database.embedded import EmbeddedPostgres
from models.database.identity import EmbeddedPostgresError

LOOK_SECONDS = 0.2
PAUSE_SECONDS = 5.0


@contextmanager
def kept(postgres: EmbeddedPostgres, tell: Callable[[str], object]) -> Iterator[None]:
    """Look after a server that this process started, in a thread; `tell` gets what there is to say."""
    stopping = Event()

    def keep() -> None:
        while not stopping.wait(LOOK_SECONDS):
            try:
                if postgres.revive():
                    tell("PostgreSQL had ended and was started again")
            except (EmbeddedPostgresError, OSError) as error:
                tell(str(error))
                stopping.wait(PAUSE_SECONDS)

    thread = Thread(target=keep, name="keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
