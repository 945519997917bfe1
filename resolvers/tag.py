"""How tags are found and listed."""

from typing import Any

from sqlalchemy import ColumnElement, String, exists

from models import Story, StoryTag, Tag
from resolvers.argument import plain
from resolvers.build import Build
from resolvers.connection import Listing
from resolvers.filter import readable
from resolvers.identity import global_id
from resolvers.key import contains, number_key, text_key
from resolvers.mapping import Column, Source, TypeMap, fresh, register
from resolvers.record import visible


def tag_listing(build: Build, arguments: dict[str, Any]) -> Listing:
    """The tags of stories whose tags the viewer may read, by label.

    SECURITY: a tag that only unmoderated stories have is not listed; its label may say anything.
    """

    def rows() -> Source:
        tag, link, story = fresh(Tag), fresh(StoryTag), fresh(Story)
        seen = [*visible(build, "Story", story), *readable(build, "Story", story, "tags")]
        used = exists().where(link.tag_id == tag.id, link.story_id == story.id, *seen)
        where: list[ColumnElement[Any]] = [used.correlate_except(link, story)]
        if plain(arguments.get("kind")) is not None:
            where.append(tag.kind == build.parameter(arguments["kind"], tag.kind.type))
        if plain(arguments.get("search")) is not None:
            where.append(contains(tag.label, build.parameter(arguments["search"], String())))
        return Source(tag, where)

    keys = (text_key(lambda t: t.label), number_key(lambda t: t.id))
    return Listing(rows, keys, descending=False, signature=lambda _: "tags")


register(
    "Tag",
    TypeMap(
        Tag,
        {"kind": Column(lambda t: t.kind), "label": Column(lambda t: t.label)},
        subject=lambda t: global_id("Tag", t.id),
        row_field="kind",
    ),
)
