"""The schema at work: planned fields reach the planner, mutations their operations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    build_schema,
    get_introspection_query,
    graphql_sync,
    parse,
    print_schema,
    validate,
)
from orjson import Fragment

from operations import session as sessions
from policies.viewer import Anonymous, Viewer
from schema.api import build, core, fields, sdl
from schema.context import RequestContext
from schema.endpoint.execution import PlannedExecutionContext, ReadDocument
from schema.scalar import SCALARS


@dataclass
class EchoPlanner:
    """Answers each field with its name and the viewer for whom it was asked."""

    asked: list[tuple[str, Viewer | None]] = field(default_factory=list)

    async def resolve(self, info: Any, viewer: Viewer | None = None) -> Any:
        self.asked.append((info.field_name, viewer))
        return Fragment(b'"planned"')


@asynccontextmanager
async def _transaction() -> AsyncIterator[Any]:
    yield None


def _context(planner: EchoPlanner, token: str | None = None) -> RequestContext:
    nothing: Any = None
    return RequestContext(
        viewer=Anonymous(),
        planner=planner,
        transaction=_transaction,
        keyring=nothing,
        settings=nothing,
        policies=nothing,
        token=token,
    )


async def _execute(document: str, planner: EchoPlanner, token: str | None = None) -> Any:
    built = build(PlannedExecutionContext, ReadDocument)
    result = await built.execute(document, context_value=_context(planner, token))
    assert not result.errors
    return result.data


SIGN_OUT = "mutation { signOut { viewer { kind } problems { code } } }"


async def test_signing_out_without_a_session_is_a_problem() -> None:
    data = await _execute(SIGN_OUT, EchoPlanner())
    assert data["signOut"]["problems"] == [{"code": "NOT_SIGNED_IN"}]


async def test_signing_out_ends_the_token_and_leaves_a_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def end(_: Any, token: str) -> None:
        ended.append(token)

    monkeypatch.setattr(sessions, "sign_out", end, raising=False)
    planner = EchoPlanner()
    data = await _execute(SIGN_OUT, planner, token="opaque")
    assert data["signOut"]["problems"] == []
    assert ended == ["opaque"]
    assert planner.asked == [("viewer", Anonymous())]


async def test_root_fields_reach_the_planner_with_their_interfaces_unresolved() -> None:
    planner = EchoPlanner()
    data = await _execute('{ node(id: "Story:1") { id ... on Story { title } } stories { totalCount } }', planner)
    assert set(data) == {"node", "stories"}
    assert planner.asked == [("node", None), ("stories", None)]


@pytest.mark.parametrize(
    "document",
    [
        "{ story(number: 1) { secret } }",
        "{ stories(orderBy: LOUDEST) { totalCount } }",
        '{ stories(filter: { publishedFrom: "yesterday" }) { totalCount } }',
        "{ node { id } }",
        "{ stories }",
    ],
)
def test_documents_that_do_not_fit_are_refused(document: str) -> None:
    assert validate(core(), parse(document))


def test_a_document_that_fits_is_valid() -> None:
    document = """query Home($filter: StoryFilter, $order: StoryOrder) {
      stories(filter: $filter, orderBy: $order, first: 20) {
        edges { cursor node { id services { name organisation { name } } tags(kind: GOOD) { kind label } } }
        pageInfo { hasNextPage endCursor } totalCount
      }
      access(input: { type: "Story", field: "body", as: { kind: MEMBER, roles: [ADMIN] } }) { allowed }
    }"""
    assert validate(core(), parse(document)) == []


def test_introspection_answers_and_the_text_builds_the_same_schema() -> None:
    answer = graphql_sync(core(), get_introspection_query())
    assert answer.errors is None
    assert print_schema(build_schema(sdl())) + "\n" == sdl()


def test_a_type_name_is_all_that_an_interface_needs() -> None:
    rebuilt = build_schema(sdl())
    root = {"node": {"__typename": "Story", "id": "Story:1", "title": "Kind staff"}}
    answer = graphql_sync(rebuilt, '{ node(id: "Story:1") { id ... on Story { title } } }', root)
    assert answer.data == {"node": {"id": "Story:1", "title": "Kind staff"}}


@pytest.mark.parametrize("text", ["yesterday", "2026-04-01T09:30:00", 5, None])
def test_a_moment_needs_its_offset(text: Any) -> None:
    parse_moment = SCALARS[datetime].parse_value
    assert parse_moment
    with pytest.raises(GraphQLError, match="offset"):
        parse_moment(text)


def test_moments_and_days_are_iso_8601() -> None:
    moment, day = datetime(2026, 4, 1, 9, 30, tzinfo=UTC), date(2026, 4, 1)
    types: Any = core().type_map
    assert types["DateTime"].serialize(moment) == "2026-04-01T09:30:00+00:00"
    assert types["DateTime"].parse_value("2026-04-01T10:30:00+01:00") == moment
    assert types["Date"].serialize(day) == "2026-04-01"
    assert types["Date"].parse_value("2026-04-01") == day


def test_fields_say_what_can_be_null() -> None:
    assert fields()["Story"]["id"] is False
    assert fields()["Story"]["title"] is True
    assert "signIn" in fields()["Mutation"]
    assert "StoryFilter" not in fields()
