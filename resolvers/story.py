"""How a story's fields are found."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from models import (
    Account,
    Area,
    Change,
    ModerationEntry,
    Response,
    Service,
    SimilarExperience,
    Story,
    StoryArea,
    StoryOriginal,
    StoryService,
    StoryTag,
    Tag,
)
from resolvers.argument import plain
from resolvers.build import Build, Selected
from resolvers.connection import Connection, Listing
from resolvers.identifying import Identifying
from resolvers.identity import global_id
from resolvers.key import moment_key, number_key
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.moderation import AssignedToMe, ModerationDueAt, assigned_at
from resolvers.permission import Permissions
from resolvers.record import Many, One, built, named, restricted, text_literal
from resolvers.secret import Secret

Arguments = dict[str, Any]


class Url:
    """The public address of a story's page."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        base = text_literal(f"{build.question.address}/stories/")
        return base.op("||")(named(row.id))


class Restriction:
    """Why a story's text is hidden, and who asked for it; null for a story that is not restricted."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        known = {
            "reason": row.restriction_reason,
            "by": row.restriction_by,
            "__typename": text_literal("Restriction"),
        }
        pairs: list[Any] = []
        for part in build.subfields(selected, "Restriction", selected.path):
            pairs += [text_literal(part.key), known[part.name]]
        return _case_not_null(row.restriction_reason, built(pairs))


class ResponseCount:
    """The number of responses that the viewer may see."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        return restricted(select(func.count()), build, "Response", _responses(row)).scalar_subquery()


class MarkedSimilar:
    """Whether the viewer marked the story; always false for a viewer without an account."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        mark = fresh(SimilarExperience)
        me = build.computed(lambda _variables, viewer: getattr(viewer, "account_id", None), mark.account_id.type)
        mine = select(mark.story_id).where(mark.story_id == row.id, mark.account_id == me)
        return mine.correlate_except(mark).exists()


def _case_not_null(value: Any, then: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((value.is_not(None), then))


def _responses(row: Row) -> Source:
    response = fresh(Response)
    return Source(response, [response.story_id == row.id])


def _response_listing(build: Build, row: Row, arguments: Arguments) -> Listing:
    keys = [moment_key(lambda r: func.coalesce(r.published_at, r.created_at)), number_key(lambda r: r.id)]
    return Listing(lambda: _responses(row), keys, descending=False, signature=lambda _: "Story.responses")


def _services(build: Build, row: Row, arguments: Arguments) -> Source:
    service, link = fresh(Service), fresh(StoryService)
    on = link.service_id == service.id
    return Source(service, [link.story_id == row.id], [(link, on)], [link.position, service.id])


def _tags(build: Build, row: Row, arguments: Arguments) -> Source:
    tag, link = fresh(Tag), fresh(StoryTag)
    where = [link.story_id == row.id]
    if plain(arguments.get("kind")) is not None:
        where.append(tag.kind == build.parameter(arguments["kind"], tag.kind.type))
    return Source(tag, where, [(link, link.tag_id == tag.id)], [link.position, tag.id])


def _areas(build: Build, row: Row, arguments: Arguments) -> Source:
    area, link = fresh(Area), fresh(StoryArea)
    return Source(area, [link.story_id == row.id], [(link, link.area_id == area.id)], [area.code])


def _changes(build: Build, row: Row, arguments: Arguments) -> Source:
    change = fresh(Change)
    return Source(change, [change.story_id == row.id], order=[change.id])


def _log(build: Build, row: Row, arguments: Arguments) -> Source:
    entry = fresh(ModerationEntry)
    return Source(entry, [entry.story_id == row.id], order=[entry.done_at, entry.id])


def _author(build: Build, row: Row) -> Source:
    account = fresh(Account)
    return Source(account, [account.id == row.author_id])


def _original(build: Build, row: Row) -> Source:
    original = fresh(StoryOriginal)
    return Source(original, [original.story_id == row.id])


def _secret(column: str) -> Secret:
    return Secret(f"story.{column}", lambda s: getattr(s, column), lambda s: s.id, lambda s: s.author_id)


register(
    "Story",
    TypeMap(
        Story,
        {
            "id": Column(lambda s: global_id("Story", s.id)),
            "number": Column(lambda s: s.id),
            "status": Column(lambda s: s.status),
            "region": Column(lambda s: s.region),
            "url": Url(),
            "title": Column(lambda s: s.title),
            "body": Column(lambda s: s.body),
            "restriction": Restriction(),
            "submittedAt": Column(lambda s: s.submitted_at),
            "publishedAt": Column(lambda s: s.published_at),
            "ageGroup": Column(lambda s: s.age_group),
            "authorRole": Column(lambda s: s.author_role),
            "penName": Column(lambda s: s.pen_name),
            "services": Many("Service", _services),
            "tags": Many("Tag", _tags),
            "responses": Connection("Response", _response_listing),
            "responseCount": ResponseCount(),
            "changes": Many("Change", _changes),
            "progress": Column(lambda s: s.progress),
            "similarExperienceCount": Column(lambda s: s.similar_count),
            "markedSimilar": MarkedSimilar(),
            "criticality": Column(lambda s: s.criticality),
            "routedAreas": Many("Area", _areas),
            "routing": Column(lambda s: s.routing),
            "original": One("StoryOriginal", _original),
            "moderationLog": Many("ModerationEntry", _log),
            "identifying": Identifying(),
            "assignedToMe": AssignedToMe(),
            "assignedAt": Column(assigned_at),
            "moderationDueAt": ModerationDueAt(),
            "author": One("Account", _author),
            "postcode": _secret("postcode"),
            "ipAddress": _secret("ip_address"),
            "viewerCan": Permissions("Story"),
        },
        subject=lambda s: global_id("Story", s.id),
    ),
)
