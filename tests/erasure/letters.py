"""A life in which staff set alerts, people refuse e-mails, and workers send them: each once, with nothing private."""

import re
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

from jobs.job import Work
from jobs.schedule import JOBS
from jobs.worker import run_once
from models.alert import AlertFrequency
from models.mail import MailTopic
from operations.alert.create import Wanted, create
from operations.alert.delete import delete
from operations.mail.preference import refuse
from operations.mail.render import FOLDER
from operations.mail.topic import TOPICS
from settings import Settings
from tests.erasure.career import Career
from tests.erasure.life import Deed, Told
from tests.moderation.desk import URL

NAMED = {job.name: job for job in JOBS}
# Whatever the server's other databases are at, it has nothing left that is older than these events.
SETTLED = "select pg_snapshot_xmin(pg_current_snapshot()) > coalesce(max(transaction), '0') from event"
DUE = "update alert_match set due_at = now() where told_at is null"
LINK = re.compile(rf"{re.escape(URL)}/stories/(\d+)")
CHANNELS = {"candour_event": re.compile(r"\d+ [A-Z_]+ \d+"), "candour_work": re.compile(r"[a-z_]+")}
CONDITIONS: dict[str, dict[str, Any]] = {
    "any": {},
    "service": {"service_id": 1},
    "grave": {"criticality": (3, None)},
    "edited": {"search": "edited"},
}
PLAIN = (
    "event", "event_reader", "job_run", "job_record", "alert_match", "mail_refusal",
    "(select id, account_id, template, queued_at, due_at, attempts, sent_at, failed_at, fault from mail)",
)  # fmt: skip
Letter = tuple[str, str, tuple[int, ...]]


@dataclass
class Alert:
    """What somebody wants to hear of."""

    owner: UUID
    frequency: AlertFrequency
    condition: str


@dataclass
class Letters(Career):
    """Which e-mails there have to be, and what was heard and seen of them."""

    folder: Path = Path()
    asked: int = 0
    alerts: dict[UUID, Alert] = field(default_factory=dict)
    matches: dict[tuple[UUID, int], bool] = field(default_factory=dict)
    refused: dict[UUID, set[MailTopic]] = field(default_factory=dict)
    waiting: list[tuple[UUID, str, tuple[int, ...]]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)

    def deeds(self) -> list[tuple[int, Deed]]:
        return [
            *super().deeds(),
            (4, self.alert),
            (1, self.forget),
            (1, self.refuse),
            (3, self.match),
            (3, self.deliver),
        ]

    async def begin(self) -> None:
        """Some people, who work here or write, and alerts, so that there is something to be told of."""
        for deed in (*[self.join] * 3, *[self.employ] * 2, *[self.tell] * 3, self.submit, *[self.alert] * 3):
            await deed()

    async def listen(self) -> None:
        """Hear what whoever listens is told."""

        def hear(_connection: object, _pid: int, channel: str, said: object) -> None:
            assert CHANNELS[channel].fullmatch(str(said)), said
            self.told.append(str(said))

        for channel in CHANNELS:
            await self.world.connection.add_listener(channel, hear)  # type: ignore[arg-type]

    def expect(self, who: UUID, template: str, *numbers: int) -> None:
        if TOPICS[template] not in self.refused.get(who, ()):
            self.waiting.append((who, template, numbers))

    async def alert(self) -> None:
        """A member of staff sets an alert; each is of another sort."""
        if person := self._staff():
            frequency = list(AlertFrequency)[self.asked % 3]
            condition = list(CONDITIONS)[self.asked % 4]
            self.asked += 1
            wanted = Wanted(f"of {person.mark}", frequency, **CONDITIONS[condition])
            async with self.world.sessions.begin() as session:
                made = await create(session, self.world.plan(person.member), person.member, wanted)
            self.alerts[made.id] = Alert(person.id, frequency, condition)

    async def forget(self) -> None:
        """Who set an alert deletes it, staff or not any more."""
        if self.alerts:
            id_ = self.chance.choice(list(self.alerts))
            async with self.world.sessions.begin() as session:
                await delete(session, self.people[self.alerts.pop(id_).owner].member, id_)

    async def refuse(self) -> None:
        person, topic = self._somebody(), self.chance.choice(list(MailTopic))
        async with self.world.sessions.begin() as session:
            await refuse(session, person.id, topic)
        self.refused.setdefault(person.id, set()).add(topic)
        self.waiting = [one for one in self.waiting if one[0] != person.id or TOPICS[one[1]] != topic]

    async def erase(self) -> None:
        await super().erase()
        there = self.people.keys()
        self.waiting = [one for one in self.waiting if one[0] in there]
        self.alerts = {id_: alert for id_, alert in self.alerts.items() if alert.owner in there}

    async def match(self) -> None:
        """A worker looks at which alerts the stories meet that were shown since the last time."""
        while not await self.world.connection.fetchval(SETTLED):
            await self.world.connection.execute("select pg_sleep(0.01)")
        await self._run("match alerts")
        for story in (self.stories[number] for number in self.shown if number in self.stories):
            for id_, alert in self.alerts.items():
                if self._may_hear(alert, story) and self._meets(alert, story):
                    self.matches.setdefault((id_, story.number), False)
        self.shown.clear()

    def _may_hear(self, alert: Alert, story: Told) -> bool:
        seen = story.state in ("PREVIEW", "PUBLISHED", "RESTRICTED") and story.author != alert.owner
        return seen and self.people[alert.owner].member.staff

    def _meets(self, alert: Alert, story: Told) -> bool:
        return {
            "grave": story.criticality is not None and story.criticality >= 3,
            "edited": story.edited,
        }.get(alert.condition, True)

    async def deliver(self) -> None:
        """Mornings come, and workers send all that is to be sent: no e-mail is missing, none too many."""
        await self.match()
        await self.world.connection.execute(DUE)
        for name in ("tell similar", "send alerts", "send mail"):
            await self._run(name)
        self._expect_similar()
        self._expect_alerts()
        letters = Counter(self._opened(path) for path in self.folder.glob("mail/*.eml"))
        people = self.people
        assert letters == Counter(
            (people[who].email, _subject(template, numbers), numbers) for who, template, numbers in self.waiting
        )
        self.sent.update(template for _, template, _ in self.waiting)
        self.waiting.clear()

    def _expect_similar(self) -> None:
        for story in (self.stories[number] for number in self.made if number in self.stories):
            if story.state == "PUBLISHED" and any(a.claim == "MADE" for a in story.published()):
                for who in story.asking:
                    self.expect(who, "similar_change_made", story.number)
        self.made.clear()

    def _expect_alerts(self) -> None:
        due: dict[tuple[UUID, AlertFrequency], set[int]] = {}
        for (id_, number), told in self.matches.items():
            self.matches[id_, number] = True
            alert, story = self.alerts.get(id_), self.stories.get(number)
            if not told and alert and story and self._may_hear(alert, story):
                due.setdefault((alert.owner, alert.frequency), set()).add(number)
        for (owner, frequency), numbers in due.items():
            template = "alert" if frequency == AlertFrequency.AT_ONCE else "alert_digest"
            self.expect(owner, template, *sorted(numbers))

    def _opened(self, path: Path) -> Letter:
        """An e-mail, without what it says to nobody but its person; nothing private of anybody stands in it."""
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        path.unlink()
        body, to = message.get_body(("plain",)), message["To"]
        assert body is not None
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        heads = [str(value) for name, value in message.items() if name != "To"]
        said = "\n".join([*parts, *heads])
        # SECURITY: P01, P02, P03: every address, postcode, pen name and text of a person holds their mark.
        private = [person for person in [*self.people.values(), *self.erased] if person.mark in said]
        assert [person for person in private if person.email != to or f"of {person.mark}" not in said] == []
        return to, message["Subject"], tuple(sorted({int(number) for number in LINK.findall(body.get_content())}))

    async def quiet(self) -> None:
        """What is written for workers and listeners says nothing of anybody."""
        for table in PLAIN:
            rows = await self.world.connection.fetch(f"select row_to_json(t)::text from {table} as t")
            text = "\n".join([*self.told, *(row[0] for row in rows)])
            assert [person for person in self.people.values() if person.mark in text] == [], table

    async def _run(self, name: str) -> None:
        chosen = Settings(CANDOUR_DATA=self.folder, CANDOUR_URL=URL)
        pool: Any = None
        await run_once(Work(self.world.sessions.begin, pool, self.world.keyring, chosen), NAMED[name])


def _subject(template: str, numbers: tuple[int, ...]) -> str:
    line = (FOLDER / f"{template}.txt").read_text(encoding="utf-8").partition("\n")[0]
    return line.replace("{{ number }}", str(numbers[0])).strip()
