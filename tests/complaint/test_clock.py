"""By when complaints and requests are answered: reckoned by the database, in days and months of the United Kingdom."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import DateTime, literal, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import select

from models.complaint import ComplaintKind
from models.database.connection import engine
from operations.complaint import EXTENDED, _day, _later, due

REQUEST, COMPLAINT = ComplaintKind.ACCESS, ComplaintKind.COMPLAINT


@pytest.fixture(params=["UTC", "Pacific/Auckland", "America/Los_Angeles"])
async def connection(empty: str, request: pytest.FixtureRequest) -> AsyncIterator[AsyncConnection]:
    """A connection with a time zone of its own, which must not matter."""
    database = engine(empty, 1)
    async with database.connect() as opened:
        await opened.execute(text(f"set time zone '{request.param}'"))
        yield opened
        await opened.rollback()
    await database.dispose()


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


@pytest.mark.parametrize(
    ("kind", "received", "expected"),
    [
        # The month after has no such day: its last one.
        (REQUEST, "2027-01-31T12:00:00+00:00", "2027-02-28T12:00:00+00:00"),
        (REQUEST, "2027-01-29T12:00:00+00:00", "2027-02-28T12:00:00+00:00"),
        # Leap years, which 2100 is not.
        (REQUEST, "2028-01-31T12:00:00+00:00", "2028-02-29T12:00:00+00:00"),
        (REQUEST, "2100-01-31T12:00:00+00:00", "2100-02-28T12:00:00+00:00"),
        (REQUEST, "2028-02-29T12:00:00+00:00", "2028-03-29T12:00:00+01:00"),
        # The last of a short month is answered on the same day, not on the last.
        (REQUEST, "2027-02-28T12:00:00+00:00", "2027-03-28T12:00:00+01:00"),
        (REQUEST, "2026-12-31T12:00:00+00:00", "2027-01-31T12:00:00+00:00"),
        # Half an hour into 31 March in the United Kingdom is still the 30th by universal time.
        (REQUEST, "2026-03-30T23:30:00+00:00", "2026-04-29T23:30:00+00:00"),
        (COMPLAINT, "2027-01-31T12:00:00+00:00", "2027-03-02T12:00:00+00:00"),
        (COMPLAINT, "2028-01-31T12:00:00+00:00", "2028-03-01T12:00:00+00:00"),
        # Days are days, also where one has 23 or 25 hours.
        (COMPLAINT, "2026-03-20T12:00:00+00:00", "2026-04-19T12:00:00+01:00"),
        (COMPLAINT, "2026-10-20T12:00:00+01:00", "2026-11-19T12:00:00+00:00"),
    ],
)
async def test_p19_a_complaint_has_thirty_days_and_a_request_a_month(
    connection: AsyncConnection, kind: ComplaintKind, received: str, expected: str
) -> None:
    """P19: UK GDPR Art. 12(3): the corresponding day of the next month, or its last."""
    start = literal(_moment(received), DateTime(timezone=True))
    assert (await connection.execute(select(due(kind, start)))).scalar_one() == _moment(expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        # Three months from the start, not two months from the end of a short one.
        ("2027-01-31T12:00:00+00:00", "2027-04-30T12:00:00+01:00"),
        ("2026-11-30T12:00:00+00:00", "2027-02-28T12:00:00+00:00"),
        ("2027-11-30T12:00:00+00:00", "2028-02-29T12:00:00+00:00"),
    ],
)
async def test_p19_an_extended_request_has_three_months_from_its_arrival(
    connection: AsyncConnection, received: str, expected: str
) -> None:
    start = literal(_moment(received), DateTime(timezone=True))
    assert (await connection.execute(select(_later(start, EXTENDED)))).scalar_one() == _moment(expected)


async def test_e_mails_name_the_day_in_the_united_kingdom(connection: AsyncConnection) -> None:
    midnight = literal(_moment("2026-05-03T23:30:00+00:00"), DateTime(timezone=True))
    assert (await connection.execute(select(_day(midnight)))).scalar_one() == "4 May 2026"
