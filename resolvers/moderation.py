"""How what waits for a moderator, the moderation log and the original of a story are found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, or_, select

from models import ModerationEntry, Story, StoryOriginal
from policies.condition import ROW, Compare, Const, In, Path
from policies.sql import to_sql
from resolvers.argument import plain
from resolvers.build import Build, Selected
from resolvers.connection import Listing
from resolvers.filter import Filter, filtered, readable
from resolvers.identity import global_id
from resolvers.key import number_key, shown_key
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.secret import Secret

QUEUED = In(Path(ROW, "status"), ("IN_REVIEW", "PREVIEW", "SUBMITTED"))
UNDECIDED = In(Path(ROW, "status"), ("IN_REVIEW", "SUBMITTED"))
PREVIEWED = Compare("=", Path(ROW, "status"), Const("PREVIEW"))
FALSE: ColumnElement[bool] = literal_column("false")


def moderation_listing(build: Build, arguments: dict[str, Any]) -> Listing:
    """The stories that wait and that `filter` asks for, the one that was sent first first."""

    def rows() -> Source:
        row = fresh(Story)
        where = [to_sql(QUEUED, row), *filtered(build, "Story", row, FILTERS, arguments.get("filter"))]
        for field in ("status", "submittedAt"):
            where += readable(build, "Story", row, field)
        return Source(row, where, known=QUEUED)

    keys = [shown_key(), number_key(lambda s: s.id)]
    return Listing(rows, keys, descending=False, signature=lambda _: "moderationQueue")


class AssignedToMe:
    """Whether the viewer has the story; who else has it is shown to nobody."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        return _mine(build, row)


class ModerationDueAt:
    """By when a moderator decides about the story."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        return _due(build, row)


def assigned_at(row: Row) -> ColumnElement[Any]:
    """When a moderator took a story; null also where that moderator is erased."""
    return case((row.moderator_id.is_not(None), row.assigned_at))


def _mine(build: Build, row: Row) -> ColumnElement[Any]:
    me = build.computed(lambda _variables, viewer: getattr(viewer, "account_id", None), row.moderator_id.type)
    return func.coalesce(row.moderator_id == me, FALSE)


def _due(build: Build, row: Row) -> ColumnElement[Any]:
    """A preview with an end waits for nobody; one that is held waits for a moderator."""
    hours: ColumnElement[Any] = literal_column(f"interval '{build.question.moderation_hours} hours'")
    waits = or_(to_sql(UNDECIDED, row), to_sql(PREVIEWED, row) & row.preview_until.is_(None))
    return case((waits, row.submitted_at + hours))


def _overdue(build: Build, row: Row) -> ColumnElement[Any]:
    return func.coalesce(_due(build, row) < func.statement_timestamp(), FALSE)


def _whether(condition: ColumnElement[Any], argument: Any) -> ColumnElement[Any]:
    return condition if plain(argument) else ~condition


def _equal(column: str) -> Any:
    def condition(build: Build, row: Row, argument: Any) -> Any:
        value = getattr(row, column)
        return value == build.parameter(argument, value.type)

    return condition


FILTERS: Mapping[str, Filter] = {
    "status": Filter(("status",), _equal("status")),
    "assignedToMe": Filter(("assignedToMe",), lambda build, row, mine: _whether(_mine(build, row), mine)),
    "unassigned": Filter(("assignedAt",), lambda build, row, nobody: _whether(row.moderator_id.is_(None), nobody)),
    "routing": Filter(("routing",), _equal("routing")),
    "overdue": Filter(("moderationDueAt",), lambda build, row, overdue: _whether(_overdue(build, row), overdue)),
}


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
