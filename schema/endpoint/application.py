"""The application: what is opened at start-up, and which address answers what."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache, partial

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
from operations.session import authenticate
from policies.plan import Policies
from resolvers.executor import Executor
from resolvers.live.hub import Hub
from resolvers.operator import operator_of
from schema.api import build, fields, sdl
from schema.context import session_rules
from schema.endpoint import data_export, log, unsubscribe
from schema.endpoint.confirmation import confirmation_routes
from schema.endpoint.cookie import session_cookie
from schema.endpoint.data_export import Downloads
from schema.endpoint.execution import PlannedExecutionContext, ReadDocument
from schema.endpoint.live.operation import Operations
from schema.endpoint.live.sockets import Sockets
from schema.endpoint.mutation import Mutations, Transaction
from schema.endpoint.page import asset_route, graphiql_page
from schema.endpoint.privacy_notice import privacy_routes
from schema.endpoint.refusal import internal, logged
from schema.endpoint.shadow import shadow_of, telling
from schema.endpoint.unsubscribe import Unsubscribing
from schema.endpoint.view import Endpoint
from settings import Settings, master_key

PATH = "/graphql"


class Application(Starlette):
    """Starlette's application, with a shorter way to the one address that nearly every request is for."""

    endpoint: Endpoint
    executor: Executor
    sockets: Sockets
    hub: Hub
    downloads: Downloads
    unsubscribing: Unsubscribing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self.endpoint(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == PATH:
            await self.sockets(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def farewell(self) -> None:
        """End what never ends by itself, before the server stops: its clients come back to another one."""
        await self.sockets.close()
        await self.hub.close()
        try:
            await self.executor.close()
        except Exception as error:
            # The server stops all the same, without what it still had to count.
            _fault(error)


def create_app(settings: Settings, dsn: str) -> Application:
    """The application on the database at `dsn`; its lifespan opens and closes the connections."""
    log.configure(settings.log_level)
    schema = build(PlannedExecutionContext, ReadDocument)
    policies = _policies()
    shadow = shadow_of(settings.policy_shadow, policies)
    keyring = Keyring(master_key(settings, new_master_key))
    operator = operator_of(settings.controller, settings.contact)

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        async with _opened(dsn, settings) as (pool, writer, transaction):
            journal = Journal(writer, keyring, _fault)
            limits = (settings.page_max, journal, settings.moderation_hours, operator, shadow)
            executor = Executor(schema._schema, policies, pool, keyring, settings.url, *limits)
            await take_stock(writer, keyring, stock_of(policies.hash, keyring, settings))
            app.executor = executor
            app.hub = Hub(executor, dsn, session_rules(settings), _fault)
            mutations = Mutations(schema, executor, transaction, keyring, settings)
            app.endpoint, app.sockets = _endpoints(settings, executor, mutations, app.hub)
            whose = partial(authenticate, pool, keyring, session_rules(settings))
            app.downloads = Downloads(whose, transaction, keyring, session_cookie(settings))
            app.unsubscribing = Unsubscribing(transaction, keyring)
            async with _working(Work(transaction, writer, keyring, settings), dsn), telling(shadow):
                yield
            await app.farewell()

    routes = [Route("/", _home), Route("/schema.graphql", _printed(sdl())), asset_route(), *confirmation_routes()]
    routes += privacy_routes(policies, operator, settings.url)
    routes.append(Route(data_export.ROUTE, _download, methods=data_export.METHODS))
    routes.append(Route(unsubscribe.ROUTE, _unsubscribe, methods=unsubscribe.METHODS))
    return Application(routes=routes, lifespan=lifespan)


@cache
def _policies() -> Policies:
    """The policies that were installed with this code; they are read, and checked, once a process."""
    return Policies.load(fields=fields())


@asynccontextmanager
async def _opened(dsn: str, settings: Settings) -> AsyncIterator[tuple[Pool, Pool, Transaction]]:
    """The pool of planned reads, the one of the audit log, and the transactions of operations."""
    pool = await open_pool(dsn, settings.pool_size)
    writer = await open_pool(dsn, settings.pool_size, readonly=False)
    operations = engine(dsn, settings.pool_size)
    sessions = session_factory(operations)
    try:
        yield pool, writer, sessions.begin
    finally:
        await operations.dispose()
        await writer.close()
        await pool.close()


@asynccontextmanager
async def _working(work: Work, dsn: str) -> AsyncIterator[None]:
    """Queued and scheduled work beside the server, unless the settings leave it to others."""
    if not work.settings.worker:
        yield
        return
    task = asyncio.create_task(work_on(work, dsn, JOBS, log.job))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _endpoints(settings: Settings, executor: Executor, mutations: Mutations, hub: Hub) -> tuple[Endpoint, Sockets]:
    whose = partial(authenticate, executor.pool, executor.keyring, session_rules(settings))
    page = graphiql_page(demo=not settings.production) if settings.graphiql else None
    cookie, proxies, live = session_cookie(settings), settings.proxies, Operations(executor, hub)
    endpoint = Endpoint(executor, mutations, whose, cookie, page, proxies, live)
    return endpoint, Sockets(live, mutations, whose, cookie, settings.url, proxies)


def _fault(error: BaseException) -> GraphQLError:
    """P27: what is told of a failure that is not the client's."""
    reference = os.urandom(6).hex()
    log.fault(reference, error)
    return GraphQLError(logged(reference), extensions=internal(reference))


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
