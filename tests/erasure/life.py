"""A small world whose people do things at random, beside a model of what has to be true of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from models.change import ChangeKind
from models.consent import ConsentPurpose
from operations.account import hold
from operations.consent import set_consent
from operations.correction import correct
from operations.data_export.request import request
from operations.erasure import erase
from operations.reading import record_reading
from operations.similar import mark_similar, unmark_similar
from operations.story import withdraw_story
from tests.consent.world import World
from tests.erasure.person import Person, insert, somebody

FEED, PUBLISH = ConsentPurpose.FEED, ConsentPurpose.PUBLISH
Deed = Callable[[], Awaitable[None]]
STATES = ("PUBLISHED", "PUBLISHED", "RESTRICTED", "PREVIEW", "SUBMITTED", "REJECTED")


@dataclass
class Answer:
    """A response, or without an organisation its author's reply."""

    writer: UUID
    organisation: bool
    claim: ChangeKind | None = None
    state: str = "PENDING"
    settled: bool = False


@dataclass
class Told:
    """A story that is there; a preview `ends` by itself unless it is held."""

    number: int
    author: UUID
    state: str
    ends: bool = False
    edited: bool = False
    criticality: int | None = None
    marks: set[UUID] = field(default_factory=set)
    asking: set[UUID] = field(default_factory=set)
    answers: dict[int, Answer] = field(default_factory=dict)

    def published(self, claim: ChangeKind | None = None) -> list[Answer]:
        """What organisations say about it to everybody; with that claim, if one is given."""
        found = [answer for answer in self.answers.values() if answer.organisation and answer.state == "PUBLISHED"]
        return [answer for answer in found if claim in (None, answer.claim)]

    @property
    def progress(self) -> str:
        """How far it has come."""
        for claim, step in (
            (ChangeKind.MADE, "CHANGE_MADE"),
            (ChangeKind.PLANNED, "CHANGE_PLANNED"),
            (None, "RESPONDED"),
        ):
            if self.published(claim):
                return step
        return "AWAITING_RESPONSE"


@dataclass
class Life:
    """The world, what is true of it, and who is gone for ever."""

    world: World
    chance: Random
    people: dict[UUID, Person] = field(default_factory=dict)
    stories: dict[int, Told] = field(default_factory=dict)
    feeds: set[UUID] = field(default_factory=set)
    erased: list[Person] = field(default_factory=list)
    gone: dict[int, str] = field(default_factory=dict)

    def deeds(self) -> list[tuple[int, Deed]]:
        """What people may do, and how often they do it; the first makes a life."""
        return [
            (3, self.join), (6, self.tell), (6, self.mark), (3, self.unmark), (4, self.read), (3, self.withdraw),
            (5, self.share), (1, self.unpublish), (2, self.rename), (2, self.copy), (2, self.erase),
        ]  # fmt: skip

    async def step(self) -> str:
        """Somebody does something; its name."""
        deeds = self.deeds()
        if len(self.people) < 2:
            deeds = deeds[:1]
        weights, choices = zip(*deeds, strict=True)
        (deed,) = self.chance.choices(choices, weights)
        await deed()
        return str(deed.__name__)

    def _somebody(self) -> Person:
        return self.chance.choice(list(self.people.values()))

    def _public(self, reader: Person) -> Told | None:
        """A published story of somebody else's."""
        found = [s for s in self.stories.values() if s.state == "PUBLISHED" and s.author != reader.id]
        return self.chance.choice(found) if found else None

    async def join(self) -> None:
        person = await somebody(self.world)
        self.people[person.id] = person

    async def tell(self) -> None:
        author, state = self._somebody(), self.chance.choice(STATES)
        number = await self.world.story(author.member, state)
        sealed = author.seal("story", number, postcode=f"CD2 {author.mark}")
        await self.world.connection.execute(
            "update story set title = $2, body = $2, postcode = $3 where id = $1",
            *(number, f"told by {author.mark}", sealed["postcode"]),
        )
        tag = await insert(self.world, "tag", "id", kind="GOOD", label=f"{number} {author.mark}")
        await insert(self.world, "story_tag", story_id=number, tag_id=tag, position=0)
        self.stories[number] = Told(number, author.id, state)

    async def mark(self) -> None:
        reader = self._somebody()
        if story := self._public(reader):
            notify = self.chance.random() < 0.6
            async with self.world.sessions.begin() as session:
                await mark_similar(session, self.world.plan(reader.member), reader.member, story.number, notify)
            story.marks.add(reader.id)
            (story.asking.add if notify else story.asking.discard)(reader.id)

    async def unmark(self) -> None:
        reader = self._somebody()
        if story := self._public(reader):
            async with self.world.sessions.begin() as session:
                await unmark_similar(session, self.world.plan(reader.member), reader.member, story.number)
            story.marks.discard(reader.id)
            story.asking.discard(reader.id)

    async def read(self) -> None:
        reader = self._somebody()
        if story := self._public(reader):
            async with self.world.sessions.begin() as session:
                await record_reading(session, self.world.plan(reader.member), reader.member, story.number)

    async def withdraw(self) -> None:
        if not self.stories:
            return
        story = self.chance.choice(list(self.stories.values()))
        author = self.people[story.author].member
        async with self.world.sessions.begin() as session:
            await withdraw_story(session, self.world.plan(author), author, story.number)
        self._bury(story.number, "WITHDRAWN")

    async def share(self) -> None:
        person, granted = self._somebody(), self.chance.random() < 0.6
        async with self.world.sessions.begin() as session:
            await set_consent(session, self.world.keyring, person.id, FEED, granted, "API")
        (self.feeds.add if granted else self.feeds.discard)(person.id)

    async def unpublish(self) -> None:
        """Takes back PUBLISH, and gives it again: all stories are gone."""
        person = self._somebody()
        for granted in (False, True):
            async with self.world.sessions.begin() as session:
                await set_consent(session, self.world.keyring, person.id, PUBLISH, granted, "API")
        for number in [s.number for s in self.stories.values() if s.author == person.id]:
            self._bury(number, "WITHDRAWN")

    async def rename(self) -> None:
        person = self._somebody()
        async with self.world.sessions.begin() as session:
            values = {"pen_name": f"now {person.mark}"}
            await correct(session, self.world.keyring, person.id, values, "http://candour.test")

    async def copy(self) -> None:
        person = self._somebody()
        asked = "select count(*) from data_export where account_id = $1"
        if not await self.world.connection.fetchval(asked, person.id):
            async with self.world.sessions.begin() as session:
                await request(session, person.id)

    async def erase(self) -> None:
        person = self._somebody()
        async with self.world.sessions.begin() as session:
            await erase(session, self.world.keyring, await hold(session, person.id, change=True))
        del self.people[person.id]
        self.erased.append(person)
        self.feeds.discard(person.id)
        for story in list(self.stories.values()):
            story.marks.discard(person.id)
            story.asking.discard(person.id)
            story.answers = {id_: answer for id_, answer in story.answers.items() if answer.writer != person.id}
            if story.author == person.id:
                self._bury(story.number, "ERASED")

    def _bury(self, number: int, kind: str) -> None:
        del self.stories[number]
        self.gone[number] = kind
