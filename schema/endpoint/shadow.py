"""The shadow of a server: a candidate for the policies that is compared in every request, and decides on nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from operations.beside import beside
from policies.compare.shadow import Shadow
from policies.error import PolicyError
from policies.plan import Policies
from schema.api import fields
from schema.endpoint import log

EVERY_SECONDS = 60.0


def shadow_of(folder: Path | None, live: Policies) -> Shadow | None:
    """The shadow with the policies of a folder; none without one, or where they can't be used, which is logged."""
    if folder is None:
        return None
    try:
        if not folder.is_dir():
            raise PolicyError("the folder of the shadow policies is not there")
        return Shadow(live, Policies.load(folder, fields()), log.shadow)
    except PolicyError as error:
        log.shadow_refused(error.problems)
    except (OSError, ValueError) as error:
        log.shadow_refused([f"the shadow policies can't be read: {type(error).__name__}"])
    return None


@asynccontextmanager
async def telling(shadow: Shadow | None) -> AsyncIterator[None]:
    """Tells of the counts each minute, and at the end."""
    if shadow is None:
        yield
        return
    try:
        async with beside(_tell(shadow)):
            yield
    finally:
        shadow.tell_all()


async def _tell(shadow: Shadow) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        shadow.tell_all()
