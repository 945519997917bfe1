"""The root fields of subscriptions: each compiles to one value, for one event."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, String, case, exists, func, literal_column, not_, select

from models import Story
from models.event import Event, EventKind
from models.story import StoryStatus
from policies.condition import ROW, Compare, Const, Path
from policies.sql import to_sql
from resolvers.argument import plain
from resolvers.build import Build, Selected
from resolvers.filter import filtered, readable
from resolvers.identity import key_of
from resolvers.listing import FILTERS
from resolvers.live.told import event_in
from resolvers.mapping import Source, fresh
from resolvers.moderation import UNDECIDED
from resolvers.record import built, restricted, text_literal
from resolvers.root import Root, one

SUBSCRIPTION = "Subscription"
Expression = ColumnElement[Any]
PUBLISHED = Compare("=", Path(ROW, "status"), Const(StoryStatus.PUBLISHED.value))
DECIDED = (EventKind.STORY_PUBLISHED, EventKind.STORY_REJECTED)


def _number(build: Build) -> Expression:
    """The number of the story of which an event tells."""
    return build.computed(lambda variables, _viewer: event_in(variables).number, Integer())


def _story_published(build: Build, selected: Selected) -> Expression:
    row = fresh(Story)
    given = build.arguments(selected).get("filter")
    where = [row.id == _number(build), to_sql(PUBLISHED, row), *filtered(build, "Story", row, FILTERS, given)]
    # SECURITY: that a story is published is told to those only who may read so.
    where += readable(build, "Story", row, "status")
    return one(build, "Story", Source(row, where, known=PUBLISHED), selected)


def _story_changed(build: Build, selected: Selected) -> Expression:
    row = fresh(Story)
    key_of(plain(build.arguments(selected)["id"]), "Story")
    return one(build, "Story", Source(row, [row.id == _number(build)]), selected)


def _moderation_queue_changed(build: Build, selected: Selected) -> Expression:
    pairs: list[Expression] = []
    for part in build.subfields(selected, "ModerationQueueEvent", selected.path):
        pairs += [text_literal(part.key), PARTS[part.name](build, part)]
    gone = build.computed(lambda variables, _viewer: event_in(variables).gone, Boolean())
    return case((not_(gone & _decided(build)), built(pairs)))


def _decided(build: Build) -> Expression:
    """Whether the story had left the queue before it was gone."""
    event = fresh(Event)
    return exists().where(event.number == _number(build), event.kind.in_(DECIDED)).correlate_except(event)


def _change(build: Build, part: Selected) -> Expression:
    """To take a story and to give it back are one kind of event: who has it now tells which."""
    row = fresh(Story)
    said = build.computed(lambda variables, _viewer: event_in(variables).change, String())
    free = exists().where(row.id == _number(build), row.moderator_id.is_(None)).correlate_except(row)
    return case(((said == literal_column("'TAKEN'")) & free, text_literal("GIVEN_BACK")), else_=said)


def _story(build: Build, part: Selected) -> Expression:
    row = fresh(Story)
    return one(build, "Story", Source(row, [row.id == _number(build)]), part)


def _waiting(build: Build, part: Selected) -> Expression:
    """The stories without a decision that the viewer may see."""
    row = fresh(Story)
    source = Source(row, [to_sql(UNDECIDED, row)], known=UNDECIDED)
    return restricted(select(func.count()), build, "Story", source).scalar_subquery()


PARTS: Mapping[str, Callable[[Build, Selected], Expression]] = {
    "__typename": lambda _build, _part: text_literal("ModerationQueueEvent"),
    "change": _change,
    "number": lambda build, _part: _number(build),
    "story": _story,
    "waiting": _waiting,
}
LIVE: Mapping[str, Root] = {
    "storyPublished": _story_published,
    "storyChanged": _story_changed,
    "moderationQueueChanged": _moderation_queue_changed,
}
