"""Headers that keep browsers from doing with an answer what it is not for."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import Message, Send

from schema.endpoint.refusal import Header
from settings import Settings

# SECURITY: nothing that comes from here is a page unless it says so itself: it runs nothing, loads nothing, is framed
# by nobody and embedded by no other site, and its address is told to nobody.
SAFE: Sequence[Header] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
HTTPS_ONLY: Header = (b"strict-transport-security", b"max-age=31536000")


def safe_headers(chosen: Settings) -> Sequence[Header]:
    """What goes with every answer that does not say something else."""
    # SECURITY: a browser that was here by https once comes by https only.
    return (*SAFE, HTTPS_ONLY) if chosen.url.startswith("https:") else SAFE


@dataclass(frozen=True, slots=True)
class Completing:
    """Sends answers: with `safe` where they say nothing else, with `more`, and to foreign pages without cookies."""

    send: Send
    safe: Sequence[Header]
    more: Sequence[Header] = ()
    foreign: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            # SECURITY: no other site's page signs a browser in or out.
            kept = [h for h in message.get("headers", ()) if not (self.foreign and h[0].lower() == b"set-cookie")]
            said = {name.lower() for name, _ in kept}
            message = {**message, "headers": [*kept, *(h for h in self.safe if h[0] not in said), *self.more]}
        await self.send(message)
