"""`/healthz`: does this process live. `/readyz`: can it answer. For whoever restarts it, and who sends it requests.

Neither tells anything that is not public: the policies' hash is that of files which anybody may read.
"""

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.database.readiness import is_new_enough, revision_of

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
FRESH_SECONDS = 1.0
"""How long an answer about the database serves all who ask."""


@dataclass(slots=True)
class Health:
    """Looks after one process; `expected` is the hash of the policies that it should have, if that matters."""

    dsn: str
    policies: str
    expected: str | None = None
    stopping: bool = False
    _asked: float = -FRESH_SECONDS
    _database: dict[str, bool] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ready(self) -> Response:
        """200 or 503, and what is amiss."""
        checks = {
            **await self._looked(),
            "policies": self.expected in (None, self.policies),
            "running": not self.stopping,
        }
        told: dict[str, Any] = {"ready": all(checks.values()), "checks": checks, "policies": self.policies}
        return _told(200 if told["ready"] else 503, told)

    async def _looked(self) -> dict[str, bool]:
        # SECURITY: however many ask, the database is asked once a second.
        async with self._turn:
            if monotonic() - self._asked >= FRESH_SECONDS:
                self._database = await self._look()
                self._asked = monotonic()
        return self._database

    async def _look(self) -> dict[str, bool]:
        try:
            revision = await revision_of(self.dsn)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return {"database": False, "migrations": False}
        return {"database": True, "migrations": is_new_enough(revision)}


def health_routes() -> list[Route]:
    """The two addresses."""
    return [Route("/healthz", _lives, methods=["GET"]), Route("/readyz", _ready, methods=["GET"])]


async def _lives(_: Request) -> Response:
    return _told(200, {"alive": True})


async def _ready(request: Request) -> Response:
    health: Health = request.app.sight.health
    return await health.ready()


def _told(status: int, told: dict[str, Any]) -> Response:
    return Response(orjson.dumps(told), status, HEADERS, media_type="application/json")
