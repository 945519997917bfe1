"""Content negotiation: which media type answers a request (RFC 9110 and GraphQL over HTTP)."""

from enum import Enum
from functools import lru_cache


class Media(Enum):
    """What the endpoint can answer with, in the order that breaks ties of wildcards."""

    JSON = b"application/json"
    GRAPHQL = b"application/graphql-response+json"
    HTML = b"text/html"
    EVENTS = b"text/event-stream"


_LONGEST = 1000


@lru_cache(maxsize=256)
def negotiate(accept: bytes | None, *, html: bool) -> Media | None:
    """The best media type for an `Accept` header, or None; `html` says whether a page can be offered."""
    if not accept:
        return Media.JSON
    ranges = _ranges(accept[:_LONGEST].decode("latin-1").lower())
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for media in Media:
        quality, position = _stream(ranges) if media is Media.EVENTS else _preference(media.value.decode(), ranges)
        # Of equal weights, an explicit range comes before a wildcard, an earlier range before a later one.
        if (html or media is not Media.HTML) and quality > 0 and (quality, -position) > best:
            best, chosen = (quality, -position), media
    return chosen


def takes_events(accept: bytes | None) -> bool:
    """Whether a stream is accepted at all, though something else may be preferred."""
    return accept is not None and _stream(_ranges(accept[:_LONGEST].decode("latin-1").lower()))[0] > 0


_Ranges = dict[str, tuple[float, int]]


def _stream(ranges: "_Ranges") -> tuple[float, int]:
    """A stream only where it is named; of equal weights anything else comes first, for clients name it by habit."""
    quality, position = ranges.get(Media.EVENTS.value.decode(), (0.0, 0))
    return quality, position + 1000


def _ranges(accept: str) -> _Ranges:
    ranges: _Ranges = {}
    for position, part in enumerate(accept.split(",")):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        ranges.setdefault(name, (_quality(parameters), position))
    return ranges


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _preference(media: str, ranges: _Ranges) -> tuple[float, int]:
    """Weight and place of the most specific range that covers the media type."""
    family = media.partition("/")[0] + "/*"
    for name, behind in ((media, 0), (family, 100), ("*/*", 200)):
        if name in ranges:
            quality, position = ranges[name]
            return quality, position + behind
    return 0.0, 0
