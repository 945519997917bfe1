"""What is private in the demo world, and whose it is: read from the database, past the application."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.database.connection import Connection
from models.secret import Keyring
from operations.demo.cast import HOST, PARTS
from tests.demo.world import private_values
from tests.leaks.site.sight import SIGHT, Person, Row

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
    rows = {f"Account:{i}": Row(f"Account:{i}", i, bodies=frozenset(a["bodies"])) for i, a in accounts.items()}
    for story in stories:
        rows[f"Story:{story['id']}"] = _story(story)
    for found in responses:
        identity, story = f"Response:{found['id']}", rows[f"Story:{found['story_id']}"]
        rows[identity] = Row(identity, None, found["status"], frozenset(found["bodies"]), story)
    private = await private_values(connection, keyring)
    canaries = [*_sealed(private, rows, uses), *_written(rows, stories, responses)]
    canaries += [Canary("Account", rows[f"Account:{identity}"], identity) for identity in accounts]
    owners = {v: p.removeprefix("account.email:") for p, v in private.items() if p.startswith("account.email:")}
    people = {part.name: _person(accounts[owners[f"{part.name}@{HOST}"]]) for part in PARTS}
    return Facts(rows, tuple(canaries), {"": Person(), **people})


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
        identity = f"Account:{uses.get(key, key)}" if FIELDS[column][0] in "Ad" else f"Story:{key}"
        # Of an original's text the last line differs from the public one: it holds a telephone number.
        yield Canary(FIELDS[column], rows[identity], value.splitlines()[-1])


def _written(rows: Mapping[str, Row], stories: Any, responses: Any) -> Iterator[Canary]:
    """What people wrote that is not public, and when stories were sent."""
    for found in stories:
        story = rows[f"Story:{found['id']}"]
        yield Canary("Story.submittedAt", story, found["submitted_at"])
        if found["body"] and story.status != "PUBLISHED":
            # A title may well occur in another story's text, a first line does not.
            yield Canary("Story.body", story, found["body"].splitlines()[0])
    for found in responses:
        response = rows[f"Response:{found['id']}"]
        if response.status != "PUBLISHED" or (response.story and response.story.status != "PUBLISHED"):
            yield Canary("Response", response, found["body"].splitlines()[0])
