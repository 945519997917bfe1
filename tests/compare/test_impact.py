"""How many rows a change of the policies opens and closes, counted on a database."""

import asyncio
from typing import Any

import asyncpg
import pytest

from models import PlatformRole
from models.database.connection import engine, normalise
from policies.compare import differences
from policies.compare.impact import Impact, counting, impacts
from policies.viewer import Anonymous, Kind, System
from tests.compare.candidate import FORGETS_AUTHORS, OPENS_DEED, SHOWS_REVIEWS, UNMASKS, Edit, candidate, live

HIDES_RESTRICTED: Edit = ("story.polar", 'public(story: Story) if story.status in ["PUBLISHED", "RESTRICTED"]',
                          'public(story: Story) if story.status = "PUBLISHED"')  # fmt: skip
FORGETS_ANSWERS: Edit = ("account.polar", '"gender", "birthYear", "ethnicGroup", "limitedByCondition"];\ngrant',
                         '"gender", "ethnicGroup", "limitedByCondition"];\ngrant')  # fmt: skip
MEMBER, STAFF = Kind("Member"), Kind("Member", staff=True)
MODERATOR = Kind("Member", (PlatformRole.MODERATOR,))
IN_REVIEW = """
select count(*) from story where status = 'IN_REVIEW' and exists (
    select from story_service join service on service.id = service_id join membership using (organisation_id)
    where story_id = story.id
    union all
    select from story_area join area on area.id = area_id join membership using (organisation_id) where story_id = story.id)
"""
OWN_POSTCODES = """
select count(*) from story join account on account.id = author_id
where status <> 'WITHDRAWN' and roles = '{}' and not exists (select from membership where account_id = author_id)
"""


def counted(dsn: str, *edits: Edit, kinds: tuple[Kind, ...], seconds: int = 60) -> dict[str, Impact]:
    """What the changes come to, by kind of viewer and field."""
    told: list[tuple[int, int]] = []

    async def count() -> list[Impact]:
        database = engine(dsn, size=1)
        try:
            found = differences(live(), candidate(*edits), kinds)
            return await impacts(database, found, seconds, lambda *progress: told.append(progress))
        finally:
            await database.dispose()

    found = asyncio.run(count())
    assert told == [(n, len(found)) for n in range(1, len(found) + 1)]
    return {f"{one.difference.kind} {one.difference.name}": one for one in found}


def fetched(dsn: str, statement: str) -> int:
    async def fetch() -> Any:
        connection = await asyncpg.connect(normalise(dsn))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return int(asyncio.run(fetch()))


def test_a_kind_that_loses_and_gains_nothing_is_not_counted(demo: str) -> None:
    assert counted(demo, SHOWS_REVIEWS, kinds=(Anonymous().kind, System().kind, MODERATOR)) == {}
    assert counted(demo, OPENS_DEED, kinds=(MEMBER,)) == {}


def test_what_everybody_loses_is_counted_row_by_row(demo: str) -> None:
    restricted = fetched(demo, "select count(*) from story where status = 'RESTRICTED'")
    assert restricted > 0
    found = counted(demo, HIDES_RESTRICTED, kinds=(Anonymous().kind, MODERATOR))
    assert found["anonymous Story.number"][1:] == (0, restricted)
    # Moderators see them by another rule.
    assert not any(name.startswith(str(MODERATOR)) for name in found)


def test_what_a_role_gains_needs_somebody_with_that_role(demo: str) -> None:
    kept = fetched(demo, "select count(*) from story where status <> 'WITHDRAWN'")
    found = counted(demo, UNMASKS, kinds=(MODERATOR, Kind("Member", (PlatformRole.MODERATOR,), staff=True)))
    assert found[f"{MODERATOR} Story.postcode"].readable == kept
    assert found["member+staff+MODERATOR Story.postcode"].readable == 0


def test_what_depends_on_the_viewer_counts_once_a_row(demo: str) -> None:
    found = counted(demo, SHOWS_REVIEWS, FORGETS_AUTHORS, kinds=(MEMBER, STAFF))
    assert found["member+staff Story.title"][1:] == (fetched(demo, IN_REVIEW), 0)
    assert found["member Story.postcode"][1:] == (0, fetched(demo, OWN_POSTCODES))
    assert fetched(demo, IN_REVIEW) > 0


def test_answers_count_as_somebodys(demo: str) -> None:
    """P07: nobody can look up whose they are."""
    found = counted(demo, FORGETS_ANSWERS, kinds=(MEMBER,))
    assert found["member Demographics.birthYear"].unreadable == fetched(demo, "select count(*) from demographics")


def test_what_takes_too_long_is_said_to(demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from policies.compare import impact

    slow = counting(differences(live(), candidate(HIDES_RESTRICTED), [Anonymous().kind])[0])
    monkeypatch.setattr(impact, "counting", lambda _: slow.where(impact.text("pg_sleep(30) is not null")))
    found = counted(demo, HIDES_RESTRICTED, kinds=(Anonymous().kind,), seconds=1)
    assert {one[1:] for one in found.values()} == {(None, None)}


@pytest.mark.parametrize("edit", [SHOWS_REVIEWS, UNMASKS, FORGETS_ANSWERS])
def test_only_numbers_leave_the_database(edit: Edit) -> None:
    for difference in differences(live(), candidate(edit), (MEMBER, STAFF, MODERATOR)):
        assert [column.type.python_type for column in counting(difference).selected_columns] == [int, int]
