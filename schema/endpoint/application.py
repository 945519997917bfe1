"""The application: what is opened at start-up, and which address answers what."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Self

import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from jobs.job import Work
from jobs.schedule import JOBS
from jobs.worker import work_on
from models.database.connection import Pool, engine, open_pool, session_factory
from models.secret import Keyring, new_master_key
from operations.audit import Journal
from operations.audit.stock import stock_of, take_stock
from operations.beside import beside
from operations.rate import Rates
from operations.session import authenticate
from policies.compare.shadow import Shadow
from policies.plan import Policies
from resolvers.executor import Executor
from resolvers.live.hub import Hub
from resolvers.memory import Memory
from resolvers.operator import Operator, operator_of
from resolvers.remembering import Remembering
from resolvers.visit import Regions
from resolvers.watcher import Watcher
from schema.api import build, fields, sdl
from schema.context import session_rules
from schema.endpoint import data_export, log, unsubscribe
from schema.endpoint.confirmation import confirmation_routes
from schema.endpoint.cookie import session_cookie
from schema.endpoint.data_export import Downloads
from schema.endpoint.document import Known, read_manifests
from schema.endpoint.execution import PlannedExecutionContext, ReadDocument
from schema.endpoint.failure import failed
from schema.endpoint.gate import PATH, Gate, gate
from schema.endpoint.health import health_routes
from schema.endpoint.limit import Bounds, bounds, document_limits
from schema.endpoint.live.operation import Operations
from schema.endpoint.live.sockets import Sockets
from schema.endpoint.metrics import ALONE, Place
from schema.endpoint.mutation import Mutations, Transaction
from schema.endpoint.page import asset_route, graphiql_page
from schema.endpoint.privacy_notice import privacy_routes
from schema.endpoint.scrape import scrape_route
from schema.endpoint.shadow import shadow_of, telling
from schema.endpoint.sight import Sight, failures_told, seen
from schema.endpoint.unsubscribe import Unsubscribing
from schema.endpoint.view import Endpoint
from settings import Settings, master_key

MEGABYTE = 1_000_000


class Application(Starlette):
    """Starlette's application, with a shorter way to the one address that nearly every request is for."""

    gate: Gate
    endpoint: Endpoint
    executor: Executor
    sockets: Sockets
    hub: Hub
    watcher: Watcher
    downloads: Downloads
    unsubscribing: Unsubscribing
    sight: Sight
    place: Place = ALONE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        else:
            await self.gate(scope, receive, send, self._inside)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            if traces := self.sight.traces:
                await traces.answer(self.endpoint, scope, receive, send)
            else:
                await self.endpoint(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == PATH:
            await self.sockets(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def leave(self) -> None:
        """Let those who send requests know that they had better send them elsewhere."""
        self.sight.health.stopping = True

    async def farewell(self) -> None:
        """End what never ends by itself, before the server stops: its clients come back to another one."""
        await self.sockets.close()
        await self.hub.close()
        try:
            await self.executor.close()
        except Exception as error:
            # The server stops all the same, without what it still had to count.
            _fault(error)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an application stands on, whether it runs or not."""

    settings: Settings
    dsn: str
    schema: strawberry.Schema
    policies: Policies
    shadow: Shadow | None
    keyring: Keyring
    operator: Operator
    trusted: Mapping[str, str]
    """Trusted documents, by their ids."""

    @classmethod
    def of(cls, settings: Settings, dsn: str) -> Self:
        """Read and checked, before anything is opened."""
        policies = _policies()
        return cls(
            settings,
            dsn,
            build(PlannedExecutionContext, ReadDocument),
            policies,
            shadow_of(settings.policy_shadow, policies),
            Keyring(master_key(settings, new_master_key)),
            operator_of(settings.controller, settings.contact),
            read_manifests(settings.manifests),
        )

    def executor(self, pool: Pool, writer: Pool) -> Executor:
        """What answers queries from `pool`, and writes the audit log by `writer`."""
        settings = self.settings
        return Executor(
            self.schema._schema,
            self.policies,
            pool,
            self.keyring,
            settings.url,
            settings.page_max,
            Journal(writer, self.keyring, _fault),
            settings.moderation_hours,
            self.operator,
            self.shadow,
            document_limits(settings),
            Regions(settings.url, settings.region_by_host, settings.region_by_country),
        )


def create_app(settings: Settings, dsn: str) -> Application:
    """The application on the database at `dsn`; its lifespan opens and closes the connections."""
    log.configure(settings.log_level)
    ground = Ground.of(settings, dsn)
    routes = [Route("/", _home), Route("/schema.graphql", _printed(sdl())), asset_route(), *confirmation_routes()]
    routes += [*privacy_routes(ground.policies, ground.operator, settings.url), *health_routes(), scrape_route()]
    routes.append(Route(data_export.ROUTE, _download, methods=data_export.METHODS))
    routes.append(Route(unsubscribe.ROUTE, _unsubscribe, methods=unsubscribe.METHODS))
    application = Application(routes=routes, lifespan=partial(_living, ground))
    application.gate = gate(settings)
    return application


@asynccontextmanager
async def _living(ground: Ground, app: Application) -> AsyncIterator[None]:
    settings, dsn, keyring = ground.settings, ground.dsn, ground.keyring
    async with failures_told(), _opened(dsn, settings) as (pool, writer, transaction):
        executor = app.executor = ground.executor(pool, writer)
        await take_stock(writer, keyring, stock_of(ground.policies.hash, keyring, settings))
        bound = bounds(settings, Rates(writer, keyring))
        app.hub = Hub(executor, dsn, session_rules(settings), _fault)
        watcher = app.watcher = Watcher(dsn, Memory(settings.memory_mb * MEGABYTE), _fault)
        mutations = Mutations(ground.schema, executor, transaction, keyring, settings, watcher.settled)
        answers = Remembering(executor, watcher.memory)
        app.endpoint, app.sockets = _endpoints(settings, answers, mutations, app, ground.trusted, bound)
        whose = partial(authenticate, pool, keyring, session_rules(settings))
        app.downloads = Downloads(whose, transaction, keyring, session_cookie(settings))
        app.unsubscribing = Unsubscribing(transaction, keyring)
        sight = seen(settings, dsn, app.place, ground.policies, app.hub, pool, transaction)
        work = _working(Work(transaction, writer, keyring, settings), dsn, app.place)
        async with bound.kept(), watcher.watching(), telling(ground.shadow), sight as app.sight, work:
            yield
        await app.farewell()


@cache
def _policies() -> Policies:
    """The policies that were installed with this code; they are read, and checked, once a process."""
    return Policies.load(fields=fields())


@asynccontextmanager
async def _opened(dsn: str, settings: Settings) -> AsyncIterator[tuple[Pool, Pool, Transaction]]:
    """The pool of planned reads, the one of the audit log, and the transactions of operations."""
    statement_ms = settings.statement_seconds * 1000
    pool = await open_pool(dsn, settings.pool_size, statement_ms=statement_ms)
    writer = await open_pool(dsn, settings.pool_size, readonly=False, statement_ms=statement_ms)
    operations = engine(dsn, settings.pool_size, statement_ms)
    sessions = session_factory(operations)
    try:
        yield pool, writer, sessions.begin
    finally:
        await operations.dispose()
        await writer.close()
        await pool.close()


@asynccontextmanager
async def _working(work: Work, dsn: str, place: Place) -> AsyncIterator[None]:
    """Queued and scheduled work beside the first server process, unless the settings leave it to others."""
    if not work.settings.worker or place.number:
        yield
        return
    async with beside(work_on(work, dsn, JOBS, log.job)):
        yield


def _endpoints(
    settings: Settings,
    answers: Remembering,
    mutations: Mutations,
    app: Application,
    trusted: Mapping[str, str],
    bound: Bounds,
) -> tuple[Endpoint, Sockets]:
    executor = answers.executor
    whose = partial(authenticate, executor.pool, executor.keyring, session_rules(settings))
    page = graphiql_page(demo=not settings.production, safe=app.gate.safe) if settings.graphiql else None
    known = Known(executor.documents.operation, trusted, settings.documents_only)
    cookie, proxies = session_cookie(settings), settings.proxies
    live = Operations(executor, app.hub, known, settings.request_seconds)
    ways = (page, proxies, live, known, settings.shared_seconds, bound, app.gate.always)
    return Endpoint(answers, mutations, whose, cookie, *ways), Sockets(live, mutations, whose, cookie, proxies, bound)


def _fault(error: BaseException) -> GraphQLError:
    """P27: what is told of a failure that is not the client's."""
    reference = os.urandom(6).hex()
    failure = failed(reference, error)
    return GraphQLError(failure.message, extensions=dict(failure.extensions))


async def _download(request: Request) -> Response:
    downloads: Downloads = request.app.downloads
    return await downloads(request)


async def _unsubscribe(request: Request) -> Response:
    unsubscribing: Unsubscribing = request.app.unsubscribing
    return await unsubscribing(request)


async def _home(_: Request) -> Response:
    return RedirectResponse(PATH, 302)


def _printed(text: str) -> Callable[[Request], Awaitable[Response]]:
    async def printed(_: Request) -> Response:
        return PlainTextResponse(text, headers={"X-Content-Type-Options": "nosniff"})

    return printed
