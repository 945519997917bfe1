"""Masks: what a viewer gets instead of a value that is not theirs to see in full."""

from collections.abc import Callable, Mapping
from types import MappingProxyType


def outward(postcode: str) -> str:
    """The outward half of a postcode, which names a district: `SW1A 1AA` becomes `SW1A`."""
    compact = postcode.replace(" ", "").upper()
    return compact[:-3]


def decade(year: str) -> str:
    """The decade of a year: `1987` becomes `1980s`."""
    return f"{int(year) // 10 * 10}s"


def partial_email(email: str) -> str:
    """Enough of an address for its owner to know it by: `anna@example.org.uk` becomes `a…@e….uk`."""
    local, _, domain = email.rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[:1]}…@{host[:1]}….{top}"


MASKS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"outward": outward, "decade": decade, "partial-email": partial_email}
)
