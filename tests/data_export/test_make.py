"""Making copies (P16): whole or not at all, once, and never after an erasure (P18)."""

import asyncio
from threading import Thread, current_thread
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from jobs.data_export import JOBS
from jobs.job import Work
from models.account import Account
from models.secret import PersonKey, SecretError
from operations.account import hold
from operations.data_export import pack
from operations.data_export.archive import Archive
from operations.data_export.expire import RESUMABLE, expire
from operations.data_export.make import MOST_ATTEMPTS
from operations.data_export.sink import PART, Sink, place
from settings import Settings
from tests.data_export.conftest import SITE, Desk


class Killed(BaseException):
    """The worker is gone."""


def _fails(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Break off when nearly all is written and stored."""

    def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr(Archive, "finish", broken)


async def _erase(session: AsyncSession, person: UUID) -> None:
    await hold(session, person, change=True)
    await session.exec(delete(Account).where(col(Account.id) == person))


async def test_a_killed_worker_leaves_nothing_and_the_next_makes_the_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = await desk.ask(await desk.person("author"))
    with monkeypatch.context() as patch:
        patch.setattr("operations.data_export.sink.PART", 1000)
        _fails(patch, Killed())
        with pytest.raises(Killed):
            await desk.maker.run()
    assert await desk.parts(export) == 0
    row = await desk.status(export)
    assert (row["status"], row["attempts"], row["token"], row["ready_at"]) == ("REQUESTED", 1, None, None)
    assert await desk.connection.fetchval("select count(*) from mail") == 0
    assert await desk.maker.run() == 1
    row = await desk.status(export)
    assert (row["status"], row["attempts"]) == ("READY", 2)


async def test_after_five_attempts_it_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    export = await desk.ask(await desk.person("member"))
    _fails(monkeypatch, RuntimeError("broken"))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            await desk.maker.run()
    assert (await desk.status(export))["status"] == "REQUESTED"
    assert await desk.maker.run() == 0
    assert (await desk.status(export))["status"] == "FAILED"


async def test_one_that_fails_does_not_hold_up_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    unlucky, lucky = await desk.ask(await desk.person("member")), await desk.ask(await desk.person("author"))
    deliver = pack.pack

    async def packing(means: Any, session: AsyncSession, key: PersonKey, account: Any, export: Any) -> int:
        if export == unlucky:
            raise RuntimeError("broken")
        return await deliver(means, session, key, account, export)

    monkeypatch.setattr("operations.data_export.make.pack", packing)
    with pytest.raises(RuntimeError):
        await desk.maker.run()
    assert (await desk.status(lucky))["status"] == "READY"


async def test_two_workers_make_it_once(desk: Desk) -> None:
    export = await desk.ask(await desk.person("author"))
    assert sorted(await asyncio.gather(desk.maker.run(), desk.maker.run())) == [0, 1]
    row = await desk.status(export)
    assert (row["status"], row["attempts"]) == ("READY", 1)
    assert await desk.connection.fetchval("select count(*) from mail") == 1


async def test_an_erased_persons_copy_is_not_made(desk: Desk) -> None:
    person = await desk.newcomer("gone-1@people.example")
    await desk.ask(person)
    async with desk.transaction() as session:
        await _erase(session, person)
        making = asyncio.create_task(desk.maker.run())
        await asyncio.sleep(0.05)
        assert not making.done()
    assert await making == 0
    assert await desk.connection.fetchval("select count(*) from data_export") == 0
    assert await desk.connection.fetchval("select count(*) from data_export_part") == 0
    assert await desk.connection.fetchval("select count(*) from mail") == 0


async def test_a_copy_in_the_making_gives_way_to_an_erasure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await desk.newcomer("gone-2@people.example")
    await desk.ask(person)
    monkeypatch.setattr("operations.data_export.sink.PART", 500)
    reached, waited_for = asyncio.Event(), asyncio.Event()
    keep = pack._Packing.keep

    async def keeping(self: Any) -> None:
        reached.set()
        await waited_for.wait()
        await keep(self)

    monkeypatch.setattr(pack._Packing, "keep", keeping)
    making = asyncio.create_task(desk.maker.run())
    await reached.wait()

    async def erase() -> None:
        async with desk.transaction() as session:
            await _erase(session, person)

    erasing = asyncio.create_task(erase())
    waiting = "select exists (select from pg_locks where not granted)"
    while not await desk.connection.fetchval(waiting):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    waited_for.set()
    assert await making == 0
    await erasing
    assert await desk.connection.fetchval("select count(*) from data_export") == 0
    assert await desk.connection.fetchval("select count(*) from data_export_part") == 0


async def test_what_changes_meanwhile_is_in_no_half_of_the_copy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await desk.person("member")
    await desk.connection.execute("insert into correction (account_id, field) values ($1, 'early')", person)
    tables = pack._Packing.tables

    async def later(self: Any) -> None:
        await desk.connection.execute("delete from correction where account_id = $1", person)
        await desk.connection.execute("insert into correction (account_id, field) values ($1, 'late')", person)
        await tables(self)

    monkeypatch.setattr(pack._Packing, "tables", later)
    copy = await desk.copy(person)
    for rows in (copy.document["corrections"], copy.table("corrections")):
        assert "early" in {row["field"] for row in rows}
        assert "late" not in {row["field"] for row in rows}


async def test_what_takes_cpu_time_runs_beside_the_event_loop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[Thread] = set()
    for name in ("add_list", "add_table", "finish"):
        step = getattr(Archive, name)

        def noting(self: Archive, *arguments: Any, step: Any = step) -> None:
            threads.add(current_thread())
            step(self, *arguments)

        monkeypatch.setattr(Archive, name, noting)
    await desk.ready(await desk.person("author"))
    assert threads
    assert current_thread() not in threads


async def test_the_copy_is_announced_with_a_link_that_nobody_else_can_read(desk: Desk) -> None:
    person = await desk.person("author")
    export, token = await desk.ready(person)
    key = await desk.key(person)
    (mail,) = await desk.connection.fetch("select * from mail")
    content = orjson.loads(key.decrypt(mail["content"], f"mail.content:{mail['id']}"))
    row = await desk.status(export)
    assert mail["template"] == "export_ready"
    assert content["to"] == "author@demo.example"
    assert content["link"] == f"{SITE}/exports/{token}"
    assert content["expires"] == f"{row['expires_at']:%-d %B %Y, %H:%M} UTC"
    assert (row["expires_at"] - row["ready_at"]).days == 7
    stored = b"".join([row["token"], row["token_hash"], mail["content"]])
    assert token.encode() not in stored


async def test_parts_are_of_one_size_and_open_in_their_place_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.data_export.sink.PART", 1000)
    person = await desk.person("author")
    export, _ = await desk.ready(person)
    key = await desk.key(person)
    parts = await desk.connection.fetch("select * from data_export_part order by number")
    opened = [key.decrypt_bytes(part["content"], place(export, part["number"])) for part in parts]
    assert {len(part) for part in opened[:-1]} == {1000}
    assert sum(map(len, opened)) == (await desk.status(export))["size"]
    with pytest.raises(SecretError):
        key.decrypt_bytes(parts[0]["content"], place(export, 1))
    with pytest.raises(SecretError):
        (await desk.key(await desk.person("dpo"))).decrypt_bytes(parts[0]["content"], place(export, 0))
    assert not any(b"candour.json" in part["content"] for part in parts)


async def test_a_sink_cuts_whatever_it_is_given(desk: Desk) -> None:
    person = await desk.person("author")
    sink, key = Sink(await desk.key(person), person), await desk.key(person)
    sink.write(b"a" * (2 * PART + 5))
    sink.write(b"b" * (PART - 5))
    sink.close()
    parts = [key.decrypt_bytes(content, place(person, number)) for number, content in sink.take()]
    assert [len(part) for part in parts] == [PART, PART, PART]
    assert sink.size == 3 * PART
    assert sink.take() == []


async def test_what_is_too_old_or_was_fetched_is_deleted(desk: Desk) -> None:
    old, used, fresh = [(await desk.ready(await desk.person(name)))[0] for name in ("author", "member", "dpo")]
    await desk.connection.execute("update data_export set expires_at = now() where id = $1", old)
    fetched = "update data_export set status = 'FETCHED', fetched_at = now() - $2::interval where id = $1"
    await desk.connection.execute(fetched, used, RESUMABLE / 2)
    async with desk.transaction() as session:
        assert await expire(session) == 1
    assert (await desk.status(old))["status"] == "EXPIRED"
    assert (await desk.status(old))["token"] is None
    assert [bool(await desk.parts(export)) for export in (old, used, fresh)] == [False, True, True]
    await desk.connection.execute(fetched, used, RESUMABLE)
    async with desk.transaction() as session:
        assert await expire(session) == 1
    assert [bool(await desk.parts(export)) for export in (old, used, fresh)] == [False, False, True]
    assert (await desk.status(fresh))["status"] == "READY"


async def test_the_jobs_do_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(desk.transaction, None, desk.keyring, Settings(CANDOUR_URL=SITE))
    make, end = JOBS
    export = await desk.ask(await desk.person("author"))
    assert (await make.run(work), await make.run(work)) == (1, 0)
    await desk.connection.execute("update data_export set expires_at = now()")
    assert (await end.run(work), await end.run(work)) == (1, 0)
    assert await desk.parts(export) == 0
