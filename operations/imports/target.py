"""Which area of care a code in a postcode directory stands for, as the map is on a day."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from models.area import AreaKind
from models.database.connection import Connection
from operations.imports import cell
from operations.imports.report import ImportFailedError

# SECURITY: a postcode leads only to the bodies that the privacy notice names (P02), one kind a nation, never to
# a council or another body whose code the directory also has.
KINDS = {
    "E": AreaKind.INTEGRATED_CARE_BOARD,
    "S": AreaKind.HEALTH_SOCIAL_CARE_PARTNERSHIP,
    "W": AreaKind.HEALTH_BOARD,
    "N": AreaKind.HSC_TRUST,
}
AREAS = "select id, code, kind::text, valid_from, valid_to from area"
SUCCESSORS = "select area_id, successor_id from area_successor order by 1, 2"
LOOKUP = ("code", "area")

Target = int | str
"""An area's id, or why the code leads to none."""


class Map:
    """The areas of care and what became of those that ended."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._terms: dict[int, tuple[str, date, date | None]] = {}
        self._successors: dict[int, list[int]] = {}

    async def load(self, connection: Connection) -> dict[str, Target]:
        """The target of every area's code."""
        rows = await connection.fetch(AREAS)
        self._terms = {id_: (code, first, last) for id_, code, _, first, last in rows}
        for area, successor in await connection.fetch(SUCCESSORS):
            self._successors.setdefault(area, []).append(successor)
        return {code: self._current(id_, code) for id_, code, kind, *_ in rows if KINDS.get(code[0]) == kind}

    def _current(self, area: int, asked: str, steps: int = 10) -> Target:
        """The area that answers for it on the day: itself, or the one that replaced it, however often."""
        code, first, last = self._terms[area]
        if last is None or last >= self._day:
            return area if first <= self._day else f"{code} begins on {first}"
        successors = self._successors.get(area, [])
        if len(successors) != 1 or not steps:
            return f"{asked} ended on {last} and has {len(successors) or 'no'} successors"
        return self._current(successors[0], asked, steps - 1)


async def read_targets(connection: Connection, day: date, lookup: Path | None) -> dict[str, Target]:
    """The target of each code on that day; `lookup` is a CSV with further codes and the area of each.

    Raises ImportFailedError if the lookup names an area that is not known.
    """
    targets = await Map(day).load(connection)
    for code, area in _pairs(lookup).items():
        if area not in targets:
            raise ImportFailedError(f"{lookup}: {area} is no area of care that is known")
        targets[code] = targets[area]
    return targets


def _pairs(lookup: Path | None) -> Mapping[str, str]:
    if not lookup:
        return {}
    with lookup.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        cell.need(rows.fieldnames or [], LOOKUP, lookup.name)
        return {row["code"].strip(): row["area"].strip() for row in rows}
