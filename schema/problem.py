"""Problems: what the person who asks can mend."""

import strawberry

from operations.problem import ProblemCode, ProblemError
from schema.base import describe

describe(
    ProblemCode,
    {
        ProblemCode.WRONG_CREDENTIALS: "No account has this email and password.",
        ProblemCode.NOT_SIGNED_IN: "The request came without a session.",
        ProblemCode.NOT_FOUND: "There is no such thing that this viewer may see.",
        ProblemCode.NOT_ALLOWED: "This viewer may not do this with it.",
        ProblemCode.INVALID: "The value has not the right form.",
        ProblemCode.TOO_LONG: "The value is too long.",
        ProblemCode.WEAK_PASSWORD: "The password is too easy to guess.",
        ProblemCode.BREACHED_PASSWORD: "The password is on a list of stolen ones.",
        ProblemCode.WRONG_PASSWORD: "The password is not the account's.",
        ProblemCode.EMAIL_NOT_VERIFIED: "The email was not confirmed yet.",
        ProblemCode.TOKEN_UNKNOWN: "The link is none of ours, or was replaced by a newer one.",
        ProblemCode.TOKEN_USED: "The link was used before.",
        ProblemCode.TOKEN_EXPIRED: "The link is too old.",
        ProblemCode.TOO_MANY_ATTEMPTS: "Too many attempts in a short time.",
        ProblemCode.SECOND_FACTOR_NEEDED: "A code from the authenticator app is needed too.",
        ProblemCode.WRONG_CODE: "The code does not fit, or was used before.",
        ProblemCode.ALREADY_DONE: "It was done before.",
        ProblemCode.CONFLICT: "Somebody else did something with it first.",
    },
)


@strawberry.type(description="Something that the person who asks can mend. With a problem, nothing was done.")
class Problem:
    """A problem."""

    field: str | None = strawberry.field(
        description="The argument or input field that is wrong; null where it is none in particular."
    )
    code: ProblemCode = strawberry.field(description="What is wrong, for programs.")
    message: str = strawberry.field(description="What is wrong and how to mend it, for people.")


def told(error: ProblemError) -> Problem:
    """A problem that an operation raised."""
    return Problem(field=error.field, code=error.code, message=error.message)
