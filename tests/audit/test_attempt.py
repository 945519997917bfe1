"""Denied attempts on private fields: each counts, and none is a way to fill the table."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest

from models.account import PlatformRole
from models.database.connection import Pool, open_pool
from models.disclosure import DISCLOSABLE
from models.secret import Keyring
from operations.audit import Attempt, Attempts, Entry, Journal
from policies.plan import Policies
from policies.viewer import Anonymous, Member, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from schema.api import core, fields

QUERY = "{ story(number: 1) { title criticality postcode author { email } } }"
ATTEMPTS = """
select account_id, fields[1] as field, count, purpose, reasons[1] as reason, rules[1] as rule, person_id, subject
from audit_event where kind = 'DENIED' and id > $1 order by field, id
"""
FOR_A_PURPOSE = {
    "Account.accessLog", "Account.consents", "Account.disclosures", "Account.createdAt", "Account.email", "Account.id",
    "Account.ipAddresses", "Account.penName", "Account.postcode", "AuditEvent.personId", "Complaint.email",
    "IpAddressUse.address", "IpAddressUse.usedAt", "IpAddressUse.use", "Story.author", "Story.ipAddress",
    "Story.postcode",
}  # fmt: skip
LISTED = {"AccessLogEntry", "Consent"}
"""Types of which every field is for a purpose only."""
POSTCODE = Attempt("Story.postcode", "P02 x", "story.polar:1"), None


class Unwritable(Journal):
    """A log that can't be written for a while."""

    broken = False

    async def write(self, entries: Sequence[Entry]) -> None:
        if self.broken and entries:
            raise asyncpg.ConnectionDoesNotExistError("gone")
        await super().write(entries)


@pytest.fixture
def executor(reader: Pool, writer: Pool, keyring: Keyring) -> Executor:
    """What answers, in a process of its own."""
    journal = Unwritable(writer, keyring)
    return Executor(core(), Policies.load(), reader, keyring, "http://candour.test", journal=journal)


@pytest.fixture
async def last(reader: Pool) -> int:
    return int(await reader.fetchval("select coalesce(max(id), 0) from audit_event"))


async def _ask(executor: Executor, viewer: Viewer, query: str = QUERY) -> Any:
    return orjson.loads((await executor.execute(Request(query, {}), viewer)).body)


async def _attempts(reader: Pool, last: int) -> list[Any]:
    async with reader.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(ATTEMPTS, last)]


def test_which_fields_are_accountable() -> None:
    """Those that somebody sees only for a purpose or by a disclosure; criticality, say, is for roles as such."""
    policies = Policies.load()
    found = {
        f"{name}.{field}" for name, named in fields().items() for field in named if policies.accountable(name, field)
    }
    assert {field for field in found if field.split(".")[0] not in LISTED} == FOR_A_PURPOSE | set(DISCLOSABLE)


async def test_a_visitors_attempts_are_counted_and_nobodys(executor: Executor, reader: Pool, last: int) -> None:
    for _ in range(50):
        answer = await _ask(executor, Anonymous())
        assert (answer["data"]["story"]["postcode"], answer["data"]["story"]["author"]) == (None, None)
    assert await _attempts(reader, last) == []
    await executor.close()
    found = await _attempts(reader, last)
    assert [attempt[:4] for attempt in found] == [
        (None, "Story.author", 50, None), (None, "Story.postcode", 50, None),
    ]  # fmt: skip
    reason = "P02 An author's postcode is private; it only routes the story."
    assert (found[1][4], found[1][5].partition(":")[0]) == (reason, "story.polar")


async def test_a_persons_first_attempt_is_written_at_once_and_the_others_are_counted(
    executor: Executor, reader: Pool, last: int
) -> None:
    who, other = Member(uuid4()), Member(uuid4())
    for viewer in (who, who, other, who):
        await _ask(executor, viewer, "{ story(number: 1) { a: postcode b: postcode } }")
    assert sorted(_first(await _attempts(reader, last))) == sorted([(who.account_id, 1), (other.account_id, 1)])
    await executor.close()
    later = (await _attempts(reader, last))[2:]
    assert sorted(_first(later)) == sorted([(who.account_id, 5), (other.account_id, 1)])
    author = await reader.fetchval("select author_id from story where id = 1")
    assert {attempt[6:] for attempt in await _attempts(reader, last)} == {(author, "Story:1")}


def _first(found: Sequence[Any]) -> list[Any]:
    return [(attempt[0], attempt[2]) for attempt in found]


async def test_attempts_on_many_rows_name_the_first_at_once_and_then_none(
    executor: Executor, reader: Pool, last: int
) -> None:
    await _ask(executor, Member(uuid4()), "{ stories(first: 3) { nodes { postcode } } }")
    await executor.close()
    found = [(attempt[2], attempt[7]) for attempt in await _attempts(reader, last)]
    newest = await reader.fetchval(
        "select 'Story:' || id from story where status in ('PUBLISHED', 'RESTRICTED') order by shown_at desc, id desc"
    )
    assert found == [(1, newest), (2, None)]


async def test_a_filter_that_looks_at_a_private_field_is_an_attempt(
    executor: Executor, reader: Pool, last: int
) -> None:
    dpo = Member(uuid4(), frozenset({PlatformRole.DPO}))
    query = f'{{ auditEvents(filter: {{personId: "Account:{uuid4()}"}}) {{ totalCount }} }}'
    answer = await _ask(executor, dpo, query)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    ((who, field, count, *_),) = await _attempts(reader, last)
    assert (who, field, count) == (dpo.account_id, "AuditEvent.personId", 1)


async def test_a_shown_mask_and_a_denied_public_field_are_none(executor: Executor, reader: Pool, last: int) -> None:
    moderator = Member(uuid4(), frozenset({PlatformRole.MODERATOR}))
    answer = await _ask(executor, moderator, "{ story(number: 1) { postcode } }")
    assert answer["data"]["story"]["postcode"]
    await _ask(executor, Member(uuid4()), "{ story(number: 1) { criticality submittedAt moderationLog { note } } }")
    await executor.close()
    assert await _attempts(reader, last) == []


async def test_an_attempt_that_cannot_be_written_gets_no_answer(executor: Executor, reader: Pool, last: int) -> None:
    executor.journal.broken = True  # type: ignore[union-attr]
    who = Member(uuid4())
    for _ in range(2):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await _ask(executor, who)
    assert await _attempts(reader, last) == []
    executor.journal.broken = False  # type: ignore[union-attr]
    await _ask(executor, who)
    assert [attempt[2] for attempt in await _attempts(reader, last)] == [1, 1]


async def test_what_was_counted_while_the_log_was_away_is_written_later(
    executor: Executor, reader: Pool, last: int
) -> None:
    await _ask(executor, Anonymous())
    executor.journal.broken = True  # type: ignore[union-attr]
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await executor.close()
    await _ask(executor, Anonymous())
    executor.journal.broken = False  # type: ignore[union-attr]
    await executor.close()
    assert sorted(attempt[2] for attempt in await _attempts(reader, last)) == [2, 2]


async def test_counts_are_written_after_a_time_by_themselves(
    demo: str, reader: Pool, keyring: Keyring, last: int
) -> None:
    pool = await open_pool(demo, 1, readonly=False)
    written = Written(pool, keyring)
    attempts = Attempts(written, seconds=0)
    assert attempts.entries(Anonymous(), [POSTCODE, POSTCODE]) == []
    await written.something.wait()
    assert [attempt[2] for attempt in await _attempts(reader, last)] == [2]
    await pool.close()


async def test_counts_that_cannot_be_written_are_told_and_tried_again(
    demo: str, reader: Pool, keyring: Keyring, last: int
) -> None:
    pool, only_reads = await open_pool(demo, 1, readonly=False), await open_pool(demo, 1)
    faults: list[BaseException] = []
    written = Written(pool, keyring)
    away = Journal(only_reads, keyring, faults.append)
    attempts = Attempts(away, seconds=0)
    attempts.entries(Anonymous(), [POSTCODE])
    while not faults:
        await reader.fetchval("select pg_sleep(0.01)")
    attempts._journal = written
    await written.something.wait()
    assert isinstance(faults[0], asyncpg.ReadOnlySQLTransactionError)
    assert [attempt[2] for attempt in await _attempts(reader, last)] == [1]
    await only_reads.close()
    await pool.close()


class Written(Journal):
    """Tells when something was written."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        super().__init__(pool, keyring)
        self.something = asyncio.Event()

    async def write(self, entries: Sequence[Entry]) -> None:
        await super().write(entries)
        self.something.set()
