"""Numbers that belong to one person: telephone numbers, NHS numbers and postcodes."""

import re
from collections.abc import Iterable, Iterator

import phonenumbers
from nhs_number.validate import is_valid

from operations.detection.finding import Finding, IdentifyingKind, at

NHS = re.compile(r"(?<!\d)\d{3}[ \u00a0.-]{0,2}\d{3}[ \u00a0.-]{0,2}\d{4}(?!\d)", re.ASCII)
GROUP = re.compile(r"\+?\d+", re.ASCII)
BETWEEN = re.compile(r"[ \u00a0.\-/()]{1,3}")
"""What may stand between two groups of a telephone number's digits."""
SHAPE = re.compile(r"(?:0[1-9]\d{8,9}|(?:\+|00)[1-9]\d{7,13}|44[1-9]\d{8,9}|440[1-9]\d{8,9})", re.ASCII)
"""Telephone numbers as people here write them: national, international, or international without its sign."""
MOST_DIGITS = 16
POSTCODE = re.compile(r"(?<![^\W_])[A-Z]{1,2}\d[A-Z\d]?[ \u00a0]{0,2}\d[ABD-HJLNP-UW-Z]{2}(?![^\W_])", re.I | re.ASCII)


def nhs_numbers(text: str) -> Iterator[Finding]:
    """Ten digits, in groups or not, whose last one is the checksum of an NHS number."""
    for match in NHS.finditer(text):
        if is_valid("".join(filter(str.isdigit, match[0]))):
            yield at(IdentifyingKind.NHS_NUMBER, match, "[an NHS number]")


def phones(text: str) -> Iterator[Finding]:
    """Telephone numbers, each as long as it can be read."""
    groups, place = list(GROUP.finditer(text)), 0
    for number, first in enumerate(groups):
        if first.start() < place:
            continue
        end = max(_ends(text, groups[number : number + MOST_DIGITS]), default=None)
        if end is not None:
            place = end
            start = first.start() - (text[first.start() - 1 : first.start()] == "(")
            yield Finding(IdentifyingKind.PHONE, start, end - start, "[a phone number]")


def _ends(text: str, groups: Iterable["re.Match[str]"]) -> Iterator[int]:
    """Where a telephone number that begins with the first of these groups can end."""
    digits, place = "", None
    for group in groups:
        if place is not None and not BETWEEN.fullmatch(text, place, group.start()):
            return
        if (place is not None and group[0][0] == "+") or len(digits) + len(group[0]) > MOST_DIGITS:
            return
        digits, place = digits + group[0], group.end()
        if SHAPE.fullmatch(digits) and _possible(digits):
            yield place


def _possible(digits: str) -> bool:
    if digits.startswith("44"):
        digits = f"+{digits}"
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, "GB"))
    except phonenumbers.NumberParseException:
        return False


def postcodes(text: str) -> Iterator[Finding]:
    """Whole UK postcodes, in capitals or not; the last two letters are never C, I, K, M, O or V, as in `10pm`."""
    return (at(IdentifyingKind.POSTCODE, match, "[a postcode]") for match in POSTCODE.finditer(text))
