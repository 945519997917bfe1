"""UK postcodes: their one written form, and the part that is shown where the whole would say too much."""

import re

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
INWARD = 3
SHORTEST, LONGEST = 5, 7


def normalise(text: str) -> str:
    """The postcode in capitals with one space, e.g. `SW1A 1AA` for `sw1a1aa`.

    Raises ValueError, whose text is fit for the person who typed it, for anything that has not the form of one.
    """
    letters = "".join(text.upper().split())
    if SHORTEST <= len(letters) <= LONGEST:
        postcode = f"{letters[:-INWARD]} {letters[-INWARD:]}"
        if POSTCODE.fullmatch(postcode):
            return postcode
    # SECURITY: a person's postcode is private (P02), so the message does not repeat it.
    raise ValueError("This is not a UK postcode: expected something like SW1A 1AA")


def outward(postcode: str) -> str:
    """The district of a postcode, e.g. `SW1A` of `SW1A 1AA`: thousands of addresses, not a few."""
    return normalise(postcode)[: -INWARD - 1]
