"""How the moderation log and the original of a story are found."""

from typing import Any

from sqlalchemy import ColumnElement, select

from models import ModerationEntry, Story, StoryOriginal
from resolvers.identity import global_id
from resolvers.mapping import Column, Row, TypeMap, fresh, register
from resolvers.secret import Secret


def _author(row: Row) -> ColumnElement[Any]:
    story = fresh(Story)
    return select(story.author_id).where(story.id == row.story_id).correlate_except(story).scalar_subquery()


def _secret(column: str) -> Secret:
    return Secret(f"story_original.{column}", lambda o: getattr(o, column), lambda o: o.story_id, _author)


register(
    "ModerationEntry",
    TypeMap(
        ModerationEntry,
        {
            "action": Column(lambda e: e.action),
            "doneAt": Column(lambda e: e.done_at),
            "note": Column(lambda e: e.note),
        },
        subject=lambda e: global_id("Story", e.story_id),
        row_field="action",
    ),
)

register(
    "StoryOriginal",
    TypeMap(
        StoryOriginal,
        {"title": _secret("title"), "body": _secret("body"), "purgeAfter": Column(lambda o: o.purge_after)},
        subject=lambda o: global_id("Story", o.story_id),
        row_field="title",
    ),
)
