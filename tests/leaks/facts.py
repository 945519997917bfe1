"""What is private in the demo world, and whose it is: read from the database, past the application."""

import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from models.database.connection import Connection
from models.secret import Keyring
from operations.demo.cast import HOST, PARTS
from tests.demo.world import private_values
from tests.leaks.sight import SIGHT, Person, Row

ACCOUNTS = """
select id, roles::text[], array(select organisation_id from membership where account_id = account.id) as bodies
from account
"""
STORIES = """
select id, status::text, author_id, title, body, to_json(submitted_at)#>>'{}' as submitted_at, array(
    select organisation_id from service join story_service on service_id = service.id where story_id = story.id
    union select organisation_id from area join story_area on area_id = area.id
        where story_id = story.id and organisation_id is not null
) as bodies from story
"""
RESPONSES = """
select id, status::text, story_id, body, array_remove(array[organisation_id], null) as bodies from response
"""
OWNED = {"Session": "session", "DataExport": "data_export", "Complaint": "complaint", "Alert": "alert"}
"""Types of rows that are one person's; a complaint may be nobody's that has an account."""
MOMENTS = {
    "Account.corrections": "select account_id, to_json(corrected_at)#>>'{}' from correction",
    "AuditEvent.happenedAt": "select person_id, to_json(happened_at)#>>'{}' from audit_event where person_id is not null and kind = 'READ'",
    "Account.sessions": "select account_id, to_json(expires_at)#>>'{}' from session",
}
"""What has no text of its own is known by its time."""
MACHINERY = """
select account.id, unnest(array[wrapped, email_hash, email, convert_to(password_hash, 'utf8')]) from account
    join person_key using (id)
union select account_id, token_hash from session
union select account_id, unnest(array[token_hash, token]) from data_export where token is not null
union select account_id, unnest(array[email_hash, email]) from email_change
union select account_id, token_hash from confirmation
"""
DISCLOSED = """
select id, story_id, account_id, fields, organisation_id,
    approved_at is not null and revoked_at is null and expires_at > now() as active,
    approved_at is not null and coalesce(withheld_until < now(), true) as shown
from disclosure
"""
MANAGES = (
    "select exists (select from membership where account_id = $1 and organisation_id = any($2) and role = 'MANAGER')"
)
SHORTEST_TITLE = 20
"""Shorter ones occur in other texts."""
FIELDS = {
    "account.email": "Account.email",
    "account.postcode": "Account.postcode",
    "account.pen_name": "Account.penName",
    "account.demographics_id": "demographics id",
    "ip_address_use.address": "Account.ipAddresses",
    "story.postcode": "Story.postcode",
    "story.ip_address": "Story.ipAddress",
    "story_original.title": "Story.original",
    "story_original.body": "Story.original",
    "session.client": "Session.client",
    "email_change.email": "Account.pendingEmail",
    "data_export.token": "DataExport.url",
    "complaint.email": "Complaint.email",
    "complaint.body": "Complaint.body",
    "complaint.extension_reason": "Complaint.extensionReason",
    "complaint.outcome": "Complaint.outcome",
    "disclosure.grounds": "Disclosure.grounds",
    "disclosure.withheld_reason": "Disclosure.withheldReason",
    "disclosure.note": "Disclosure.note",
    **dict.fromkeys(("second_factor.secret", "mail.content", "data_export_part.content"), "not in the API"),
}
"""Which field shows a private column."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A value that nobody may meet who may not read this field of this row."""

    field: str
    row: Row
    value: str

    def may_be_met_by(self, person: Person) -> bool:
        return SIGHT[self.field](person, self.row)


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows that are not for everybody, by global id, the values in them, and the fixed people by name."""

    rows: Mapping[str, Row]
    canaries: tuple[Canary, ...]
    people: Mapping[str, Person]

    def of(self, type_name: str) -> list[Row]:
        return [row for identity, row in self.rows.items() if identity.startswith(f"{type_name}:")]

    def some(self, type_name: str, **wanted: Any) -> Row:
        """The first row of a type with these values."""
        return next(r for r in self.of(type_name) if all(getattr(r, name) == value for name, value in wanted.items()))


async def read_facts(connection: Connection, keyring: Keyring) -> Facts:
    """Everything, read once."""
    accounts = {str(row["id"]): row for row in await connection.fetch(ACCOUNTS)}
    stories, responses = await connection.fetch(STORIES), await connection.fetch(RESPONSES)
    uses = {str(i): str(account) for i, account in await connection.fetch("select id, account_id from ip_address_use")}
    uses |= {str(i): str(account) for i, account in await connection.fetch("select id, account_id from mail")}
    rows = {f"Account:{i}": Row(f"Account:{i}", i, bodies=frozenset(a["bodies"])) for i, a in accounts.items()}
    for story in stories:
        rows[f"Story:{story['id']}"] = _story(story)
    for found in responses:
        identity, story = f"Response:{found['id']}", rows[f"Story:{found['story_id']}"]
        rows[identity] = Row(identity, None, found["status"], frozenset(found["bodies"]), story=story)
    for name, table in OWNED.items():
        for id_, owner in await connection.fetch(f"select id, account_id from {table}"):
            rows[f"{name}:{id_}"] = Row(f"{name}:{id_}", str(owner) if owner else None)
    to = await _disclosed(connection, rows)
    private = await private_values(connection, keyring)
    canaries = [*_sealed(private, rows, uses), *_written(rows, stories, responses)]
    canaries += [canary async for canary in _unsealed(connection, rows)]
    canaries += [Canary("Account", rows[f"Account:{identity}"], identity) for identity in accounts]
    owners = {v: p.removeprefix("account.email:") for p, v in private.items() if p.startswith("account.email:")}
    people = {part.name: _person(accounts[owners[f"{part.name}@{HOST}"]]) for part in PARTS}
    for name, person in people.items():
        recipient = await connection.fetchval(MANAGES, UUID(person.account), sorted(to & person.bodies))
        people[name] = replace(person, recipient=recipient)
    canaries = [_acting(canary, {person.account for person in people.values()}) for canary in canaries]
    return Facts(rows, tuple(canaries), {"": Person(), **people})


async def _disclosed(connection: Connection, rows: dict[str, Row]) -> set[int]:
    """Adds the disclosures, and what they open, to the rows; gives the organisations to which something is disclosed."""
    to = set()
    for id_, story, account, fields, body, active, shown in await connection.fetch(DISCLOSED):
        whose = str(account) if account else None
        told = frozenset({("Disclosure", body)} if active else ())
        rows[f"Disclosure:{id_}"] = Row(f"Disclosure:{id_}", whose, "SHOWN" if shown else "", told=told)
        if active:
            to.add(body)
            for identity, names in ((f"Story:{story}", [*fields, "Story"]), (f"Account:{whose}", fields)):
                if identity in rows:
                    row = rows[identity]
                    rows[identity] = replace(row, told=row.told | {(name, body) for name in names})
    return to


def _acting(canary: Canary, asking: set[str]) -> Canary:
    """The id of an account, by whether it asks in these tests."""
    if canary.field == "Account" and canary.value in asking:
        return replace(canary, row=replace(canary.row, acts=True))
    return canary


def _story(found: Any) -> Row:
    author: UUID | None = found["author_id"]
    identity = f"Story:{found['id']}"
    return Row(identity, str(author) if author else None, found["status"], frozenset(found["bodies"]))


def _person(account: Any) -> Person:
    return Person(str(account["id"]), frozenset(account["roles"]), bodies=frozenset(account["bodies"]))


def _sealed(private: Mapping[str, str], rows: Mapping[str, Row], uses: Mapping[str, str]) -> Iterator[Canary]:
    """What is stored encrypted."""
    for place, value in private.items():
        column, _, key = place.partition(":")
        field = FIELDS[column]
        type_name, dot, _ = field.partition(".")
        identity = f"{type_name}:{uses.get(key, key)}" if dot else _person_of(column, key.partition(":")[0], rows, uses)
        yield Canary(field, rows[identity], _telling(column, value))


def _telling(column: str, value: str) -> str:
    """The part of a value that stands nowhere else."""
    if column == "mail.content":
        return value.rpartition("=")[2].rstrip('"}')
    # Of an original's text the last line differs from the public one: it holds a telephone number.
    return value.splitlines()[-1]


def _person_of(column: str, key: str, rows: Mapping[str, Row], uses: Mapping[str, str]) -> str:
    """Whose it is, of what no field shows."""
    return f"DataExport:{key}" if column.startswith("data_export") else f"Account:{uses.get(key, key)}"


async def _unsealed(connection: Connection, rows: Mapping[str, Row]) -> AsyncIterator[Canary]:
    """What is not encrypted, and never leaves: times that tell what somebody did, keys, hashes and ciphertexts."""
    for field, statement in MOMENTS.items():
        for person, moment in await connection.fetch(statement):
            yield Canary(field, rows[f"Account:{person}"], moment)
    for person, value in await connection.fetch(MACHINERY):
        for text in (value.hex(), base64.b64encode(value).decode().rstrip("=")):
            yield Canary("not in the API", rows[f"Account:{person}"], text)


def _written(rows: Mapping[str, Row], stories: Any, responses: Any) -> Iterator[Canary]:
    """What people wrote that is not public, and when stories were sent."""
    shown = [found for found in stories if found["status"] == "PUBLISHED"]
    public = "\n".join(text for found in shown for text in (found["title"], found["body"])).casefold()
    for found in stories:
        story = rows[f"Story:{found['id']}"]
        yield Canary("Story.submittedAt", story, found["submitted_at"])
        title = found["title"] or ""
        if story.status != "PUBLISHED" and len(title) >= SHORTEST_TITLE and title.casefold() not in public:
            yield Canary("Story.title", story, title)
        if found["body"] and story.status != "PUBLISHED":
            # A title may well occur in another story's text, a first line does not.
            yield Canary("Story.body", story, found["body"].splitlines()[0])
    for found in responses:
        response = rows[f"Response:{found['id']}"]
        if response.status != "PUBLISHED" or (response.story and response.story.status != "PUBLISHED"):
            yield Canary("Response", response, found["body"].splitlines()[0])
