"""All that is found in a text."""

from collections.abc import Callable, Iterable, Iterator

from operations.detection.finding import Finding, masked
from operations.detection.link import emails, pages, sites
from operations.detection.number import nhs_numbers, phones, postcodes
from operations.detection.person import birth_dates, names
from operations.detection.shout import shouting

Search = Callable[[str], Iterator[Finding]]
STAGES: tuple[tuple[Search, ...], ...] = (
    (pages, emails),
    (sites,),
    (nhs_numbers, phones),
    (postcodes,),
    (birth_dates,),
    (names,),
    (shouting,),
)
"""From the most specific to the least; what one stage found is out of the next ones' sight."""


def find(text: str) -> list[Finding]:
    """The findings in their order, none over another.

    The time grows with the length of the text, whatever stands in it.
    """
    found: list[Finding] = []
    for stage in STAGES:
        new = _apart(finding for search in stage for finding in search(text))
        text = masked(text, new)
        found += new
    return sorted(found, key=lambda finding: finding.start)


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that overlap become one of all their text, of the kind of the longest."""
    apart: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.length)):
        last = apart[-1] if apart else None
        if last is None or finding.start >= last.end:
            apart.append(finding)
            continue
        longest = max(last, finding, key=lambda f: f.length)
        end = max(last.end, finding.end)
        apart[-1] = Finding(longest.kind, last.start, end - last.start, longest.suggestion)
    return apart
