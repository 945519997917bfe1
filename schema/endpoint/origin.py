"""From where a request comes: its IP address, past trusted proxies, and what its client calls itself."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from schema.context import Origin

LONGEST_CLIENT = 200
HOST = "candour.host"
"""Under which key the scope of a request has the host that was asked."""
Networks = Sequence[IPv4Network | IPv6Network]


class Arrival:
    """How a client came to us; its address is looked up only where it is wanted."""

    __slots__ = ("_headers", "_proxies", "_scope")

    def __init__(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes], proxies: Networks) -> None:
        self._scope, self._headers, self._proxies = scope, headers, proxies

    @property
    def host(self) -> str:
        """By which host, without a port."""
        return str(self._scope.get(HOST, ""))

    @property
    def address(self) -> str:
        """From which IP address; empty where that is not known."""
        return address_of(self._scope, self._headers, self._proxies)


def origin_of(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], proxies: Networks) -> Origin:
    """The client's address and what it calls itself."""
    client = headers.get(b"user-agent", b"").decode("latin-1")[:LONGEST_CLIENT]
    printable = "".join(character for character in client if character.isprintable())
    return Origin(address_of(scope, headers, proxies), printable or None)


def address_of(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], proxies: Networks) -> str:
    """The address is the connection's, or the last in `X-Forwarded-For` that is no trusted proxy."""
    address = (scope.get("client") or ("",))[0]
    if proxies and _trusted(address, proxies):
        address = _forwarded(headers.get(b"x-forwarded-for", b""), address, proxies)
    return _canonical(address)


def is_trusted(scope: Mapping[str, Any], proxies: Networks) -> bool:
    """Whether a request comes from one of our own proxies."""
    return bool(proxies) and _trusted((scope.get("client") or ("",))[0], proxies)


def _forwarded(header: bytes, address: str, proxies: Networks) -> str:
    # SECURITY: only what a trusted proxy itself wrote counts, so the list is read from its end.
    for hop in reversed([hop.strip() for hop in header.decode("latin-1").split(",") if hop.strip()]):
        if not _canonical(hop):
            return address
        address = hop
        if not _trusted(hop, proxies):
            return hop
    return address


@lru_cache(maxsize=1024)
def _canonical(address: str) -> str:
    """The usual spelling, IPv4 where IPv6 wraps it; empty for what is no address, e.g. a Unix socket."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def _trusted(address: str, proxies: Networks) -> bool:
    canonical = _canonical(address)
    return bool(canonical) and any(ip_address(canonical) in network for network in proxies)
