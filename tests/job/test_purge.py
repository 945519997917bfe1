"""Purges: what is kept, and what goes once its time is over."""

from uuid import UUID, uuid4

from jobs.job import Job, Work
from jobs.schedule import JOBS
from jobs.worker import run_once

NAMED = {job.name: job for job in JOBS}


async def account(work: Work, verified: str = "now()", created: str = "now()") -> UUID:
    id_ = uuid4()
    wrapped = work.keyring.new_person_key(str(id_))
    await work.pool.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, wrapped)
    await work.pool.execute(
        f"insert into account (id, created_at, email_verified_at) values ($1, {created}, {verified})", id_
    )
    return id_


async def purged(work: Work, name: str) -> int:
    """What a job did; it had said before that it would."""
    job: Job = NAMED[name]
    would = await work.pool.fetchval(job.waiting)
    done = await run_once(work, job)
    assert done == would
    return int(done or 0)


async def test_a_session_goes_when_it_expires(work: Work) -> None:
    person = await account(work)
    for number, expiry in enumerate(("now() + interval '1 second'", "now() - interval '1 second'")):
        await work.pool.execute(
            "insert into session (id, token_hash, account_id, created_at, expires_at)"
            f" values ($1, $2, $3, now(), {expiry})",
            uuid4(), bytes([number]), person,
        )  # fmt: skip
    assert await purged(work, "purge sessions") == 1
    assert await work.pool.fetchval("select token_hash from session") == bytes([0])


async def test_a_link_stays_a_week_longer_than_it_works(work: Work) -> None:
    person = await account(work)
    for days in (6, 8):
        await work.pool.execute(
            "insert into confirmation (id, account_id, kind, token_hash, created_at, expires_at)"
            f" values ($1, $2, 'VERIFY_EMAIL', $3, now(), now() - interval '{days} days')",
            uuid4(), person, bytes([days]),
        )  # fmt: skip
    assert await purged(work, "purge links") == 1
    assert await work.pool.fetchval("select token_hash from confirmation") == bytes([6])


async def test_what_succeeded_is_remembered_longer_than_what_failed(work: Work) -> None:
    for number, (days, succeeded) in enumerate(((2, False), (91, True), (2, True), (0, False))):
        await work.pool.execute(
            "insert into attempt (kind, subject, address, attempted_at, succeeded)"
            f" values ('SIGN_IN', $1, '', now() - interval '{days} days', $2)",
            bytes([number]), succeeded,
        )  # fmt: skip
    assert await purged(work, "purge attempts") == 2
    assert await work.pool.fetchval("select array_agg(subject order by subject) from attempt") == [b"\2", b"\3"]


async def test_an_account_that_nobody_confirmed_goes_with_its_key(work: Work) -> None:
    kept = [await account(work, created="now() - interval '9 days'"), await account(work, verified="null")]
    gone = await account(work, verified="null", created="now() - interval '9 days'")
    assert await purged(work, "forget unconfirmed accounts") == 1
    left = set(await work.pool.fetchval("select array_agg(id) from person_key"))
    assert left == set(kept)
    assert gone not in left
