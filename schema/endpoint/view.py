"""The GraphQL endpoint as a bare ASGI application: nothing on the way of a request that it does not need."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from starlette.types import Receive, Scope, Send

from policies.viewer import Viewer
from resolvers.answer import Answer, Request, refusal
from resolvers.document import Refused, Streamed
from resolvers.live.subscription import Subscription
from schema.context import Origin
from schema.endpoint.accept import Media, negotiate, takes_events
from schema.endpoint.body import DisconnectError, read_body
from schema.endpoint.caching import OWN, shared, unchanged
from schema.endpoint.cookie import Cookie
from schema.endpoint.document import Known
from schema.endpoint.failure import failed
from schema.endpoint.identify import Authenticate, identify
from schema.endpoint.limit import UNBOUND, Bounds, told
from schema.endpoint.live.events import send_events
from schema.endpoint.live.operation import Asked, Operations
from schema.endpoint.log import Trail
from schema.endpoint.origin import Arrival, Networks, origin_of
from schema.endpoint.parameters import from_body, from_url
from schema.endpoint.refusal import Header, RefusalError, bad_request, error_body
from schema.endpoint.safety import SAFE

Mutate = Callable[[Request, Viewer], Awaitable[Answer]]

_GRAPHQL = Media.GRAPHQL
_TYPES = {
    Media.JSON: (b"content-type", b"application/json; charset=utf-8"),
    Media.GRAPHQL: (b"content-type", b"application/graphql-response+json; charset=utf-8"),
}
# SECURITY: an answer is kept apart for each way to say who asks; no cache gives one to somebody else.
_APART = (b"vary", b"accept, authorization, candour-csrf, candour-purpose, cookie")
_ALLOW = ((b"allow", b"GET, HEAD, POST"),)
_READING = frozenset({"GET", "HEAD"})
_STREAM = (
    "A subscription is answered as a stream: accept text/event-stream, or connect by WebSocket (graphql-transport-ws)."
)


class Executes(Protocol):
    """What answers a request; mutations are handed to `mutate`."""

    async def execute(self, request: Request, viewer: Viewer, mutate: Mutate | None = None) -> Answer: ...


class Mutates(Protocol):
    """What runs a mutation for the bearer of a token; `reference` names the request in the log."""

    async def __call__(
        self, request: Request, viewer: Viewer, token: str | None, reference: str, origin: Origin
    ) -> Answer: ...


class Endpoint:
    """Answers GraphQL over HTTP: queries by GET and POST, mutations by POST, a page for browsers."""

    def __init__(
        self,
        executor: Executes,
        mutate: Mutates,
        authenticate: Authenticate,
        cookie: Cookie,
        page: Callable[[Send, Trail], Awaitable[int]] | None = None,
        proxies: Networks = (),
        streams: Operations | None = None,
        known: Known | None = None,
        shared_seconds: int = 1,
        bounds: Bounds = UNBOUND,
        always: Sequence[Header] = SAFE,
    ) -> None:
        """`always` goes with every answer, besides what makes it this one."""
        self._executor = executor
        self._mutate = mutate
        self._authenticate = authenticate
        self._cookie = cookie
        self._page = page
        self._proxies = proxies
        self._streams = streams
        self._bounds = bounds
        self._resolve = known.resolve if known is not None else _as_sent
        caching = (b"cache-control", shared(shared_seconds))
        safe = [_APART, *always]
        self._shared = {media: [header, caching, *safe, *bounds.of_visitors] for media, header in _TYPES.items()}
        self._own: list[Header] = [(b"cache-control", OWN), *safe]
        self._headers = {media: [header, *self._own] for media, header in _TYPES.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trail = Trail()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        media = negotiate(headers.get(b"accept"), html=self._page is not None and scope["method"] in _READING)
        kept: Sequence[Header] = self._headers[_shown(media)]
        try:
            if media is Media.HTML and self._page is not None:
                trail.end(await self._page(send, trail))
                return
            with self._bounds.patience.watch(receive, scope["method"]) as heard:
                asked = await self._asked(scope, headers, heard, media, trail)
                begun = await self._begun(asked, media, headers)
            trail.operation = asked.request.operation_name if _executed(begun) else None
            trail.denied = None if isinstance(begun, Subscription) else begun.denials
            if media is Media.EVENTS or isinstance(begun, Subscription):
                await self._stream(send, receive, begun, trail)
                return
            status, body, kept = self._reply(asked.request, begun, media, scope["method"], headers)
        except RefusalError as refused:
            status, body, kept = refused.status, refused.body, [*kept, *refused.headers]
        except DisconnectError:
            return
        except RecursionError:
            status, body = 400, error_body("The document is nested too deeply.", code="TOO_COMPLEX")
        except Exception as error:
            # SECURITY: P27: an unforeseen failure leaves as a reference only.
            failure = failed(trail.reference, error)
            status, body, kept = failure.status, failure.body, [*kept, *failure.headers]
        await _send(send, status, list(kept), body, trail)
        trail.end(status)

    async def _asked(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, media: Media | None, trail: Trail
    ) -> Asked:
        """The request, and who sends it."""
        method = scope["method"]
        if method == "POST":
            body = await read_body(headers, receive, self._bounds.body)
            _check_media(media)
            request = from_body(headers, body)
        elif method in _READING:
            _check_media(media)
            request = from_url(scope["query_string"])
        else:
            raise RefusalError(405, "BAD_USER_INPUT", "Send the request by GET or POST.", _ALLOW)
        try:
            viewer, token = await identify(headers, self._authenticate, self._cookie)
        except RefusalError:
            self._bounds.charge_refused(scope, headers, self._proxies)
            raise
        trail.viewer = viewer.kind
        request.meter = self._bounds.allowance(viewer, scope, headers, self._proxies)
        request.visit = Arrival(scope, headers, self._proxies)

        async def mutate(request: Request, viewer: Viewer) -> Answer:
            origin = origin_of(scope, headers, self._proxies)
            if token is not None and b"authorization" not in headers:
                origin = replace(origin, cookie=True)
            return await self._mutate(request, viewer, token, trail.reference, origin)

        return Asked(request, viewer, token, mutate if method == "POST" else _only_by_post)

    async def _begun(self, asked: Asked, media: Media | None, headers: dict[bytes, bytes]) -> Subscription | Answer:
        """The answer, or the subscription where a stream is accepted at all."""
        try:
            found = self._resolve(asked.request, asked.viewer)
            if found is not asked.request:
                asked = replace(asked, request=found)
            return await self._executor.execute(asked.request, asked.viewer, asked.mutate)
        except Refused as refused:
            return refusal(refused.errors)
        except Streamed:
            if self._streams is None or not takes_events(headers.get(b"accept")):
                raise bad_request(_STREAM, 406) from None
            return await self._streams.begin(asked)

    def _reply(
        self, request: Request, answer: Answer, media: Media | None, method: str, headers: dict[bytes, bytes]
    ) -> tuple[int, bytes, list[Header]]:
        """Status, body and headers of an answer."""
        shown = _shown(media)
        # SECURITY: what gives or takes a cookie is one browser's, whatever else it holds.
        if answer.tag and not answer.cookies:
            kept = [*self._shared[shown], (b"etag", answer.tag)]
            same = method in _READING and unchanged(headers, answer.tag)
            return (304, b"", kept) if same else (200, answer.body, kept)
        status = 200 if answer.executed or media is not _GRAPHQL else 400
        return status, answer.body, [*self._headers[shown], *_cookies(answer), *told(request)]

    async def _stream(self, send: Send, receive: Receive, begun: Subscription | Answer, trail: Trail) -> None:
        headers = [*self._own, (b"x-request-id", trail.reference.encode())]
        await send_events(send, receive, headers, begun, self._streams.hub.leave if self._streams else _nothing)
        trail.end(200)


def _nothing(_: Subscription) -> None:
    """Without streams there is nothing to leave."""


def _as_sent(request: Request, _: Viewer) -> Request:
    return request


def _executed(begun: Subscription | Answer) -> bool:
    return isinstance(begun, Subscription) or begun.executed


def _cookies(answer: Answer) -> list[Header]:
    return [(b"set-cookie", cookie.encode("latin-1")) for cookie in answer.cookies]


async def _only_by_post(request: Request, viewer: Viewer) -> Answer:
    # SECURITY: a GET must never change anything, for links and images of other sites can cause it.
    raise RefusalError(405, "BAD_USER_INPUT", "Mutations are sent by POST.", [(b"allow", b"POST")])


def _check_media(media: Media | None) -> None:
    if media is None:
        raise bad_request("Accept application/json or application/graphql-response+json.", 406)


def _shown(media: Media | None) -> Media:
    return _GRAPHQL if media is _GRAPHQL else Media.JSON


async def _send(send: Send, status: int, headers: list[Header], body: bytes, trail: Trail) -> None:
    if status != 304:
        headers.append((b"content-length", b"%d" % len(body)))
    headers.append((b"x-request-id", trail.reference.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
