"""Server-sent events: the distinct connections of GraphQL over SSE, one stream an operation."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.types import Receive, Send

from resolvers.answer import Answer
from resolvers.live.subscription import Subscription
from schema.endpoint.refusal import Header

Leave = Callable[[Subscription], None]
HEARTBEAT_SECONDS = 12.0
HEARTBEAT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"
HEADERS: Sequence[Header] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # Proxies that gather an answer before they pass it on would keep it for ever.
    (b"x-accel-buffering", b"no"),
)


def framed(body: bytes) -> bytes:
    """One answer as an event; JSON has no line breaks of its own."""
    return b"event: next\ndata: " + body + b"\n\n"


async def send_events(
    send: Send, receive: Receive, headers: Sequence[Header], begun: Subscription | Answer, leave: Leave
) -> None:
    """The whole response; returns when it has ended, or the client has gone. A subscription is left in the end."""
    if isinstance(begun, Answer):
        kept = [(b"set-cookie", cookie.encode("latin-1")) for cookie in begun.cookies]
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *headers, *kept]})
        await send({"type": "http.response.body", "body": framed(begun.body) + COMPLETE})
        return
    sending = asyncio.create_task(_pump(send, [*HEADERS, *headers], begun))
    leaving = asyncio.create_task(_gone(receive))
    begun.on_drop = lambda: _cancel(sending)
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leave(begun)
        sending.cancel()
        leaving.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


async def _pump(send: Send, headers: Sequence[Header], subscription: Subscription) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(headers)})

    async def part(body: bytes, more: bool = True) -> None:
        await send({"type": "http.response.body", "body": body, "more_body": more})

    # The client learns at once that it is heard.
    await part(HEARTBEAT)
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                body = await anext(subscription)
        except TimeoutError:
            await part(HEARTBEAT)
        except StopAsyncIteration:
            break
        else:
            await part(framed(body))
    # A stream that breaks off without `complete` is taken up again by its client.
    await part(COMPLETE if subscription.finished else b"", False)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
