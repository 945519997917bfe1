"""Which page opens a WebSocket: browsers say so, and send the cookie whoever asks for it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def same_origin(headers: Mapping[bytes, bytes], url: str) -> bool:
    """Whether a page of this very site asks: of its own address, or of the host that the browser connects to."""
    site = urlsplit(url)
    try:
        origin = _place(headers.get(b"origin", b"").decode("ascii"))
        host = _place(f"{site.scheme}://{headers.get(b'host', b'').decode('ascii')}")
    except ValueError:
        return False
    return origin is not None and origin in (_place(url), host)


def _place(url: str) -> tuple[str, str, int | None] | None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]
