"""What people write in responses, in the one form in which it is kept: plain text, without surrounding space."""

import re

from operations.problem import ProblemCode, ProblemError

MOST_WORDS, LONGEST = 1_000, 10_000
"""Words and characters of a response."""
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_REASON = 80, 1_000, 1_000
"""Characters of a name or job title, of what changes, and of why a response is turned down."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def body(text: str, field: str = "body") -> str:
    """The text of a response; ProblemError: INVALID, TOO_LONG, whose text never repeats it."""
    found = passage(text, field, LONGEST)
    if len(found.split()) > MOST_WORDS:
        raise ProblemError(ProblemCode.TOO_LONG, f"This text is too long: write at most {MOST_WORDS:,} words.", field)
    return found


def passage(text: str, field: str, longest: int) -> str:
    """A text of one or more lines; ProblemError: INVALID, TOO_LONG."""
    found = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(found) > longest:
        message = f"This text is too long: write at most {longest:,} characters."
        raise ProblemError(ProblemCode.TOO_LONG, message, field)
    if not found or CONTROL.search(found):
        message = "Write at least one character, and none that can't be shown."
        raise ProblemError(ProblemCode.INVALID, message, field)
    return found


def line(text: str, field: str) -> str:
    """A name or job title; ProblemError: INVALID, TOO_LONG."""
    found = passage(text, field, LONGEST_NAME)
    # SECURITY: no line breaks, nor characters that turn the direction of what is written around them.
    if not found.isprintable():
        raise ProblemError(ProblemCode.INVALID, "Write this in one line, of characters that can be shown.", field)
    return found
