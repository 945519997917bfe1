"""`/metrics`: for Prometheus, and for nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from schema.endpoint.log import Trail, fault
from schema.endpoint.metrics import Metrics

PATH = "/metrics"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = 2.0
"""How long the database may take to answer."""
Backlog = Callable[[], Awaitable[dict[str, tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Scrape:
    """Answers requests for metrics; `backlog` finds out what waits in queues. Without a token, `open` lets all read."""

    metrics: Metrics
    backlog: Backlog
    token: str | None
    open: bool

    async def __call__(self, request: Request) -> Response:
        """The metrics, for whoever has the token."""
        if refused := self._refused(request.headers.get("authorization", "")):
            return refused
        return Response(self.metrics.text(await self._waiting()), headers={**HEADERS, "Content-Type": TYPE})

    async def _waiting(self) -> dict[str, tuple[int, int]]:
        """What waits in queues; nothing is told of them where the database does not answer, but all else is."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self.backlog()
        except Exception as error:
            fault(Trail().reference, error)
            return {}

    def _refused(self, sent: str) -> Response | None:
        if self.token is None:
            # SECURITY: what a site is asked for is nobody's business, so without a token there is no such address.
            return None if self.open else PlainTextResponse("Not Found", 404, HEADERS)
        # SECURITY: compared in the same time however much of it is right.
        if compare_digest(sent.encode(), f"Bearer {self.token}".encode()):
            return None
        return PlainTextResponse("Send the token of the metrics.", 401, {**HEADERS, "WWW-Authenticate": "Bearer"})


def scrape_route() -> Route:
    """The address of the metrics."""
    return Route(PATH, _scraped, methods=["GET"])


async def _scraped(request: Request) -> Response:
    scrape: Scrape = request.app.sight.scrape
    return await scrape(request)
