"""Files of the NHS Organisation Data Service: 27 columns without a header, the same for every kind of body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.organisation import OrganisationKind
from models.region import Region
from operations.imports.cell import ORGANISATION_CODE, day, postcode

COLUMNS = 27
NEEDED = 15
CODE, NAME, GROUPING, POSTCODE, OPENED, CLOSED, STATUS, PARENT, SETTING = 0, 1, 2, 9, 10, 11, 12, 14, 25
GP_PRACTICE_SETTING = "4"
OUTSIDE = re.compile(r"(GY|JE|IM)[0-9]")

FILES = {
    "etr": OrganisationKind.NHS_TRUST,
    "epraccur": OrganisationKind.GP_PRACTICE,
    "wlhb": OrganisationKind.HEALTH_BOARD,
}
CODES = {
    re.compile(r"[RT][A-Z0-9]{2}"): OrganisationKind.NHS_TRUST,
    re.compile(r"[A-Z][0-9]{5}"): OrganisationKind.GP_PRACTICE,
    re.compile(r"7A[0-9]"): OrganisationKind.HEALTH_BOARD,
}
GROUPINGS = {"W": Region.WALES, "S": Region.SCOTLAND, "Z": Region.NORTHERN_IRELAND}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is taken of a row. Telephone numbers and addresses are not: nothing here needs them."""

    code: str
    name: str
    region: Region
    postcode: str | None
    opened_on: date | None
    closed_on: date | None
    parent: str
    setting: str


def is_layout(row: Sequence[str]) -> bool:
    """Whether a row has the width of the layout (empty columns at its end may be missing)."""
    return NEEDED <= len(row) <= COLUMNS and ORGANISATION_CODE.fullmatch(row[CODE].strip()) is not None


def kind_of(file: str, row: Sequence[str]) -> OrganisationKind | None:
    """What kind of body a file lists, told from its name or from the form of its first code."""
    stem = re.match(r"[a-z]+", file.lower())
    if stem and stem[0] in FILES:
        return FILES[stem[0]]
    return next((kind for form, kind in CODES.items() if form.fullmatch(row[CODE].strip())), None)


def read(row: Sequence[str]) -> Entry:
    """The entry in a row; ValueError says what is wrong with it."""
    if not NEEDED <= len(row) <= COLUMNS:
        raise ValueError(f"{len(row)} columns instead of {COLUMNS}")
    cells = [cell.strip() for cell in row]
    if cells[STATUS] == "P":
        raise ValueError("only proposed yet (status P)")
    closed_on = day(cells[CLOSED])
    if cells[STATUS] == "C" and not closed_on:
        raise ValueError("closed (status C) without a close date")
    place = postcode(cells[POSTCODE])
    return Entry(
        code=cells[CODE],
        name=cells[NAME],
        region=_region(cells[CODE], cells[GROUPING], place),
        postcode=place,
        opened_on=day(cells[OPENED]),
        closed_on=closed_on,
        parent=cells[PARENT],
        setting=cells[SETTING] if len(cells) > SETTING else "",
    )


def _region(code: str, grouping: str, place: str | None) -> Region:
    if place and OUTSIDE.match(place):
        raise ValueError("the Channel Islands and the Isle of Man are in none of the four nations")
    if re.fullmatch(r"[WSZ][0-9]{5}", code):
        return GROUPINGS[code[0]]
    return GROUPINGS.get(grouping[:1], Region.WALES if re.match("7A", code) else Region.ENGLAND)
