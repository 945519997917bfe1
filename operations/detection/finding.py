"""A finding: a part of a text that could identify a person, and what could stand there instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

BRACKET = "["
"""What stands for each character that was found, as suggestions begin with it: nothing is found across one."""


class IdentifyingKind(StrEnum):
    """What could identify a person."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    POSTCODE = "POSTCODE"
    NHS_NUMBER = "NHS_NUMBER"
    URL = "URL"
    BIRTH_DATE = "BIRTH_DATE"
    NAME = "NAME"
    SHOUTING = "SHOUTING"


class IdentifyingField(StrEnum):
    """Where in a story it was found."""

    TITLE = "TITLE"
    BODY = "BODY"


@dataclass(frozen=True, slots=True)
class Finding:
    """`start` and `length` count Unicode code points, as Python and PostgreSQL do (JavaScript counts UTF-16)."""

    kind: IdentifyingKind
    start: int
    length: int
    suggestion: str

    @property
    def end(self) -> int:
        return self.start + self.length


def at(kind: IdentifyingKind, match: "re.Match[str]", suggestion: str) -> Finding:
    """The finding of a whole match."""
    return Finding(kind, match.start(), match.end() - match.start(), suggestion)


def masked(text: str, findings: Sequence[Finding]) -> str:
    """The text with what was found made unreadable, every other character in its place."""
    parts, place = [], 0
    for finding in sorted(findings, key=lambda f: f.start):
        parts += [text[place : finding.start], BRACKET * finding.length]
        place = finding.end
    return "".join([*parts, text[place:]])
