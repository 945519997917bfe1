"""Pages of which origins may ask (CORS), and what they are told: nobody else's page reads an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from schema.endpoint.refusal import Header
from settings import Settings
from site_settings import ANY

PORTS = {"http": "80", "https": "443"}
LONGEST = 300
PREFLIGHT_SECONDS = 7200
"""How long a browser may keep the answer to its question: as long as any browser does."""
# SECURITY: the header that goes with the cookie is not among them, and no answer allows credentials.
MAY_SEND = b"accept, authorization, candour-purpose, content-type, if-none-match, if-range, range"
MAY_READ = (
    b"accept-ranges, content-disposition, content-range, etag, ratelimit, ratelimit-policy, retry-after, x-request-id"
)
_EXPOSED = (b"access-control-expose-headers", MAY_READ)
_ASKED = (b"vary", b"access-control-request-method, access-control-request-headers")
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", MAY_SEND),
    (b"access-control-max-age", b"%d" % PREFLIGHT_SECONDS),
    _ASKED,
)
_ORIGIN = b"access-control-allow-origin"
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Sharing:
    """The site's own address, and the origins that its settings let ask."""

    url: str
    listed: frozenset[str] = frozenset()

    @property
    def _any(self) -> bool:
        return ANY in self.listed

    @property
    def always(self) -> Sequence[Header]:
        """What is told with every answer, so that caches keep apart what is for different origins."""
        if self._any:
            return [(_ORIGIN, b"*"), _EXPOSED]
        return [(b"vary", b"origin")] if self.listed else []

    def is_own(self, origin: bytes, host: tuple[str, str]) -> bool:
        """Whether a page of this very site asks: of its own address, or of the host that the browser connects to."""
        own, found = place(self.url), _place_of(origin)
        if own is None or found is None:
            return False
        name, port = host
        return found in (own, (own[0], name, port or PORTS[own[0]]))

    def allows(self, origin: bytes) -> bool:
        """Whether another site's page may ask."""
        return self._any or origin.decode("latin-1") in self.listed

    def told(self, origin: bytes) -> Sequence[Header]:
        """What is told beside `always` to a page that may ask."""
        # SECURITY: never with leave to send credentials: the session's cookie is this site's own pages' alone.
        return [] if self._any else [(_ORIGIN, origin), _EXPOSED]

    def preflight(self, origin: bytes) -> Sequence[Header]:
        """The answer to a browser that asks what a page may send."""
        return [*_PREFLIGHT, *self.always, *self.told(origin)]

    @property
    def refused(self) -> Sequence[Header]:
        """What goes with the answer to a browser whose page may not ask."""
        return [_ASKED, *self.always]


@lru_cache(maxsize=256)
def place(url: str) -> Place | None:
    """Scheme, host and port of an address; None for what is none of a web page."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts.scheme, host, str(port or PORTS[parts.scheme])


def _place_of(origin: bytes) -> Place | None:
    return place(origin.decode("latin-1")) if len(origin) <= LONGEST else None


def sharing(chosen: Settings) -> Sharing:
    """Whose pages may ask, as a deployment has it."""
    return Sharing(chosen.url, chosen.allowed_origins)
