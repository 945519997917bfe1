"""What a purpose of use opens is on the audit log before it leaves; without an entry there is no data."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from models.account import PlatformRole
from models.database.connection import Pool, normalise, open_pool
from models.secret import Keyring
from operations.audit import Entry, Journal, Reading
from policies.plan import Policies
from policies.viewer import Member, Purpose, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from schema.api import core
from tests.audit.log import READ

QUERY = "{ story(number: 1) { title postcode author { email createdAt } } }"
Rows = list[dict[str, Any]]


def _executor(reader: Pool, keyring: Keyring, journal: Journal | None) -> Executor:
    return Executor(core(), Policies.load(), reader, keyring, "http://candour.test", journal=journal)


async def _person(reader: Pool, role: str) -> UUID:
    found = await reader.fetchval(
        "select id from account where $1::platformrole = any(roles) order by id limit 1", role
    )
    assert isinstance(found, UUID)
    return found


async def _viewer(reader: Pool, role: PlatformRole, purpose: Purpose | None) -> Member:
    return Member(
        await _person(reader, role), frozenset({role}), purpose=purpose, reference="CASE-12" if purpose else None
    )


async def _events(reader: Pool, after: int) -> Rows:
    async with reader.acquire() as connection:
        return [dict(row) for row in await connection.fetch(READ, after)]


async def _last(reader: Pool) -> int:
    return int(await reader.fetchval("select coalesce(max(id), 0) from audit_event"))


async def _ask(executor: Executor, viewer: Viewer, query: str = QUERY) -> dict[str, Any]:
    return orjson.loads((await executor.execute(Request(query, {}), viewer)).body)  # type: ignore[no-any-return]


async def test_without_a_log_there_is_no_data(reader: Pool, keyring: Keyring) -> None:
    viewer = await _viewer(reader, PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING)
    with pytest.raises(RuntimeError) as failure:
        await _ask(_executor(reader, keyring, None), viewer)
    assert "demo.example" not in str(failure.value)


async def test_a_log_that_fails_leaves_no_data(reader: Pool, keyring: Keyring, demo: str) -> None:
    viewer = await _viewer(reader, PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING)
    before = await _last(reader)
    only_reads = await open_pool(demo, 1)
    with pytest.raises(asyncpg.PostgresError):
        await _ask(_executor(reader, keyring, Journal(only_reads, keyring)), viewer)
    await only_reads.close()
    assert await _events(reader, before) == []


@pytest.mark.parametrize("statement", ["update audit_event set purpose = 'x'", "delete from audit_event"])
async def test_the_log_is_never_changed(demo: str, statement: str) -> None:
    connection = await asyncpg.connect(normalise(demo))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_what_needs_no_purpose_is_not_logged(reader: Pool, journal: Journal, keyring: Keyring) -> None:
    executor, before = _executor(reader, keyring, journal), await _last(reader)
    found = await _ask(executor, await _viewer(reader, PlatformRole.SAFEGUARDING, None))
    assert found["data"]["story"]["postcode"] is None
    author = Member(await reader.fetchval("select author_id from story where id = 1"))
    assert (await _ask(executor, author))["data"]["story"]["author"]["email"] == "author@demo.example"
    assert await _events(reader, before) == []


async def test_a_reading_is_logged_without_its_value(reader: Pool, journal: Journal, keyring: Keyring) -> None:
    viewer, before = await _viewer(reader, PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING), await _last(reader)
    found = await _ask(_executor(reader, keyring, journal), viewer)
    story = found["data"]["story"]
    events = await _events(reader, before)
    assert {field for event in events for field in event["fields"]} == {
        "Story.postcode", "Story.author", "Account.email", "Account.createdAt",
    }  # fmt: skip
    for event in events:
        assert (event["account_id"], event["purpose"], event["reference"]) == (
            viewer.account_id, "safeguarding", "CASE-12",
        )  # fmt: skip
        assert event["reasons"]
        assert all(reason.startswith("P09") for reason in event["reasons"])
    assert {event["subject"].partition(":")[0] for event in events} == {"Story", "Account"}
    for value in (story["postcode"], story["author"]["email"]):
        assert value
        assert value not in str(events)
    assert " subject" not in str(found)


async def test_a_denied_field_is_not_logged_as_read(reader: Pool, journal: Journal, keyring: Keyring) -> None:
    viewer, before = await _viewer(reader, PlatformRole.ABUSE, Purpose.ABUSE), await _last(reader)
    found = await _ask(_executor(reader, keyring, journal), viewer, "{ story(number: 1) { ipAddress postcode } }")
    assert found["data"]["story"]["ipAddress"]
    assert found["data"]["story"]["postcode"] is None
    assert [event["fields"] for event in await _events(reader, before)] == [["Story.ipAddress"]]


async def test_every_row_of_a_page_is_logged(reader: Pool, journal: Journal, keyring: Keyring) -> None:
    viewer, before = await _viewer(reader, PlatformRole.ABUSE, Purpose.ABUSE), await _last(reader)
    found = await _ask(
        _executor(reader, keyring, journal), viewer, "{ stories(first: 7) { nodes { id ip: ipAddress } } }"
    )
    read = {node["id"] for node in found["data"]["stories"]["nodes"] if node["ip"]}
    assert {event["subject"] for event in await _events(reader, before)} == read
    assert read


async def test_quotes_and_commas_survive(journal: Journal, reader: Pool) -> None:
    before = await _last(reader)
    person = await _person(reader, "DPO")
    viewer = Member(person, frozenset({PlatformRole.DPO}), purpose=Purpose.COMPLAINT)
    await journal.write([Entry.reading(viewer, Reading('Story:"1",\\', ("a,b", 'c"d'), ("P14 x{y}",)))])
    (event,) = await _events(reader, before)
    assert event["subject"] == 'Story:"1",\\'
    assert event["fields"] == ["a,b", 'c"d']
    assert event["reasons"] == ["P14 x{y}"]


async def test_rows_of_different_types_are_logged_each_by_its_own_fields(
    reader: Pool, journal: Journal, keyring: Keyring
) -> None:
    viewer, before = await _viewer(reader, PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING), await _last(reader)
    account = await reader.fetchval("select author_id from story where id = 1")
    query = f"""{{ nodes(ids: ["Story:1", "Account:{account}", "Story:1"]) {{
      ... on Story {{ postcode }} ... on Account {{ email penName }}
    }} }}"""
    first, second, third = (await _ask(_executor(reader, keyring, journal), viewer, query))["data"]["nodes"]
    assert first == third
    assert first["postcode"]
    assert second["email"] == "author@demo.example"
    logged = sorted((event["subject"], *event["fields"]) for event in await _events(reader, before))
    assert logged == [
        (f"Account:{account}", "Account.email", "Account.penName"),
        ("Story:1", "Story.postcode"),
        ("Story:1", "Story.postcode"),
    ]
