"""Names after titles, and dates of birth."""

import re
from collections.abc import Iterator

from operations.detection.finding import Finding, IdentifyingKind

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
DATE = re.compile(
    r"(?<!\d)(?:\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?(?:\d{4}|\d{2})"
    r"|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}(?:,? \d{{4}})?"
    rf"|(?<![a-z]){MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)(?![a-z\d])",
    re.IGNORECASE | re.ASCII,
)
BIRTH = re.compile(
    r"\b(?:born|birth ?date|birth ?day|d\.?o\.?b\b|date of birth|birth|aged?|turn(?:s|ed|ing)? \d{1,3}\b)", re.I
)
REACH = 30
"""How many characters may stand between a word about birth and a date that belongs to it."""
STOP = re.compile(r"[\[\]\n]")
SUGGESTION = "[a date]"

TITLES = {
    "[a doctor]": "Dr Drs Doctor GP Surgeon",
    "[a professor]": "Prof Professor",
    "[a consultant]": "Consultant",
    "[a nurse]": "Nurse",
    "[a sister]": "Sister",
    "[a matron]": "Matron",
    "[a midwife]": "Midwife",
    "[a person]": "Mr Mrs Ms Miss Mx Sir Dame Lord Lady Rev Revd Reverend Father Cllr Councillor",
}
SUGGESTIONS = {title.lower(): suggestion for suggestion, titles in TITLES.items() for title in titles.split()}
ABBREVIATED = frozenset("dr drs prof mr mrs ms mx rev revd cllr".split())
ALWAYS_CAPITAL = frozenset("miss sir dame lord lady father gp consultant surgeon".split())
"""Titles that in small letters are most often ordinary words."""
TITLE = re.compile(rf"\b(?:(?:Staff|Charge) )?({'|'.join(SUGGESTIONS)})\b(\.?)(?=[ \u00a0])", re.IGNORECASE)
WORD = re.compile(r"[ \u00a0]{1,2}([^\W\d_]+(?:['’-][^\W\d_]+)*)(\.?)")
PARTICLES = frozenset("de del della der den di da du la le van von bin ibn al el st".split())
NO_NAMES = frozenset(
    "i i'm i’m i've i’ve i'd i’d i'll i’ll the an and or but he she they we you it who whom which that this these "
    "those there then when where what why how if so as at in on of for to from with by not no yes my our his her "
    "their its nhs gp a&e icu itu ward wards unit hospital clinic clinical department surgery practice practitioner "
    "specialist associate manager led line call consultant consultants registrar team station monday tuesday "
    "wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december after before very also please thank thanks".split()
)
MOST_WORDS = 8


def birth_dates(text: str) -> Iterator[Finding]:
    """Dates near a word about birth or age, in the same line."""
    for match in DATE.finditer(text):
        before = STOP.split(text[max(match.start() - REACH, 0) : match.start()])[-1]
        after = STOP.split(text[match.end() : match.end() + REACH])[0]
        if BIRTH.search(before) or BIRTH.search(after):
            yield Finding(IdentifyingKind.BIRTH_DATE, match.start(), match.end() - match.start(), SUGGESTION)


def names(text: str) -> Iterator[Finding]:
    """Titles with the capitalised words that follow, e.g. `Staff Nurse Mary O'Neill`."""
    place = 0
    for match in TITLE.finditer(text):
        title = match[1].lower()
        if match.start() < place or not _is_title(match):
            continue
        end = _end_of_name(text, match.end())
        if end is not None:
            place = end
            yield Finding(IdentifyingKind.NAME, match.start(), end - match.start(), SUGGESTIONS[title])


def _is_title(match: "re.Match[str]") -> bool:
    title = match[1].lower()
    if match[2] and title not in ABBREVIATED:
        return False
    return match[1][0].isupper() or title not in ALWAYS_CAPITAL


def _end_of_name(text: str, place: int) -> int | None:
    """Where the name that begins at a place ends; None where there is none."""
    end = None
    for _ in range(MOST_WORDS):
        word = WORD.match(text, place)
        if word is None:
            return end
        if word[1].lower() in PARTICLES and word[1].islower():
            place = word.end(1)
            continue
        if not word[1][0].isupper() or word[1].lower() in NO_NAMES:
            return end
        initial = len(word[1]) == 1 and word[2]
        end = place = word.end() if initial else word.end(1)
        if word[2] and not initial:
            return end
    return end
