"""Stories live at random: whoever tries whatever, only the drawn steps happen, and nothing unmoderated is ever public.

`CANDOUR_PROVE=1` makes more and longer lives.
"""

import os
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from models.consent import ConsentPurpose
from models.story import StoryStatus
from models.transition import TRANSITIONS
from operations import moderation
from operations.consent import set_consent
from operations.edit import Edit
from operations.problem import ProblemError
from operations.publication import end_previews
from operations.story import withdraw_story
from policies.viewer import Member
from tests.consent.world import World
from tests.moderation.desk import MODERATES, REASON, Step, author_of, do, moderator
from tests.moderation.test_decision import STEPS

RUNS, LENGTH = (40, 200) if os.environ.get("CANDOUR_PROVE") else (3, 60)
PUBLIC = "query($numbers: [ID!]!) { nodes(ids: $numbers) { ... on Story { number title body } } }"
STATES = "select id, status::text, title, author_id from story where id = any($1::int[])"
PUBLISHED = """
select story_id from moderation_entry where action = 'PUBLISHED' and story_id = any($1::int[])
"""
LET_IT_END = "update story set preview_until = now() where preview_until is not null and id = any($1::int[])"
EDITED = Edit(title="Another title")
MORE: dict[str, Step] = {
    "release": moderation.release_preview,
    "edit": lambda desk, number: moderation.publish(desk, number, EDITED),
    "refuse": lambda desk, number: moderation.reject(desk, number, REASON),
}


class Life:
    """Some stories and people, and where each story stood last."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.people: list[Member] = []
        self.authors: dict[int, Member] = {}
        self.stood: dict[int, str] = {}
        self.refused = 0
        self.seen: set[str] = set()

    async def begin(self) -> None:
        """Two who moderate, one of them an author as well, two authors, and somebody."""
        moderators = [await moderator(self.world), await moderator(self.world)]
        await self.world.agree(moderators[1].account_id, ConsentPurpose.PUBLISH)
        authors = [await author_of(self.world), await author_of(self.world), moderators[1]]
        self.people = [*moderators, *moderators, *authors, await self.world.person()]
        for place in range(8):
            author = authors[place % 3]
            number = await self.world.story(author, "SUBMITTED")
            self.authors[number], self.stood[number] = author, "SUBMITTED"

    async def step(self) -> None:
        """Somebody tries something with a story; a refusal is an outcome like any other."""
        number = self.chance.choice(list(self.stood))
        deeds: list[tuple[int, Callable[[int], Awaitable[None]]]] = [
            (30, self._moderate), (2, self._withdraw), (2, self._regret), (4, self._end),
        ]  # fmt: skip
        weights, choices = zip(*deeds, strict=True)
        (deed,) = self.chance.choices(choices, weights)
        try:
            await deed(number)
        except ProblemError:
            self.refused += 1

    async def _moderate(self, number: int) -> None:
        who, name = self.chance.choice(self.people), self.chance.choice(list(STEPS | MORE))
        before = self.stood[number]
        await do(self.world, who, (STEPS | MORE)[name], number)
        assert who.roles == MODERATES, "who does not moderate, decides nothing"
        assert self.authors[number].account_id != who.account_id, "nobody decides on a story of their own"
        assert before != "WITHDRAWN"

    async def _withdraw(self, number: int) -> None:
        who = self.chance.choice([self.authors[number], *self.people])
        async with self.world.sessions.begin() as session:
            await withdraw_story(session, self.world.plan(who), who, number)
        assert who.account_id == self.authors[number].account_id

    async def _regret(self, number: int) -> None:
        """Consent is taken back, or given again."""
        author, granted = self.authors[number].account_id, self.chance.random() < 0.7
        async with self.world.sessions.begin() as session:
            await set_consent(session, self.world.keyring, author, ConsentPurpose.PUBLISH, granted, "API")

    async def _end(self, number: int) -> None:
        """Three days pass, and the job runs."""
        await self.world.connection.execute(LET_IT_END, list(self.stood))
        async with self.world.sessions.begin() as session:
            await end_previews(session, self.world.keyring, "https://candour.example", min(self.stood) - 1)

    async def check(self) -> None:
        """Each story stands where it stood, or went a drawn step; what a visitor reads was published."""
        numbers = list(self.stood)
        published = {row["story_id"] for row in await self.world.connection.fetch(PUBLISHED, numbers)}
        rows = {row["id"]: row for row in await self.world.connection.fetch(STATES, numbers)}
        for number, row in rows.items():
            old, new = StoryStatus(self.stood[number]), StoryStatus(row["status"])
            assert new == old or new in TRANSITIONS[old], (number, old, new)
            self.stood[number] = new
            self.seen.add(new)
        answer = await self.world.answer(PUBLIC, None, numbers=[f"Story:{number}" for number in numbers])
        for number, node in zip(numbers, answer["data"]["nodes"], strict=True):
            shown = rows[number]["status"] in ("PUBLISHED", "RESTRICTED")
            assert (node is not None) == shown
            assert not shown or number in published
            assert not node or node["title"] == (
                rows[number]["title"] if rows[number]["status"] == "PUBLISHED" else None
            )


@pytest.mark.parametrize("run", range(RUNS))
async def test_p10_nothing_unmoderated_is_ever_public(world: World, run: int) -> None:
    """P10, P17: after every step of random lives."""
    life = Life(world, Random(run))
    await life.begin()
    for _ in range(LENGTH):
        await life.step()
        await life.check()
    assert life.refused > LENGTH // 5
    assert len(life.seen) > 4
