"""What people type about themselves, in the one form in which it is kept."""

import re

from operations import postcode
from operations.problem import ProblemCode, ProblemError

LONGEST_EMAIL, LONGEST_LOCAL, LONGEST_PEN_NAME = 254, 64, 60
# Without quotes, comments and address lists, which are legal in parts and never anybody's address on a form.
LOCAL = re.compile(r"""[^\s@"(),:;<>\[\]\\.]+(\.[^\s@"(),:;<>\[\]\\.]+)*""")
LABEL = re.compile(r"""(?!-)[^\s@"(),:;<>\[\]\\.]{1,63}(?<!-)""")


def email(text: str, field: str = "email") -> str:
    """The address without surrounding space; ProblemError for what is none, whose text does not repeat it."""
    address = text.strip()
    if len(address) > LONGEST_EMAIL:
        message = f"This email is too long: at most {LONGEST_EMAIL} characters can be an address."
        raise ProblemError(ProblemCode.TOO_LONG, message, field)
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    # SECURITY: no control character ever gets into the header of an e-mail.
    fits = address.isprintable() and len(local) <= LONGEST_LOCAL and LOCAL.fullmatch(local) is not None
    if not fits or len(labels) < 2 or not all(map(LABEL.fullmatch, labels)):
        message = "This is not an email address: expected something like name@example.org."
        raise ProblemError(ProblemCode.INVALID, message, field)
    return address


def pen_name(text: str, field: str = "penName") -> str:
    """The pen name without surrounding space; ProblemError for one that is empty, too long or can't be shown."""
    name = text.strip()
    if len(name) > LONGEST_PEN_NAME:
        message = f"This pen name is too long: take at most {LONGEST_PEN_NAME} characters."
        raise ProblemError(ProblemCode.TOO_LONG, message, field)
    # SECURITY: no line breaks, nor characters that turn the direction of what is written around them.
    if not name or not name.isprintable():
        message = "A pen name needs at least one character, all of them printable; leave it out to have none."
        raise ProblemError(ProblemCode.INVALID, message, field)
    return name


def home(text: str, field: str = "postcode") -> str:
    """The UK postcode in its usual form; ProblemError for what has not the form of one (P02: never repeated)."""
    try:
        return postcode.normalise(text)
    except ValueError as error:
        raise ProblemError(ProblemCode.INVALID, f"{error}.", field) from None
