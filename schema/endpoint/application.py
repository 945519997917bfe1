"""The application: what is opened at start-up, and which address answers what."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from models.database.connection import Pool, engine, open_pool, session_factory
from models.secret import Keyring, new_master_key
from operations.session import authenticate
from policies.plan import Policies
from policies.viewer import Member
from resolvers.executor import Executor
from schema.api import build, fields, sdl
from schema.endpoint import log
from schema.endpoint.execution import PlannedExecutionContext
from schema.endpoint.mutation import Mutations, Transaction
from schema.endpoint.page import asset_route, graphiql_page
from schema.endpoint.view import Endpoint
from settings import Settings, master_key

PATH = "/graphql"


class Application(Starlette):
    """Starlette's application, with a shorter way to the one address that nearly every request is for."""

    endpoint: Endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self.endpoint(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings, dsn: str) -> Application:
    """The application on the database at `dsn`; its lifespan opens and closes the connections."""
    log.configure(settings.log_level)
    schema = build(PlannedExecutionContext)
    policies = Policies.load(fields=fields())
    keyring = Keyring(master_key(settings, new_master_key))

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        async with _opened(dsn, settings) as (pool, writer, transaction):
            executor = Executor(schema._schema, policies, pool, keyring, settings.url, settings.page_max, writer)
            app.endpoint = _endpoint(settings, schema, executor, keyring, transaction)
            yield

    routes = [Route("/", _home), Route("/schema.graphql", _printed(sdl())), asset_route()]
    return Application(routes=routes, lifespan=lifespan)


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


def _endpoint(
    settings: Settings, schema: Schema, executor: Executor, keyring: Keyring, transaction: Transaction
) -> Endpoint:
    async def bearer(token: str) -> Member | None:
        return await authenticate(executor.pool, keyring, token)

    page = graphiql_page(demo=not settings.production) if settings.graphiql else None
    mutations = Mutations(schema, executor, transaction, keyring, settings)
    return Endpoint(executor, mutations, bearer, page, settings.proxies)


async def _home(_: Request) -> Response:
    return RedirectResponse(PATH, 302)


def _printed(text: str) -> Callable[[Request], Awaitable[Response]]:
    async def printed(_: Request) -> Response:
        return PlainTextResponse(text, headers={"X-Content-Type-Options": "nosniff"})

    return printed
