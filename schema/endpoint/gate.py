"""What stands before every address: is it for us, which site's page asks, and is the answer safe in a browser."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from schema.endpoint.cookie import Cookie, session_cookie
from schema.endpoint.host import OPEN, Hosts, answered_hosts
from schema.endpoint.log import Trail
from schema.endpoint.origin import HOST
from schema.endpoint.refusal import Header, RefusalError, bad_request
from schema.endpoint.safety import Completing, safe_headers
from schema.endpoint.sharing import Sharing, sharing
from settings import Settings

PATH = "/graphql"
SHARED, COPIES = frozenset({PATH, "/schema.graphql"}), "/exports/"
"""Addresses that pages of other sites may ask, where the settings let them: these, and what begins so."""
_TYPE: Header = (b"content-type", b"application/json; charset=utf-8")
_OWN: Header = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets requests through to `inner`, or answers them itself."""

    hosts: Hosts
    sharing: Sharing
    cookie: Cookie
    safe: Sequence[Header]

    @property
    def always(self) -> Sequence[Header]:
        """What the endpoint puts on each of its answers by itself, so that they need no more looking after."""
        return (*self.safe, *self.sharing.always)

    async def __call__(self, scope: Scope, receive: Receive, send: Send, inner: ASGIApp) -> None:
        try:
            entered = self._entered(scope, send)
        except RefusalError as refused:
            await self._turn_away(scope, receive, send, refused)
        else:
            await inner(scope, receive, entered)

    def _entered(self, scope: Scope, send: Send) -> Send:
        """What is to be used as `send`; the scope holds the host, and the cookie only if it counts."""
        sent, forwarded, origin = _named(scope["headers"])
        path = scope["path"]
        host = ("", "") if path in OPEN else self.hosts.asked(scope, sent, forwarded)
        scope[HOST] = host[0]
        if origin is not None and not self.sharing.is_own(origin, host):
            return self._foreign(scope, send, origin)
        if scope["type"] == "websocket":
            # SECURITY: browsers send the cookie with whatever opens a socket, so its page has to say where it is.
            if origin is None and self.cookie.read(dict(scope["headers"])) is not None:
                raise _forbidden()
            return send
        return send if path == PATH else Completing(send, self.safe, self._besides(path))

    def _foreign(self, scope: Scope, send: Send, origin: bytes) -> Send:
        """For a page of another site, that may ask or not."""
        path, allowed = scope["path"], self.sharing.allows(origin)
        if scope["type"] == "websocket":
            if not allowed:
                raise _forbidden()
            _forget_cookie(scope)
            return send
        asks = scope["method"] == "OPTIONS" and any(n == b"access-control-request-method" for n, _ in scope["headers"])
        shared = _is_shared(path)
        if asks and shared:
            raise PreflightError(self.sharing.preflight(origin)) if allowed else _forbidden(self.sharing.refused)
        _forget_cookie(scope)
        told = self.sharing.told(origin) if shared and allowed else ()
        return Completing(send, self.safe, [*self._besides(path), *told], foreign=True)

    def _besides(self, path: str) -> Sequence[Header]:
        return self.sharing.always if path != PATH and _is_shared(path) else ()

    async def _turn_away(self, scope: Scope, receive: Receive, send: Send, refused: RefusalError) -> None:
        trail = Trail()
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            body = b"" if refused.status == 204 else refused.body
            told = [] if refused.status == 204 else [_TYPE, _OWN, (b"content-length", b"%d" % len(body))]
            headers = [*told, *refused.headers, *self.safe, (b"x-request-id", trail.reference.encode())]
            await send({"type": "http.response.start", "status": refused.status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        trail.end(refused.status)


def _named(headers: Iterable[Header]) -> tuple[bytes | None, bytes | None, bytes | None]:
    """The headers Host, X-Forwarded-Host and Origin, found in one go."""
    sent = forwarded = origin = None
    for name, value in headers:
        if name == b"host":
            # SECURITY: of two hosts, a proxy and we might each believe another.
            if sent is not None:
                raise bad_request("The request has more than one Host header.")
            sent = value
        elif name == b"origin":
            origin = value
        elif name == b"x-forwarded-host":
            forwarded = value
    return sent, forwarded, origin


class PreflightError(RefusalError):
    """A browser's question what a page may send: answered here, and asked of nothing else."""

    def __init__(self, headers: Sequence[Header]) -> None:
        super().__init__(204, "", "", headers)


def _is_shared(path: str) -> bool:
    return path in SHARED or path.startswith(COPIES)


def _forbidden(headers: Sequence[Header] = ()) -> RefusalError:
    return RefusalError(403, "FORBIDDEN", "Pages of that origin may not ask here.", headers)


def _forget_cookie(scope: Scope) -> None:
    # SECURITY: the session's cookie is this site's own pages' alone; to others its person is a visitor.
    scope["headers"] = [header for header in scope["headers"] if header[0] != b"cookie"]


def gate(chosen: Settings) -> Gate:
    """The gate as a deployment has set it."""
    return Gate(answered_hosts(chosen), sharing(chosen), session_cookie(chosen), safe_headers(chosen))
