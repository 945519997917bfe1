"""What goes on for as long as a process lives waits out an outage of the database."""

import asyncio
from collections.abc import Awaitable, Callable

from models.database.outage import is_outage

RETRY_SECONDS = 1.0


async def lasting(turn: Callable[[], Awaitable[None]], fault: Callable[[Exception], object]) -> None:
    """Do one turn after the other until cancelled; `fault` is told of outages. Raises every other error."""
    while True:
        try:
            await turn()
        except Exception as error:
            if not is_outage(error):
                raise
            fault(error)
            await asyncio.sleep(RETRY_SECONDS)
