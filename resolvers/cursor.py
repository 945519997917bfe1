"""Cursors: the sort keys of a row, sealed so that they reveal nothing and fit one list only."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from tink import TinkError
from tink.daead import DeterministicAead

from resolvers.error import bad_input

Parse = Callable[[str], Any]
WRONG = "This cursor does not belong to this list. Use one that the same query gave you."


def seal(aead: DeterministicAead, keys: str, signature: str) -> str:
    """The cursor of a row; equal rows of equal lists have equal cursors."""
    sealed = aead.encrypt_deterministically(keys.encode(), signature.encode())
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(aead: DeterministicAead, cursor: str, signature: str, parsers: Sequence[Parse]) -> tuple[Any, ...]:
    """The sort keys in a cursor; raises BAD_USER_INPUT unless the list with this signature made it."""
    try:
        sealed = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        keys = aead.decrypt_deterministically(sealed, signature.encode()).decode().split(",")
        return tuple(parse(key) for parse, key in zip(parsers, keys, strict=True))
    except (TinkError, binascii.Error, ValueError):
        raise bad_input(WRONG) from None
