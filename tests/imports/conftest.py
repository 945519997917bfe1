"""Files to import, and what became of them."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from operations.imports.area import load_areas
from operations.imports.organisation import load_organisations
from operations.imports.report import Report
from operations.imports.run import Load, import_file

ORGANISATIONS = "ods_code,name,kind,region,parent,opened_on,closed_on"
AREAS = "code,name,kind,valid_from,valid_to,successors,organisation"

Import = Callable[..., Awaitable[Report]]


@pytest.fixture
def imported(connection: asyncpg.Connection, tmp_path: Path) -> Import:
    """Import some lines as a file with that name."""

    async def of(load: Load, *lines: str, name: str = "some.csv") -> Report:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
        return await import_file(connection, path, load)

    return of


@pytest.fixture
async def world(imported: Import) -> None:
    """A few bodies, and areas of which one was replaced and one was split."""
    await imported(
        load_organisations,
        ORGANISATIONS,
        "QZ1,Northmoor Board,INTEGRATED_CARE_BOARD,ENGLAND,,,",
        "RZ1,Northmoor Hospitals,NHS_TRUST,ENGLAND,,1993-04-01,",
        "RZ2,Hallowdale Hospitals,NHS_TRUST,ENGLAND,,,",
    )
    await imported(
        load_areas,
        AREAS,
        "E54000901,Northmoor,INTEGRATED_CARE_BOARD,2022-07-01,,,QZ1",
        "E54000902,Vale,INTEGRATED_CARE_BOARD,2022-07-01,2026-03-31,E54000901,",
        "E54000903,Dale,INTEGRATED_CARE_BOARD,2022-07-01,2026-03-31,E54000901;E54000904,",
        "E54000904,Holt,INTEGRATED_CARE_BOARD,2026-04-01,,,",
        "S37000901,Glenairn,HEALTH_SOCIAL_CARE_PARTNERSHIP,2016-04-01,,,",
        "S12000901,Glenairn Council,LOCAL_AUTHORITY,1996-04-01,,,",
        "W11000901,Glanafon,HEALTH_BOARD,2009-10-01,,,",
    )


def register(code: str, name: str = "SOME TRUST", **cells: str) -> str:
    """A row of the 27 columns of the Organisation Data Service."""
    columns = {"grouping": 3, "postcode": 10, "opened": 11, "closed": 12, "status": 13, "parent": 15, "setting": 26}
    row = [""] * 27
    row[0], row[1], row[12], row[17] = code, name, "A", "01632 960000"
    for column, text in cells.items():
        row[columns[column] - 1] = text
    return ",".join(f'"{cell}"' if cell else "" for cell in row)
