"""Addresses on the Internet: of pages and of mailboxes.

Every repetition is possessive or can't match what follows it, so that no text makes the search slower than its length.
"""

import re
from collections.abc import Iterator

from operations.detection.finding import Finding, IdentifyingKind, at

EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@\w[\w-]*+(?:\.[\w-]++)+")
PAGE = re.compile(r"(?:https?://|(?<![\w@])www\.)\w\S*+", re.IGNORECASE)
HOST = re.compile(r"(?<![\w.@-])[\w-]++(?:\.[\w-]++)+(?:/\S*+)?")
ENDINGS = (".com", ".org", ".net", ".uk", ".scot", ".wales", ".eu")
TRAILING = ".,;:!?)]}'\"’”…"


def pages(text: str) -> Iterator[Finding]:
    """Web addresses, without the punctuation of the sentence around them."""
    for match in PAGE.finditer(text):
        length = len(match[0].rstrip(TRAILING))
        yield Finding(IdentifyingKind.URL, match.start(), length, "[a web address]")


def emails(text: str) -> Iterator[Finding]:
    """Email addresses."""
    return (at(IdentifyingKind.EMAIL, match, "[an email address]") for match in EMAIL.finditer(text))


def sites(text: str) -> Iterator[Finding]:
    """Names of sites without `https://` or `www.`, where they end as those of this country do."""
    for match in HOST.finditer(text):
        host = match[0].partition("/")[0]
        if host.lower().endswith(ENDINGS):
            yield Finding(IdentifyingKind.URL, match.start(), len(match[0].rstrip(TRAILING)), "[a web address]")
