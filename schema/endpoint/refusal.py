"""Refusals: requests that are answered with an error before anything is executed."""

from collections.abc import Sequence
from typing import Any

import orjson

Header = tuple[bytes, bytes]


class RefusalError(Exception):
    """A request that can't be executed: the HTTP status, one of the API's error codes, and what to mend."""

    def __init__(self, status: int, code: str, message: str, headers: Sequence[Header] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    @property
    def body(self) -> bytes:
        return error_body(self.message, code=self.code)


def bad_request(message: str, status: int = 400) -> RefusalError:
    """The client must mend the request itself."""
    return RefusalError(status, "BAD_USER_INPUT", message)


def error_body(message: str, **extensions: Any) -> bytes:
    """A GraphQL answer that holds one error and no data."""
    return orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})


def logged(reference: str) -> str:
    """The plain message of a failure that is not the client's (P27)."""
    return f"Something went wrong. It was logged with the reference {reference}."


def internal(reference: str) -> dict[str, str]:
    """The extensions of such an error; the log has the same reference."""
    return {"code": "INTERNAL", "reference": reference}
