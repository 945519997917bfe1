"""Problems: what the person who asks can mend. With one, nothing was done."""

from enum import StrEnum


class ProblemCode(StrEnum):
    """What is wrong, for programs."""

    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED = "NOT_ALLOWED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    WEAK_PASSWORD = "WEAK_PASSWORD"  # noqa: S105
    BREACHED_PASSWORD = "BREACHED_PASSWORD"  # noqa: S105
    WRONG_PASSWORD = "WRONG_PASSWORD"  # noqa: S105
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    TOKEN_UNKNOWN = "TOKEN_UNKNOWN"  # noqa: S105
    TOKEN_USED = "TOKEN_USED"  # noqa: S105
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    SECOND_FACTOR_NEEDED = "SECOND_FACTOR_NEEDED"
    WRONG_CODE = "WRONG_CODE"
    ALREADY_DONE = "ALREADY_DONE"
    CONFLICT = "CONFLICT"


class ProblemError(Exception):
    """Raised inside a transaction, which it undoes; the text never repeats what was sent."""

    def __init__(self, code: ProblemCode, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.field = code, message, field
