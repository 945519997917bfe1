"""A life in which people also send stories, moderate them, work for an organisation, respond and reply."""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from models.change import ChangeKind
from models.story import AgeGroup, AuthorRole
from models.tag import TagKind
from operations import moderation
from operations.edit import Edit
from operations.problem import ProblemError
from operations.publication import end_previews
from operations.response import write
from operations.response.moderate import moderate_response
from operations.response.settle import settle_responses
from operations.submission import Origin, Submission, idempotency_hash, submit
from policies.viewer import Member
from tests.erasure.life import Answer, Deed, Life, Told
from tests.erasure.person import Person
from tests.moderation.desk import URL, Step, do, moderator
from tests.moderation.test_decision import BECOMES, MODERATOR, STATES, STEPS

MAY = {
    name: {state for state, mark in zip(STATES.split(), marks, strict=True) if mark == "Y"}
    for name, *marks in (line.split() for line in MODERATOR.strip().splitlines())
}
"""In which states of a story a moderator takes a step."""
ENDED = "update story set preview_until = now() where preview_until is not null"
SETTLED = "update response set settles_at = now() where settles_at is not null"
DECIDED = ("PREVIEW", "PUBLISHED", "RESTRICTED")


@dataclass
class Career(Life):
    """What people do who work with stories; the moderator is nobody of this life."""

    moderator: Member | None = None
    shown: list[int] = field(default_factory=list)
    made: list[int] = field(default_factory=list)

    def deeds(self) -> list[tuple[int, Deed]]:
        return [
            *super().deeds(), (4, self.submit), (9, self.moderate), (2, self.end), (3, self.employ), (1, self.dismiss),
            (8, self.respond), (3, self.change_mind), (3, self.reply), (3, self.settle), (8, self.judge),
        ]  # fmt: skip

    def expect(self, who: UUID, template: str, number: int) -> None:
        """Somebody is to get an e-mail."""

    def _staff(self) -> Person | None:
        found = [person for person in self.people.values() if person.member.staff]
        return self.chance.choice(found) if found else None

    def _story(self) -> Told | None:
        return self.chance.choice(list(self.stories.values())) if self.stories else None

    async def submit(self) -> None:
        author, key = self._somebody(), uuid4().hex
        await self.world.connection.execute("delete from attempt where kind = 'SUBMIT'")
        services = [await self.world.connection.fetchval("select min(id) from service")]
        sent = Submission(
            f"told by {author.mark}", f"lived by {author.mark}", services, AgeGroup.ADULT, AuthorRole.CARER,
            tags=[(TagKind.GOOD, f"{key} {author.mark}")], pen_name=f"pen {author.mark}", key=key,
            origin=Origin(f"2001:db8:{key[:4]}::1", "website"),
        )  # fmt: skip
        begin, keyring = self.world.sessions.begin, self.world.keyring
        number = await submit(begin, keyring, author.id, sent)
        assert await submit(begin, keyring, author.id, sent) == number
        author.hashes.append(idempotency_hash(keyring, author.id, key) or b"")
        self.stories[number] = Told(number, author.id, "SUBMITTED")

    async def moderate(self) -> None:
        """The moderator tries a step, which is done where it is drawn, and nowhere else."""
        story = self._story()
        if story is None:
            return
        name = self.chance.choice([*STEPS, "release", "publish", "preview"])
        edit = Edit(title=f"edited {self.people[story.author].mark}", criticality=self.chance.randint(0, 5))
        steps: dict[str, Step] = {
            **STEPS,
            "release": moderation.release_preview,
            "publish": lambda desk, number: moderation.publish(desk, number, edit),
            "preview": lambda desk, number: moderation.preview(desk, number, edit),
        }
        may = story.state in MAY.get(name, {"PREVIEW"})
        if name in ("hold", "release"):
            may = may and story.ends == (name == "hold")
        self.moderator = self.moderator or await moderator(self.world)
        assert await self._done(do(self.world, self.moderator, steps[name], story.number)) == may, (name, story)
        if may:
            self._moderated(story, name, edit)

    def _moderated(self, story: Told, name: str, edit: Edit) -> None:
        story.state = BECOMES.get(name, "PREVIEW")
        story.ends = name in ("preview", "release")
        if name in ("preview", "publish"):
            story.edited, story.criticality = True, edit.criticality
            self.shown.append(story.number)
        if name in ("publish", "reject"):
            self.expect(story.author, {"publish": "story_published", "reject": "story_rejected"}[name], story.number)

    async def end(self) -> None:
        """Three days pass."""
        await self.world.connection.execute(ENDED)
        after: int | None = 0
        while after is not None:
            async with self.world.sessions.begin() as session:
                _, after = await end_previews(session, self.world.keyring, URL, after)
        for story in self.stories.values():
            if story.ends:
                story.state, story.ends = "PUBLISHED", False
                self.shown.append(story.number)
                self.expect(story.author, "story_published", story.number)

    async def employ(self) -> None:
        person = self._somebody()
        await self.world.connection.execute(
            "insert into membership (account_id, organisation_id, role)"
            " select $1, min(id), 'RESPONDER' from organisation on conflict do nothing",
            person.id,
        )
        person.member = replace(person.member, staff=True)

    async def dismiss(self) -> None:
        if person := self._staff():
            await self.world.connection.execute("delete from membership where account_id = $1", person.id)
            person.member = replace(person.member, staff=False)

    async def respond(self) -> None:
        person = self._staff()
        found = [s for s in self.stories.values() if s.state in ("PREVIEW", "PUBLISHED")]
        if person is None or not found:
            return
        story, claim = self.chance.choice(found), self.chance.choice([None, *ChangeKind])
        promised = write.Claim(claim, f"changed by {person.mark}") if claim else None
        written = write.Written(f"answered by {person.mark}", promised, staff_name=person.mark, job_title=person.mark)
        async with self.world.sessions.begin() as session:
            plan = self.world.plan(person.member)
            id_ = await write.respond(session, plan, person.member, story.number, written)
        story.answers[id_] = Answer(person.id, True, claim)

    async def reply(self) -> None:
        found = [
            (story, id_)
            for story in self.stories.values()
            for id_, answer in story.answers.items()
            if answer in story.published() and story.state in ("PREVIEW", "PUBLISHED")
        ]
        if not found:
            return
        story, id_ = self.chance.choice(found)
        author = self.people[story.author]
        async with self.world.sessions.begin() as session:
            plan = self.world.plan(author.member)
            reply = await write.reply_to_response(session, plan, author.member, id_, f"replied by {author.mark}")
        story.answers[reply] = Answer(author.id, False)

    def _pending(self, settled: bool) -> tuple[Told, int, Answer] | None:
        found = [
            (story, id_, answer)
            for story in self.stories.values()
            for id_, answer in story.answers.items()
            if answer.state == "PENDING" and answer.settled == settled
        ]
        return self.chance.choice(found) if found else None

    async def change_mind(self) -> None:
        """Who wrote a response edits or undoes it; who does not work there any more can't."""
        if (chosen := self._pending(settled=False)) is None:
            return
        story, id_, answer = chosen
        person = self.people[answer.writer]
        plan, who, undone = self.world.plan(person.member), person.member, self.chance.random() < 0.5

        async def change() -> None:
            async with self.world.sessions.begin() as session:
                if undone:
                    await write.undo_response(session, plan, who, id_)
                else:
                    await write.edit_response(session, plan, who, id_, f"mended by {person.mark}")

        if await self._done(change()) and undone:
            del story.answers[id_]

    async def settle(self) -> None:
        """Half an hour passes: what is trusted is published, and all else waits for the moderator."""
        await self.world.connection.execute(SETTLED)
        await settle_responses(self.world.sessions.begin, self.world.keyring, URL)
        rows = await self.world.connection.fetch("select id from response where status = 'PUBLISHED'")
        fast = {row["id"] for row in rows}
        for story in self.stories.values():
            for id_, answer in story.answers.items():
                settles, answer.settled = not answer.settled, True
                if settles and id_ in fast:
                    assert answer.organisation
                    assert answer.claim is None
                    assert story.state == "PUBLISHED"
                    self._published(story, answer)

    async def judge(self) -> None:
        """The moderator publishes a response or turns it down, where the story can still be read."""
        if (chosen := self._pending(settled=True)) is None:
            return
        story, id_, answer = chosen
        who = self.moderator = self.moderator or await moderator(self.world)
        reason = "It names a nurse." if self.chance.random() < 0.2 else None

        async def decide() -> None:
            async with self.world.sessions.begin() as session:
                await moderate_response(session, self.world.keyring, self.world.plan(who), who, id_, reason, URL)

        done = await self._done(decide())
        assert done == (story.state in DECIDED)
        if done and reason:
            answer.state = "REJECTED"
        elif done:
            self._published(story, answer)

    def _published(self, story: Told, answer: Answer) -> None:
        answer.state = "PUBLISHED"
        if answer.organisation:
            self.expect(story.author, "response_published", story.number)
        if answer.claim == ChangeKind.MADE:
            self.expect(story.author, "change_made", story.number)
            self.made.append(story.number)

    @staticmethod
    async def _done(work: Awaitable[object]) -> bool:
        try:
            await work
        except ProblemError:
            return False
        return True
