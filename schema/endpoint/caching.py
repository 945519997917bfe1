"""What caches may keep: answers that are everybody's, for a moment, and nothing else (RFC 9110 and 9111)."""

from collections.abc import Mapping

OWN = b"private, no-store"
"""Of an answer that is its viewer's, or that only this moment gives."""


def shared(seconds: int) -> bytes:
    """Of a public answer: shared caches serve it for so many seconds, browsers ask each time whether it is the same.

    A cache that can't ask must not serve it any more: the story that it tells may be withdrawn (P17).
    """
    return b"public, max-age=0, s-maxage=%d, must-revalidate" % seconds


def unchanged(headers: Mapping[bytes, bytes], tag: bytes) -> bool:
    """Whether the client has this very answer already (`If-None-Match`)."""
    known = headers.get(b"if-none-match")
    return known is not None and (tag in known or known.strip() == b"*")
