"""Which alerts stories meet: for many stories at once, in one statement, by the access plan of each alert's owner."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Insert,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    exists,
    literal_column,
    select,
    text,
    union,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.alert import Alert, AlertFrequency
from models.base import metadata
from models.event import EventKind
from models.service import Service, ServiceArea, StoryService
from models.story import Story
from models.tag import StoryTag
from operations.alert.condition import LINKS, met, visible
from operations.outbox import BATCH, take

READER = "alert"
SHOWN = {EventKind.STORY_PREVIEWED, EventKind.STORY_PUBLISHED}
"""What makes a story readable for somebody who could not read it before."""
PATIENCE_SECONDS = 300
NOW: ColumnElement[Any] = literal_column("statement_timestamp()")
NEXT = (
    "(date_trunc('{0}', statement_timestamp() at time zone 'Europe/London' - interval '7 hours')"
    " + interval '1 {0}' + interval '7 hours') at time zone 'Europe/London'"
)
MORNING: ColumnElement[Any] = literal_column(NEXT.format("day"))
MONDAY: ColumnElement[Any] = literal_column(NEXT.format("week"))
"""The next 07:00, and the next 07:00 of a Monday, as clocks show it in Great Britain."""


async def match(session: AsyncSession, limit: int = BATCH) -> tuple[int, int]:
    """Match the stories of the next events: how many events were dealt with, and how many new matches there are."""
    events = await take(session, READER, limit)
    numbers = {event.number for event in events if event.kind in SHOWN}
    return len(events), await match_stories(session, sorted(numbers)) if numbers else 0


async def match_stories(session: AsyncSession, numbers: list[int]) -> int:
    """Note each alert that one of these stories meets, once for all time; how many there are now that were not."""
    # A busy day's stories may take longer than a request.
    await session.exec(text(f"set local statement_timeout = '{PATIENCE_SECONDS}s'"))  # type: ignore[call-overload]
    return (await (await session.connection()).execute(statement(), {"numbers": numbers})).rowcount


@cache
def statement() -> Insert:
    """The one statement; its parameter `numbers` is a list of stories."""
    held = _held().cte("held").prefix_with("materialized")
    keys, alert, story = _anchors(held), aliased(Alert), aliased(Story, held, adapt_on_names=True)
    found = (
        select(alert.id, story.id, _due_at(alert))  # type: ignore[call-overload]
        .select_from(keys)
        .join(alert, alert.anchor == keys.c.anchor)
        .join(story, story.id == keys.c.story_id)
        .where(visible(story, alert), met(story, alert, lambda kind: _named(keys, kind, story, alert)))
        .with_for_update(read=True, key_share=True, of=alert)
    )
    return (
        insert(metadata.tables["alert_match"])
        .from_select(["alert_id", "story_id", "due_at"], found)
        .on_conflict_do_nothing()
    )


def _held() -> Select[Any]:
    """The stories, locked in the order in which everybody locks them, before alerts; none is withdrawn meanwhile.

    The words of each are unpacked once, not once for each alert that looks for some.
    """
    wanted = col(Story.id) == bindparam("numbers", type_=ARRAY(Integer)).any_()
    unpacked = col(Story.search).op("||")(literal_column("''::tsvector", TSVECTOR())).label("search")
    columns = [column for column in metadata.tables["story"].columns if column.name != "search"]
    return select(*columns, unpacked).where(wanted).order_by(col(Story.id)).with_for_update(read=True, key_share=True)


def _anchors(held: Any) -> Any:
    """What alerts may be anchored at (see `models.alert.ANCHOR`) that has to do with each story."""
    service, place, tag, owner = aliased(StoryService), aliased(ServiceArea), aliased(StoryTag), aliased(Service)
    named = select(held.c.id).join(service, service.story_id == held.c.id)
    found = (
        ("service", named, service.service_id),
        ("organisation", named.join(owner, _same(owner.id, service.service_id)), owner.organisation_id),
        # Areas in which services lie; never those to which a postcode led, for that would tell it.
        ("area", named.join(place, _same(place.service_id, service.service_id)), place.area_id),
        ("tag", select(held.c.id).join(tag, tag.story_id == held.c.id), tag.tag_id),
    )
    anchored = (
        rows.with_only_columns(held.c.id.label("story_id"), _anchor(kind, key).label("anchor"))
        for kind, rows, key in found
    )
    anywhere = select(held.c.id.label("story_id"), literal_column("'any'", String()).label("anchor"))
    return union(*anchored, anywhere).cte("keys")


def _same(one: Any, other: Any) -> Any:
    return one == other


def _anchor(kind: str, key: Any) -> ColumnElement[str]:
    found: ColumnElement[str] = literal_column(f"'{kind} '", String()).op("||")(cast(key, String))
    return found


def _named(keys: Any, kind: str, story: Any, alert: Any) -> ColumnElement[bool]:
    """Whether the story has the key that the alert holds of this kind."""
    (column,), of_story = LINKS[kind].columns, keys.alias()
    same = of_story.c.anchor == _anchor(kind, getattr(alert, column))
    return exists().where(of_story.c.story_id == story.id, same).correlate_except(of_story)


def _due_at(alert: Any) -> ColumnElement[Any]:
    return case(
        (alert.frequency == AlertFrequency.AT_ONCE, NOW),
        (alert.frequency == AlertFrequency.DAILY, MORNING),
        else_=MONDAY,
    )
