"""Rows of many stories, made from their numbers alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models.story import Routing, StoryProgress, StoryStatus
from operations.demo.atlas import Atlas, Place
from operations.demo.crowd import AUTHORS, GROUP, START, Author, Crowd, Rows, account_id, group_of
from operations.demo.dice import NOW, SPAN, Dice, dice
from operations.demo.plot import SHOWN
from operations.demo.variant import VARIANTS, answers
from operations.demo.written import written_stories

S = StoryStatus
BATCH = 20_000
"""Stories written in one transaction; a whole number of groups."""
GOLDEN = 0.618_033_988_749_894_8
"""Its multiples spread evenly over the years, however many there are."""
SECONDS = (SPAN - timedelta(days=4)).total_seconds()
SHARES = (
    (0.97, S.PUBLISHED), (0.98, S.RESTRICTED), (0.99, S.REJECTED), (0.995, S.WITHDRAWN), (0.998, S.SUBMITTED),
    (1.0, S.IN_REVIEW),
)  # fmt: skip
"""How often each status comes, added up."""
ANSWERED = 0.9
"""The share of stories whose text has responses that get them; seven texts in ten have some."""


@dataclass(slots=True)
class Batch:
    """Rows by table; `group` is the first one in it, `responses` how many response ids they take."""

    group: int
    rows: Rows = field(default_factory=lambda: defaultdict(list))
    responses: int = 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one story."""

    number: int
    text: int
    status: StoryStatus
    place: Place
    submitted: datetime
    shown: datetime | None


class Press:
    """Makes batches for one database."""

    def __init__(self, atlas: Atlas, crowd: Crowd, responders: Mapping[int, UUID]) -> None:
        """`responders` are accounts by organisation."""
        self._crowd = crowd
        self._responders = responders
        self._places = [atlas.settings[written.setting] for written in written_stories()]
        self._siblings = atlas.run_by
        self._atlas = atlas

    def make(self, numbers: range, known: Mapping[UUID, bytes]) -> Batch:
        """The stories with these numbers; `known` are wrapped keys of accounts that exist already."""
        batch = Batch(group_of(numbers[0]))
        for group in range(group_of(numbers[0]), group_of(numbers[-1]) + 1):
            authors = self._crowd.authors(batch.rows, group, known)
            begin = group * GROUP + 1
            for number in range(max(begin, numbers[0]), min(begin + GROUP - 1, numbers[-1]) + 1):
                chance = dice(number)
                fate = self._fate(number, chance)
                self._place(batch, fate, chance)
                self._tell(batch, fate, authors[int(chance.random() * AUTHORS)], chance)
        return batch

    def _fate(self, number: int, chance: Dice) -> Fate:
        text = int(chance.random() * len(self._places))
        # Few services get many stories, many a few.
        places = self._places[text]
        place = places[int(len(places) * chance.random() ** 2)]
        status = _status(chance.random())
        submitted = START + timedelta(seconds=int(number * GOLDEN % 1.0 * SECONDS))
        shown = submitted + timedelta(hours=5 + int(chance.random() * 60)) if status in SHOWN else None
        return Fate(number, text, status, place, submitted, shown)

    def _place(self, batch: Batch, fate: Fate, chance: Dice) -> None:
        """Which services it is about: one, or now and then another one of the same organisation."""
        shown_at = fate.shown or fate.submitted
        services = batch.rows["story_service"]
        services.append((fate.number, fate.place.service, 0, shown_at))
        if chance.random() < 0.2:
            others = self._siblings[fate.place.organisation]
            other = others[int(len(others) * chance.random())]
            if other is not fate.place:
                services.append((fate.number, other.service, 1, shown_at))

    def _tell(self, batch: Batch, fate: Fate, author: Author, chance: Dice) -> None:
        number, key = fate.number, author.key
        routing, postcode = self._route(batch, fate, chance)
        count, delay, progress = answers(fate.text)
        answered = count and fate.shown and fate.shown + delay < NOW and chance.random() < ANSWERED
        gone = fate.status == S.WITHDRAWN
        batch.rows["incoming"].append(
            (
                number, fate.text * VARIANTS + int(chance.random() * VARIANTS), fate.text, fate.status,
                fate.place.region, progress if answered else StoryProgress.AWAITING_RESPONSE, fate.submitted,
                fate.shown, self._mark(batch, fate, chance), routing, author.id,
                key.encrypt(postcode, f"story.postcode:{number}") if postcode else None,
                None if gone else key.encrypt(_ip_address(number), f"story.ip_address:{number}"),
                batch.responses if answered else None, fate.place.organisation,
                self._responders.get(fate.place.organisation),
            )
        )  # fmt: skip
        if answered:
            batch.responses += count

    def _route(self, batch: Batch, fate: Fate, chance: Dice) -> tuple[Routing, str | None]:
        """Where the author's postcode leads; every 20th story comes without one, a few with an unknown one."""
        if fate.number % 20 == 0 or fate.status == S.WITHDRAWN:
            return Routing.NO_POSTCODE, None
        near = self._atlas.around(fate.place)
        if not near or chance.random() < 0.02:
            return Routing.UNKNOWN_POSTCODE, "QX1 1AA"
        postcode = near[int(len(near) * chance.random())]
        day = fate.submitted.date()
        for area in self._atlas.on(self._atlas.postcodes[postcode], day, chance):
            batch.rows["story_area"].append((fate.number, area))
        return Routing.ROUTED, postcode

    def _mark(self, batch: Batch, fate: Fate, chance: Dice) -> int:
        """Who had a similar experience: mostly nobody, now and then a few, rarely many. Returns how many."""
        throw = chance.random()
        if not fate.shown or throw > 0.1:
            return 0
        count = 1 + int(throw * 40) if throw > 0.005 else 10 + int(throw * 4000)
        groups = group_of(fate.number) - batch.group + 1
        who = {
            account_id(batch.group + int(chance.random() * groups), int(chance.random() * AUTHORS))
            for _ in range(count)
        }
        marked_at = fate.shown + (NOW - fate.shown) * chance.random()
        batch.rows["similar_experience"] += [(account, fate.number, marked_at) for account in who]
        batch.rows["reading"] += [(account, fate.number, marked_at) for account in who]
        return len(who)


def _status(throw: float) -> StoryStatus:
    if throw < SHARES[0][0]:
        return SHARES[0][1]
    return next(status for share, status in SHARES if throw < share)


def _ip_address(number: int) -> str:
    return f"2001:db8:2:{number >> 16:x}::{number & 0xFFFF:x}"
