"""Jobs about stories: previews that end by themselves, and originals that are kept no longer."""

import asyncio
from uuid import UUID

import pytest

from jobs.job import Work
from jobs.schedule import JOBS
from tests.job.test_purge import account, purged

END = next(job for job in JOBS if job.name == "end previews")
STORY = """
insert into story (status, region, title, body, age_group, author_role, progress, submitted_at, author_id,
    preview_until)
values ('PREVIEW', 'ENGLAND', 'A title', 'A text', 'ADULT', 'SERVICE_USER', 'AWAITING_RESPONSE', now(), $1,
    now() + $2::text::interval)
returning id
"""
CONSENT = """
insert into consent (account_id, purpose, granted, given_at, notice_version, given_by)
values ($1, 'PUBLISH', $2, now(), '2026-11', 'registration')
"""
ORIGINAL = """
insert into story_original (story_id, title, body, purge_after) values ($1, 'x', 'x', now() + $2::text::interval)
"""
LOG = "select action::text, note is not null as noted, account_id from moderation_entry where story_id = $1"


async def _author(work: Work, agrees: bool = True) -> UUID:
    who = await account(work)
    await work.pool.execute(CONSENT, who, agrees)
    return who


async def _preview(work: Work, author: UUID | None, left: str = "-1 second") -> int:
    number: int = await work.pool.fetchval(STORY, author, left)
    return number


async def _status(work: Work, number: int) -> tuple[str, bool]:
    """The state, and whether it would end by itself."""
    status: str = await work.pool.fetchval("select status::text from story where id = $1", number)
    ends: bool = await work.pool.fetchval("select preview_until is not null from story where id = $1", number)
    return status, ends


async def test_p12_a_preview_whose_author_does_not_agree_any_more_is_held(work: Work) -> None:
    """P12: nobody's story is published by the clock against their will."""
    numbers = [await _preview(work, await _author(work, agrees=False)), await _preview(work, None)]
    assert await purged(work, "end previews") == 2
    for number in numbers:
        assert await _status(work, number) == ("PREVIEW", False)
        assert tuple(await work.pool.fetchrow(LOG, number)) == ("HELD", True, None)
    kinds = await work.pool.fetchval("select array_agg(kind::text) from event where number = any($1)", numbers)
    assert kinds == ["STORY_HELD"] * 2
    assert await END.run(work) == 0


async def test_p08_a_preview_goes_on_until_its_end_and_as_long_as_it_is_held(work: Work) -> None:
    author = await _author(work)
    numbers = [await _preview(work, author, "1 minute"), await _preview(work, author)]
    await work.pool.execute("update story set preview_until = null where id = $1", numbers[1])
    assert await purged(work, "end previews") == 0
    assert [await _status(work, number) for number in numbers] == [("PREVIEW", True), ("PREVIEW", False)]


async def test_p08_previews_that_are_over_are_published_all_at_once(work: Work) -> None:
    """More than one batch of them; each with an entry and an event, and an original is kept from then on."""
    author = await _author(work)
    numbers = [await _preview(work, author) for _ in range(60)]
    await work.pool.execute("insert into story_original (story_id, title, body) values ($1, 'x', 'x')", numbers[0])
    assert await purged(work, "end previews") == 60
    assert tuple(await work.pool.fetchrow(LOG, numbers[7])) == ("PUBLISHED", False, None)
    told = "select array_agg(number order by number) from event where kind = 'STORY_PUBLISHED'"
    assert await work.pool.fetchval(told) == numbers
    same = "select purge_after = published_at + interval '6 months' from story join story_original on story_id = id"
    assert await work.pool.fetchval(same)
    done = await work.pool.fetchrow("select done, fault from job_run where name = 'end previews'")
    assert tuple(done) == (60, None)


@pytest.mark.parametrize("locked", ["story", "account"])
async def test_what_somebody_works_with_is_left_to_them(work: Work, locked: str) -> None:
    """Neither a moderator's decision nor an erasure is waited for; the rest is done."""
    one, other = await _author(work), await _author(work)
    numbers = [await _preview(work, one), await _preview(work, other)]
    async with work.pool.acquire() as connection, connection.transaction():
        key = numbers[0] if locked == "story" else one
        await connection.execute(f"select from {locked} where id = $1 for update", key)
        async with asyncio.timeout(20):
            assert await END.run(work) == 1
    assert [(await _status(work, number))[0] for number in numbers] == ["PREVIEW", "PUBLISHED"]
    assert await END.run(work) == 1


async def test_p11_originals_go_six_months_after_publication(work: Work) -> None:
    """P11: one that is not published yet is kept; how many went is remembered."""
    author = await _author(work)
    kept, soon, gone = [await _preview(work, author, "1 day") for _ in range(3)]
    for number, left in ((soon, "1 hour"), (gone, "-1 second")):
        await work.pool.execute(ORIGINAL, number, left)
    await work.pool.execute("insert into story_original (story_id, title, body) values ($1, 'x', 'x')", kept)
    assert await purged(work, "purge originals") == 1
    left = await work.pool.fetchval("select array_agg(story_id order by story_id) from story_original")
    assert left == [kept, soon]
    assert await work.pool.fetchval("select done from job_run where name = 'purge originals'") == 1
