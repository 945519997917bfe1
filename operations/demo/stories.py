"""Stories as they are stored, with their services, areas, tags and originals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from models.area import PostcodeArea
from models.secret import PersonKey
from models.service import StoryService
from models.story import Routing, Story, StoryArea, StoryOriginal, StoryProgress, StoryStatus
from models.tag import StoryTag, Tag, TagKind
from models.tombstone import Tombstone, TombstoneKind
from operations.demo.atlas import Atlas
from operations.demo.cast import Bodies
from operations.demo.dice import NOW, Dice
from operations.demo.plot import SHOWN, Plot
from operations.demo.private import Home, PrivateValues
from operations.demo.rows import Rows
from operations.demo.written import written_stories

KEPT = timedelta(days=183)
"""How long an original is kept after publication (P11)."""
RESTRICTED_BECAUSE = (
    "An organisation named in the story has asked for a review of its accuracy.",
    "The events are the subject of an inquest.",
    "The author has asked us to pause the story while a complaint is looked into.",
)
RESTRICTED_BY = "The moderation team"
TagIds = Mapping[tuple[TagKind, str], int]


@dataclass(frozen=True, slots=True)
class Origin:
    """What is stored of where a story came from."""

    routing: Routing = Routing.NO_POSTCODE
    areas: tuple[int, ...] = ()
    postcode: bytes | None = None
    ip_address: bytes | None = None


class Shelf:
    """Gathers the rows of stories."""

    def __init__(self, rows: Rows, atlas: Atlas, bodies: Bodies, private: PrivateValues, chance: Dice) -> None:
        self._rows = rows
        self._atlas = atlas
        self._bodies = bodies
        self._private = private
        self._dice = chance
        self._tags = _tags(rows)

    def put(self, plot: Plot, progress: StoryProgress) -> None:
        """Store the story; a withdrawn one keeps its number, its services and nothing that anybody wrote."""
        gone = plot.status == StoryStatus.WITHDRAWN
        origin = Origin() if gone or plot.author is None else self._origin(plot, plot.author.key)
        restricted = plot.status == StoryStatus.RESTRICTED
        self._rows.add(
            Story,
            id=plot.number,
            status=plot.status,
            region=plot.places[0].region,
            title=None if gone else plot.written.title,
            body=None if gone else plot.written.body,
            age_group=plot.written.age_group,
            author_role=plot.written.author_role,
            pen_name=None if gone else plot.written.pen_name,
            progress=progress,
            submitted_at=plot.submitted,
            published_at=plot.shown,
            criticality=plot.written.criticality if plot.status in (*SHOWN, StoryStatus.PREVIEW) else None,
            similar_count=0,
            restriction_reason=self._dice.choice(RESTRICTED_BECAUSE) if restricted else None,
            restriction_by=RESTRICTED_BY if restricted else None,
            routing=origin.routing,
            author_id=plot.author.id if plot.author else None,
            postcode=origin.postcode,
            ip_address=origin.ip_address,
        )
        self._link(plot, origin, gone)

    def _link(self, plot: Plot, origin: Origin, gone: bool) -> None:
        for position, place in enumerate(plot.places):
            self._rows.add(StoryService, story_id=plot.number, service_id=place.service, position=position)
        for area in origin.areas:
            self._rows.add(StoryArea, story_id=plot.number, area_id=area)
        if gone:
            gone_at = plot.submitted + self._dice.random() * (NOW - plot.submitted)
            self._rows.add(Tombstone, number=plot.number, kind=TombstoneKind.WITHDRAWN, gone_at=gone_at)
            return
        for position, tag in enumerate(plot.written.tags):
            self._rows.add(StoryTag, story_id=plot.number, tag_id=self._tags[tag], position=position)

    def keep_original(self, plot: Plot) -> None:
        """Store the text as it was sent, with a name and a telephone number that a moderator took out."""
        if plot.author is None:
            return
        purge_after = plot.shown + KEPT if plot.shown else None
        sent = {
            "title": f"{plot.written.title} ({self._private.person()})",
            "body": f"{plot.written.body}\n\nYou can ring me on {self._private.phone()}.",
        }
        sealed = {
            name: plot.author.key.encrypt(text, f"story_original.{name}:{plot.number}") for name, text in sent.items()
        }
        self._rows.add(StoryOriginal, story_id=plot.number, purge_after=purge_after, **sealed)

    def _origin(self, plot: Plot, key: PersonKey) -> Origin:
        chance = self._dice.random()
        if plot.number == 8 or (not plot.leading and chance < 0.05):
            return self._sealed(plot, key, Routing.UNKNOWN_POSTCODE, Home(self._private.unknown_postcode(), ()))
        district = self._district(plot)
        if not district or (not plot.leading and chance < 0.2):
            return self._sealed(plot, key, Routing.NO_POSTCODE, None)
        home = self._private.home(self._dice.choice(district))
        for area in home.areas:
            self._rows.add(PostcodeArea, postcode=home.postcode, area_id=area)
        return self._sealed(plot, key, Routing.ROUTED, home)

    def _district(self, plot: Plot) -> list[str]:
        """Known postcodes around the author's home: near the service, or at least in its nation."""
        if plot.leading:
            return self._atlas.districts[self._bodies.area]
        return self._atlas.around(plot.places[0])

    def _sealed(self, plot: Plot, key: PersonKey, routing: Routing, home: Home | None) -> Origin:
        number = plot.number
        return Origin(
            routing,
            self._atlas.on(home.areas, plot.submitted.date(), self._dice) if home else (),
            key.encrypt(home.postcode, f"story.postcode:{number}") if home else None,
            key.encrypt(self._private.ip_address(), f"story.ip_address:{number}"),
        )


def _tags(rows: Rows) -> TagIds:
    """Store every label of the written stories, once per kind."""
    labels = sorted({tag for written in written_stories() for tag in written.tags})
    return {(kind, label): rows.number(Tag, kind=kind, label=label) for kind, label in labels}
