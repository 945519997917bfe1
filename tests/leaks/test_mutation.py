"""Mutations tell nobody anything of anybody else: not with others' ids, not with nonsense, not by how they refuse.

Every mutation of the schema is called, by everybody. P01 to P05, P19 and P27.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import httpx2
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring
from tests.leaks.answer import Haystack, Heard
from tests.leaks.conftest import Logged, Site, client_of, opened
from tests.leaks.document import complete
from tests.leaks.facts import Canary, Facts, read_facts
from tests.leaks.mutating import NONSENSE, SHOWS_WHAT_WAS_SENT, TRIES, document, mutations, nonsense, other_than
from tests.leaks.sight import SIGHT, Person

VIEWERS = (
    ("", ""), ("member", ""), ("author", ""), ("staff", ""), ("moderator", ""), ("safeguarding", "safeguarding"),
    ("abuse", "abuse"), ("dpo", ""), ("dpo", "complaint"), ("admin", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
async def tried(cluster: EmbeddedPostgres, demo_template: str, keyring: Keyring) -> AsyncIterator[Site]:
    """The application on a world of this module's own."""
    async with opened(cluster, demo_template, keyring) as found:
        yield found


@pytest.fixture(scope="module")
async def known(tried: Site, keyring: Keyring) -> Facts:
    """What is private in that world."""
    connection = await asyncpg.connect(normalise(tried.dsn))
    try:
        return await read_facts(connection, keyring)
    finally:
        await connection.close()


def _beyond(canaries: list[Canary], person: Person) -> list[str]:
    return sorted(f"{c.field} of {c.row.identity}" for c in canaries if not c.may_be_met_by(person))


def _blind(person: Person, facts: Facts, identity: str) -> bool:
    """Whether the person may not see a row at all."""
    row = facts.rows.get(identity)
    return row is None or not SIGHT[identity.partition(":")[0]](person, row)


class Tries:
    """All mutations by one viewer."""

    def __init__(self, site: Site, facts: Facts, name: str, purpose: str, place: int) -> None:
        """Everybody has an address, by their `place`, of their own: attempts are counted."""
        self.site, self.facts, self.name, self.purpose, self.place = site, facts, name, purpose, place
        self.client = client_of(site.app, f"2001:db8:ffff:{place:x}::1")
        self.person = replace(facts.people[name], purpose=purpose)
        self.heard = Heard()
        self.telling: list[str] = []
        """Mutations whose answer depends on what the viewer may not see."""
        self.echoing: list[str] = []
        """Mutations that repeat what was sent."""

    async def send(self, name: str, given: dict[str, object]) -> httpx2.Response:
        """One call, remembered with its headers."""
        body = {"query": complete(document(name, given)), "variables": given}
        headers = await self.site.headers(self.name, self.purpose)
        answer = await self.client.post("/graphql", json=body, headers=headers)
        self.heard.hear(answer)
        assert name == "signOut" or "set-cookie" not in answer.headers, name
        assert answer.status_code != 500, (name, answer.text)
        return answer

    async def all(self) -> None:
        """Every mutation, with what is others' and with nonsense."""
        other = other_than(self.facts, self.person, self.place)
        for name in mutations():
            for given, nobodys in TRIES[name](other):
                answer = await self.send(name, given)
                hidden = all(_blind(self.person, self.facts, str(value)) for value in given.values())
                if nobodys is not None and hidden and answer.content != (await self.send(name, nobodys)).content:
                    self.telling.append(name)
            for given in nonsense(name):
                answer = await self.send(name, given)
                if name not in SHOWS_WHAT_WAS_SENT and NONSENSE in answer.text:
                    self.echoing.append(name)


def test_every_mutation_is_tried_here() -> None:
    assert sorted(TRIES) == sorted(mutations()), "see tests/leaks/mutating.py"


@pytest.mark.parametrize("viewer", VIEWERS, ids=" ".join)
async def test_no_mutation_tells_of_others(
    tried: Site, known: Facts, logged: Logged, capfd: pytest.CaptureFixture[str], viewer: tuple[str, str]
) -> None:
    tries = Tries(tried, known, *viewer, VIEWERS.index(viewer))
    await tries.all()
    holding = tries.heard.holding()
    assert _beyond([canary for canary in known.canaries if canary.value in holding], tries.person) == []
    assert tries.telling == []
    assert tries.echoing == []
    printed = capfd.readouterr()
    lines = Haystack(logged.text + printed.out + printed.err)
    assert lines.text.count('"event":"request"') > len(TRIES)
    assert NONSENSE not in lines
    assert [canary.field for canary in known.canaries if canary.value in lines] == []
