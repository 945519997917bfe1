"""The address of a copy: `GET /exports/<token>` gives the ZIP file, once, to its own person.

A link in a browser sends no header of our choice, so here the cookie alone tells who asks. That is safe because the
address holds a token that nobody else knows, because a cookie with SameSite=Lax comes along from another site only when
the whole page goes here, and because that site could not read the answer: it would end as a file on the person's own
disk. A robot that opens links in e-mails has no session, and so uses nothing up.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from models.secret import Keyring
from operations.data_export.deliver import PATH
from operations.data_export.fetch import Copy, Transaction, look, pieces, take
from operations.problem import ProblemCode, ProblemError
from policies.viewer import Member
from schema.endpoint.cookie import Cookie
from schema.endpoint.failure import failed
from schema.endpoint.identify import Authenticate, identify
from schema.endpoint.log import Trail, fault
from schema.endpoint.refusal import Header, RefusalError

ROUTE = f"{PATH}{{token}}"
METHODS = ["GET", "HEAD"]
NAME = "GET /exports"
"""How the log calls these requests: never with the token."""
FROM = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")
# SECURITY: no cache keeps the file, no page gets its address, no other site may embed it.
SAFE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Vary": "Authorization, Cookie",
}
STATUS = {ProblemCode.TOKEN_USED: 410, ProblemCode.TOKEN_EXPIRED: 410, ProblemCode.NOT_SIGNED_IN: 401}
SIGN_IN = (
    "Sign in first, then open this link again in the same browser: only you can fetch this copy. Programs send "
    "`Authorization: Bearer` with the token of a session."
)


@dataclass(frozen=True, slots=True)
class Downloads:
    """Answers requests for copies."""

    authenticate: Authenticate
    transaction: Transaction
    keyring: Keyring
    cookie: Cookie

    async def __call__(self, request: Request) -> Response:
        """The file, or a plain text that says why not."""
        trail = Trail()
        trail.operation = NAME
        try:
            response = await self._respond(request, trail)
        except RefusalError as refusal:
            # SECURITY: an ended session is told as no session at all; the link says nothing about itself.
            response = _told(refusal.status, SIGN_IN if refusal.status == 401 else refusal.message)
        except ProblemError as problem:
            response = _told(STATUS.get(problem.code, 404), problem.message)
        except Exception as error:
            # SECURITY: P27: an unforeseen failure leaves as a reference only.
            failure = failed(trail.reference, error)
            response = _told(failure.status, failure.message, **_texts(failure.headers))
        response.headers["X-Request-Id"] = trail.reference
        trail.end(response.status_code)
        return response

    async def _respond(self, request: Request, trail: Trail) -> Response:
        viewer, _ = await identify(dict(request.scope["headers"]), self.authenticate, self.cookie, bare=True)
        trail.viewer = viewer.kind
        if not isinstance(viewer, Member):
            return _told(401, SIGN_IN)
        wanted = _wanted(request.headers)
        token = request.path_params["token"]
        async with self.transaction() as session:
            copy = await look(session, self.keyring, viewer.account_id, viewer.session_id, token, wanted[0])
        if request.headers.get("if-range", _tag(copy)) != _tag(copy):
            wanted = (0, None)
        start, end = wanted[0], min(copy.size, wanted[1] or copy.size)
        if start >= end:
            return _told(416, "The copy is not as long as that.", **{"Content-Range": f"bytes */{copy.size}"})
        # SECURITY: asking for the headers alone, as robots and link checkers do, does not use the copy up.
        if request.method == "HEAD":
            return Response(headers=_headers(copy, start, end), media_type="application/zip")
        return await self._file(viewer, copy, start, end, trail)

    async def _file(self, viewer: Member, copy: Copy, start: int, end: int, trail: Trail) -> Response:
        flow = pieces(self.transaction, copy, start, end)
        # The first part is opened before the copy counts as fetched, so that a failure does not use it up.
        first = await anext(flow)
        async with self.transaction() as session:
            await take(session, viewer.account_id, viewer.session_id, copy, start)
        status = 206 if (start, end) != (0, copy.size) else 200
        body = _body(first, flow, trail)
        return StreamingResponse(body, status, headers=_headers(copy, start, end), media_type="application/zip")


async def _body(first: bytes, rest: AsyncIterator[bytes], trail: Trail) -> AsyncIterator[bytes]:
    """The parts as they come; an error in between breaks the connection off, so that no half passes for the whole."""
    yield first
    try:
        async for piece in rest:
            yield piece
    except Exception as error:
        fault(trail.reference, error)
        raise


def _wanted(headers: Mapping[str, str]) -> tuple[int, int | None]:
    """From which byte up to which, or to the end; the whole where nothing (that we can read) is asked for."""
    found = FROM.fullmatch(headers.get("range", ""))
    return (int(found[1]), int(found[2]) + 1 if found[2] else None) if found else (0, None)


def _tag(copy: Copy) -> str:
    return f'"{copy.id}"'


def _headers(copy: Copy, start: int, end: int) -> dict[str, str]:
    part = {"Content-Range": f"bytes {start}-{end - 1}/{copy.size}"} if end - start < copy.size else {}
    return {
        **SAFE,
        **part,
        "Content-Disposition": f'attachment; filename="candour-{copy.ready_at:%Y-%m-%d}.zip"',
        "Content-Length": str(end - start),
        "Accept-Ranges": "bytes",
        "ETag": _tag(copy),
    }


def _texts(headers: Sequence[Header]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}


def _told(status: int, message: str, **headers: str) -> Response:
    return PlainTextResponse(f"{message}\n", status, {**SAFE, **headers})
