"""What becomes of each written story: its number, status, author, services and times."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.story import StoryStatus
from operations.demo.atlas import Atlas, Place
from operations.demo.cast import Bodies
from operations.demo.dice import NOW, SPAN, Dice, hours, moments
from operations.demo.people import Person, Society
from operations.demo.written import WrittenStory, written_stories

S = StoryStatus
SHOWN = (S.PUBLISHED, S.RESTRICTED)
LEADING = (
    ("How I was told", S.PUBLISHED, timedelta(days=120)),
    ("Wound infection, no one to ring", S.SUBMITTED, timedelta(hours=3)),
    ("The ward at night after my bowel op", S.IN_REVIEW, timedelta(hours=20)),
    ("Cancelled on the trolley", S.PREVIEW, timedelta(hours=30)),
    ("14 hours on a plastic chair aged 86", S.RESTRICTED, timedelta(days=200)),
    ("Discharged at 2am in a nightie", S.REJECTED, timedelta(days=90)),
    ("Something was left inside me", S.WITHDRAWN, timedelta(days=150)),
    ("Chest pain at three in the morning", S.PUBLISHED, timedelta(days=60)),
)
"""Stories 1 to 8: `author@`'s, about `staff@`'s trust, with how long ago they were sent."""
WAITING = {S.SUBMITTED: 11, S.IN_REVIEW: 7, S.PREVIEW: 7}
DECIDED = {S.RESTRICTED: 7, S.REJECTED: 7, S.WITHDRAWN: 9}
NOBODYS = (9, 10)
"""The oldest stories, which came without an account."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One story's way; `shown` is when it was published, if it was."""

    number: int
    written: WrittenStory
    status: StoryStatus
    author: Person | None
    places: tuple[Place, ...]
    submitted: datetime
    shown: datetime | None

    @property
    def leading(self) -> bool:
        """Whether it is one of the first eight."""
        return self.number <= len(LEADING)


def plots(atlas: Atlas, bodies: Bodies, society: Society, chance: Dice) -> Iterator[Plot]:
    """All 300: story 1 is published and has everything that a story can have."""
    texts = {written.title: written for written in written_stories()}
    leading = {title: texts.pop(title) for title, _, _ in LEADING}
    yield from _leading(leading, atlas, bodies, society)
    yield from _others(list(texts.values()), atlas, society, chance)


def _leading(texts: Mapping[str, WrittenStory], atlas: Atlas, bodies: Bodies, society: Society) -> Iterator[Plot]:
    for number, (title, status, ago) in enumerate(LEADING, 1):
        place = _within(atlas, bodies.trust, texts[title].setting)
        submitted = NOW - ago
        shown = submitted + timedelta(days=1) if status in SHOWN else None
        yield Plot(number, texts[title], status, society.named["author"], (place,), submitted, shown)


def _others(texts: list[WrittenStory], atlas: Atlas, society: Society, chance: Dice) -> Iterator[Plot]:
    chance.shuffle(texts)
    fates = zip(texts, _statuses(len(texts), chance), _times(len(texts), chance), strict=True)
    for number, (written, status, submitted) in enumerate(fates, len(LEADING) + 1):
        author = None if number in NOBODYS else chance.choice(society.authors)
        places = _about(atlas, written.setting, chance)
        shown = submitted + hours(chance, 5, 80) if status in SHOWN else None
        yield Plot(number, written, status, author, places, submitted, shown)


def _times(count: int, chance: Dice) -> list[datetime]:
    """When they were sent, in order; those that still wait, in the last days."""
    waiting = sum(WAITING.values())
    decided = moments(chance, count - waiting, SPAN, timedelta(days=4))
    return decided + moments(chance, waiting, timedelta(hours=60), timedelta(hours=1))


def _statuses(count: int, chance: Dice) -> list[StoryStatus]:
    waiting = [status for status, number in WAITING.items() for _ in range(number)]
    decided = [status for status, number in DECIDED.items() for _ in range(number)]
    decided += [S.PUBLISHED] * (count - len(waiting) - len(decided) - len(NOBODYS))
    chance.shuffle(decided)
    chance.shuffle(waiting)
    return [S.PUBLISHED] * len(NOBODYS) + decided + waiting


def _within(atlas: Atlas, organisation: int, setting: str) -> Place:
    own = [place for place in atlas.settings[setting] if place.organisation == organisation]
    return (own or atlas.run_by[organisation])[0]


def _about(atlas: Atlas, setting: str, chance: Dice) -> tuple[Place, ...]:
    """A service of the setting and, now and then, another one of the same organisation."""
    first = chance.choice(atlas.settings[setting])
    others: Sequence[Place] = [place for place in atlas.run_by[first.organisation] if place != first]
    if others and chance.random() < 0.2:
        return first, chance.choice(others)
    return (first,)
