"""The limit: hand-written statements, their text sent as it is by Starlette, uvicorn and asyncpg.

`python -m bench.limit DSN PORT ADDRESS [--keep]`; `--keep` switches asyncpg's reset of released connections off.
"""

import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench import statements
from bench.queries import PAGES

Parameters = Mapping[str, Callable[[str], Any]]


def routes(address: str) -> dict[str, tuple[str, Parameters]]:
    """The statement behind each path, and how its parameters are read from the URL."""
    found: dict[str, tuple[str, Parameters]] = {
        "story": (statements.story(address), {"number": int}),
        "service": (statements.SERVICE, {"slug": str}),
        "search": (statements.SEARCH, {"words": str, "rank": float, "number": int}),
        "name": (statements.NAME, {"slug": str}),
    }
    for size in PAGES:
        found[f"home_{size}"] = (statements.home(size), {})
        found[f"private_{size}"] = (statements.private(size), {"account": UUID})
    return found


def application(dsn: str, address: str, *, keep: bool) -> Starlette:
    """One route for each statement."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, reset=_keep if keep else None) as pool:
            app.state.pool = pool
            yield

    found = routes(address).items()
    return Starlette(routes=[Route(f"/{name}", _answer(*parts)) for name, parts in found], lifespan=lifespan)


def _answer(statement: str, parameters: Parameters) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        given = request.query_params
        values = [read(given[name]) for name, read in parameters.items()]
        text = await request.app.state.pool.fetchval(statement, *values)
        return Response(text, media_type="application/json")

    return answer


async def _keep(connection: Any) -> None:
    """Replaces asyncpg's reset."""


if __name__ == "__main__":
    dsn, port, address, *options = sys.argv[1:]
    uvicorn.run(
        application(dsn, address, keep="--keep" in options),
        port=int(port),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
    )
