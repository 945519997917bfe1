"""The body of a request, read no further than the limit."""

from collections.abc import Mapping

from starlette.types import Receive

from schema.endpoint.refusal import RefusalError

LIMIT = 1_000_000


class DisconnectError(Exception):
    """The client went away before the whole request had come."""


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int = LIMIT) -> bytes:
    """All bytes of the body.

    Raises RefusalError (413) for more than `limit` bytes, and DisconnectError when the client goes.
    """
    # SECURITY: what is announced as too large is not read; what was not announced is read up to the limit.
    announced = headers.get(b"content-length")
    if announced is not None and announced.isdigit() and int(announced[:20]) > limit:
        raise too_large(limit)
    body, more = await _chunk(receive)
    if not more:
        return _within(body, limit)
    chunks = [body]
    size = len(body)
    while more and size <= limit:
        body, more = await _chunk(receive)
        chunks.append(body)
        size += len(body)
    return _within(b"".join(chunks), limit)


def too_large(limit: int = LIMIT) -> RefusalError:
    """The refusal of a body over the limit; the connection closes, so that the rest is never read."""
    return RefusalError(413, "BAD_USER_INPUT", f"The body is larger than {limit:,} bytes.", [(b"connection", b"close")])


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise too_large(limit)
    return body


async def _chunk(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise DisconnectError
    return message.get("body", b""), message.get("more_body", False)
