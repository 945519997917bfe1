"""Whatever is written: places are right, suggestions work, and the search is over soon."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.demo.written import written_stories
from operations.detection import Finding, find, number

MOST = 12_000
BITS = (
    "07700 900123", "01632", "960", "943 476 5919", "SW1A 1AA", "jo@x.uk", "www.", "https://x", ".co.uk", "Dr", "Staff Nurse",
    "Smith", "A.", "de", "born", "12/03/1970", "3 March", "age", "SHOUT", "A&E", "I", "ward", "[", "]", ".", ",", "+44", "(0)",
    "\n", "-", "'", "@", "/", "0", "1", "É", "ŷ", "☕", "İ", "ß",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.tuples(st.sampled_from(BITS), st.sampled_from(("", " ", " "))), max_size=25).map(
        lambda parts: "".join(bit + gap for bit, gap in parts)
    ),
)
PLANTED = {
    "07700 900123": "PHONE", "0161 496 0000": "PHONE", "943 476 5919": "NHS_NUMBER", "401 023 2137": "NHS_NUMBER",
    "LS1 4AP": "POSTCODE", "jo.smith@mail.example": "EMAIL", "https://example.org/me": "URL", "Dr Patel": "NAME",
    "Staff Nurse Mary Jones": "NAME", "THIS WAS NOT GOOD ENOUGH": "SHOUTING",
}  # fmt: skip
HOSTILE = {
    "digits": "01", "groups": "0101 ", "ones": "0 1 ", "five": "01 23 45 67 89 ", "plus": "+", "44": "+44 ", "dots": "a.",
    "at": "a@", "hyphens": "a-", "dr": "Dr ", "a": "Dr A ", "de": "Dr de ", "capitals": "AA ", "born": "born 1/1/70 ",
    "www": "www.", "http": "http://", "postcode": "AB1 2", "space": " ", "quotes": "A'", "may": "may ", "bracket": "[",
}  # fmt: skip


def _applied(text: str, findings: list[Finding]) -> str:
    for finding in reversed(findings):
        text = text[: finding.start] + finding.suggestion + text[finding.end :]
    return text


@given(TEXTS)
def test_places_lie_in_the_text_and_apart(text: str) -> None:
    found = find(text)
    assert all(finding.length > 0 and 0 <= finding.start < finding.end <= len(text) for finding in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@settings(max_examples=400)
@given(TEXTS)
def test_p10_nothing_is_left_once_every_suggestion_is_taken(text: str) -> None:
    found = find(text)
    left = find(_applied(text, found))
    assert not {finding.kind for finding in left} & {finding.kind for finding in found}, _applied(text, found)


@settings(max_examples=60)
@given(st.data())
def test_what_is_planted_in_prose_is_found(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(written_stories())).body
    planted = data.draw(st.sampled_from(sorted(PLANTED)))
    place = data.draw(st.sampled_from([n for n, character in enumerate(body) if character == " "]))
    text = f"{body[:place]} {planted},{body[place:]}"
    found = [f for f in find(text) if f.kind == PLANTED[planted]]
    assert any(planted in text[finding.start : finding.end] for finding in found)


def test_written_stories_give_no_false_alarm() -> None:
    texts = [text for story in written_stories() for text in (story.title, story.body)]
    assert [text for text in texts if find(text)] == []


@pytest.mark.parametrize("bit", HOSTILE)
def test_no_text_is_looked_at_more_often_than_it_is_long(bit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest text that a story may have: each pattern comes to an end, and twice the text is twice the tries."""
    tried: list[str] = []
    possible = number._possible

    def counted(digits: str) -> bool:
        tried.append(digits)
        return possible(digits)

    monkeypatch.setattr(number, "_possible", counted)
    counts = []
    for size in (MOST // 2, MOST):
        tried.clear()
        find((HOSTILE[bit] * size)[:size])
        counts.append(len(tried))
    assert counts[1] <= 2 * counts[0] + 20
    assert counts[1] <= MOST // 2
