"""What those who run the site see of a process: its health, its metrics, its traces."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobs.backlog import backlog
from models.database.connection import Pool
from operations.attempt import Transaction
from operations.beside import beside
from policies.plan import Policies
from resolvers.live.hub import Hub
from schema.endpoint.health import Health
from schema.endpoint.log import fault
from schema.endpoint.metrics import Metrics, Place
from schema.endpoint.scrape import Scrape
from schema.endpoint.tally import TALLY
from settings import Settings

if TYPE_CHECKING:
    from schema.endpoint.traces import Traces


@dataclass(frozen=True, slots=True)
class Sight:
    """All of it; `traces` only where somebody collects them."""

    health: Health
    scrape: Scrape
    traces: "Traces | None"


@asynccontextmanager
async def seen(
    settings: Settings, dsn: str, place: Place, policies: Policies, hub: Hub, pool: Pool, transaction: Transaction
) -> AsyncIterator[Sight]:
    """Lets a process be seen while the block lasts."""
    TALLY.only(settings.measured)

    def sample() -> Mapping[str, float]:
        return {"subscriptions": len(hub), "connections_lent": pool.lent, "connections_awaited": pool.awaited}

    async def waiting() -> dict[str, tuple[int, int]]:
        async with transaction() as session:
            return await backlog(session)

    metrics = Metrics(TALLY, place, sample, {"policies": policies.hash})
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    scrape = Scrape(metrics, waiting, token, open=not settings.production)
    health = Health(dsn, policies.hash, settings.policy_hash)
    async with beside(metrics.run()):
        with _traced(settings) as traces:
            yield Sight(health, scrape, traces)


def _traced(settings: Settings) -> "AbstractContextManager[Traces | None]":
    if not settings.traces_url:
        return nullcontext()
    # OpenTelemetry takes memory and time to start: only who traces pays for it.
    from schema.endpoint.traces import tracing

    return tracing(settings.traces_url, settings.proxies)


@asynccontextmanager
async def failures_told() -> AsyncIterator[None]:
    """Log why the application could not start or stop, for the server would write the text of the error."""
    try:
        yield
    except Exception as error:
        fault("application", error)
        raise
