"""The texts of the notice that people read first; what they say of the software, tests hold against the policies.

In `text.md`, `{controller}`, `{contact}` and `{url}` are the settings' and filled in for each site. Lengths come from
what deletes, so that another length makes another text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from models.disclosure import LONGEST
from operations.publication import PREVIEW
from operations.retention import ANSWERED, COPY, FAILED, ORIGINAL, SENT, SUCCEEDED

TEXT = Path(__file__).with_name("text.md")
HEADING = re.compile(r"^## (?P<key>\w+)(?:: (?P<title>.+?) \((?P<promises>[P\d ]+)\))?$", re.MULTILINE)
OF_THE_SITE = {name: f"{{{name}}}" for name in ("controller", "contact", "url")}
LENGTHS: Mapping[str, str] = {
    "preview": str(PREVIEW // timedelta(hours=1)),
    "disclosure": LONGEST,
    "original": ORIGINAL,
    "sent": SENT,
    "failed": FAILED,
    "succeeded": SUCCEEDED,
    "answered": ANSWERED,
    "copy": COPY,
}


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs under a heading, and the promises that they are about."""

    key: str
    title: str
    text: tuple[str, ...]
    promises: tuple[str, ...]


def read(text: str) -> Iterator[Section]:
    """The sections of a text, with lengths filled in."""
    found = list(HEADING.finditer(text))
    for heading, after in zip(found, [*found[1:], None], strict=True):
        inside = text[heading.end() : after.start() if after else None].format(**OF_THE_SITE, **LENGTHS)
        paragraphs = tuple(" ".join(part.split()) for part in inside.strip().split("\n\n"))
        yield Section(heading["key"], heading["title"] or "", paragraphs, tuple((heading["promises"] or "").split()))


_SUMMARY, _SHORT, *_SECTIONS = read(TEXT.read_text(encoding="utf-8"))
SUMMARY, SHORT = _SUMMARY.text[0], _SHORT.text[0]
SECTIONS = tuple(_SECTIONS)
