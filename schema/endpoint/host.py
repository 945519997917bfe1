"""Which host was asked, and whether we answer for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from schema.endpoint.origin import Networks, is_trusted
from schema.endpoint.refusal import RefusalError, bad_request
from settings import Settings
from site_settings import HOST

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""Addresses that whoever looks after a process asks by its own address, whatever that is."""
LONGEST = 300
PORT = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts that are answered, without ports; None for any."""

    known: frozenset[str] | None
    proxies: Networks = ()

    def asked(self, scope: Mapping[str, Any], sent: bytes | None, forwarded: bytes | None) -> tuple[str, str]:
        """The host that was asked, and its port, empty for the usual one; raises RefusalError (400 or 421)."""
        # SECURITY: only a proxy of ours says which host it was asked for, and of several the last one says it.
        if forwarded is not None and is_trusted(scope, self.proxies):
            sent = forwarded.rsplit(b",", 1)[-1].strip()
        if not sent and self.known is None:
            return "", ""
        if not sent or len(sent) > LONGEST:
            raise _malformed()
        name, port = authority(sent)
        # SECURITY: whoever leads a name of theirs to this server gets nothing that they could show, keep or link to.
        if self.known is not None and name not in self.known:
            raise RefusalError(421, "BAD_USER_INPUT", "This server does not answer for that host.")
        return name, port


@lru_cache(maxsize=256)
def authority(sent: bytes) -> tuple[str, str]:
    """Name and port of a `Host` header, the name in small letters; raises RefusalError for what is none."""
    try:
        text = sent.decode("ascii").lower()
    except UnicodeDecodeError:
        raise _malformed() from None
    name, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        name, port = text, ""
    name = name.removesuffix(".")
    if not HOST.fullmatch(name) or (port and not PORT.fullmatch(port)):
        raise _malformed()
    return name, port


def _malformed() -> RefusalError:
    return bad_request("The request needs one Host header with the name of this site.")


def answered_hosts(chosen: Settings) -> Hosts:
    """The hosts of a deployment: those that it names, and always that of its address."""
    named = chosen.region_by_host
    if not named and not chosen.production:
        return Hosts(None, chosen.proxies)
    own = urlsplit(chosen.url).netloc.rpartition("@")[2].encode()
    return Hosts(frozenset({*named, authority(own)[0]}), chosen.proxies)
