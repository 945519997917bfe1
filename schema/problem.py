"""Problems: what the person who asks can mend."""

from enum import StrEnum

import strawberry

from schema.base import describe


class ProblemCode(StrEnum):
    """What is wrong, for programs."""

    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"


describe(
    ProblemCode,
    {
        ProblemCode.WRONG_CREDENTIALS: "No account has this email and password.",
        ProblemCode.NOT_SIGNED_IN: "The request came without a session.",
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
