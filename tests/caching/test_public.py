"""No answer that depends on its viewer is ever public; the others are, so that caches may keep them."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from graphql import get_named_type, is_leaf_type, is_required_argument

from operations.demo.cast import HOST, PARTS, PASSWORD
from policies.viewer import MAY_USE
from schema.api import core
from tests.leaks.conftest import Site
from tests.planner.maximal import everything

OWN = "private, no-store"
PUBLIC = "public, max-age=0, s-maxage=1, must-revalidate"
ABOUT_THE_VIEWER = {"viewerCan", "markedSimilar", "assignedToMe"}
"""Fields that tell something of whoever asks, though they ask about a story."""
WAYS = {
    "Story": "story(number: %d) { % }",
    "Response": "stories(filter: {status: PUBLISHED}, first: 50) { nodes { responses(first: 1) { nodes { % } } } }",
    "Change": "stories(filter: {status: PUBLISHED}, first: 50) { nodes { changes { % } } }",
    "Service": "services(first: 1) { nodes { % } }",
    "Organisation": "organisations(first: 1) { nodes { % } }",
    "Area": "services(first: 5) { nodes { areas { % } } }",
    "Tag": "tags(first: 1) { nodes { % } }",
}
"""How a field of each type is reached by visitors."""
HIDDEN = (
    "{ a: story(number: %d) { ...F } } fragment F on Story { x: viewerCan { y: respond } }",
    "{ node(id: \"Story:%d\") { id ... on Story { markedSimilar } } }",
    "{ nodes(ids: [\"Tag:1\", \"Story:%d\"]) { id ... on Story { markedSimilar } } }",
    "{ services(first: 2) { nodes { stories(first: 1) { edges { node { id viewerCan { withdraw } } } } } } }",
    "{ stories(first: 5) { nodes { responses { nodes { viewerCan { edit } } } } } }",
    "{ tags { totalCount } viewer { kind } }",
    "{ tags { totalCount } viewer { __typename } }",
    "{ viewer { account { id } } }",
    "{ tags { totalCount } site { region } }",
    "{ tags { totalCount } site { host } }",
    "{ site { suggestedRegion } }",
    "{ tags { totalCount } access(input: {type: \"Story\", field: \"title\"}) { allowed } }",
    "{ story(number: %d) { id criticality } }",
    "{ story(number: %d) { id postcode } tags { totalCount } }",
    "{ stories(first: 3) { nodes { id author { id } } } }",
    "{ stories(filter: {status: SUBMITTED}) { totalCount } complaints { totalCount } }",
    "{ stories(first: 5, after: \"nonsense\") { nodes { id } } }",
    "{ story { id } }",
    "{ nothing }",
    "{ tags {",
)  # fmt: skip
"""Answers that depend on who asks, however that is hidden, and errors."""
EVERYBODYS = (
    "{ story(number: %d) { number title services { name } } }",
    "{ stories(first: 5) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } } }",
    '{ stories(filter: {search: "the staff"}, orderBy: RELEVANCE, first: 5) { nodes { id title } } }',
    "{ services(first: 5) { nodes { name storyCount organisation { name } } } }",
    "{ story(number: 1000000) { id } }",
    "{ __typename tags { totalCount } }",
    '{ __type(name: "Story") { name } }',
    "query($own: Boolean = false) { story(number: %d) { id viewerCan @include(if: $own) { respond } } }",
)
PEOPLE = [(part.name, "") for part in PARTS] + [
    (next(part.name for part in PARTS if role in part.roles), purpose.value) for purpose, role in MAY_USE.items()
]


@pytest.fixture(scope="module")
async def number(site: Site) -> int:
    """The number of a published story."""
    found = await site.data("", "{ stories(filter: {status: PUBLISHED}, first: 1) { nodes { number } } }")
    return int(found["stories"]["nodes"][0]["number"])


async def _get(site: Site, query: str, headers: dict[str, str] | None = None, **more: str) -> httpx2.Response:
    return await site.client.get(f"/graphql?{urlencode({'query': query, **more})}", headers=headers or {})


def _is_public(answer: httpx2.Response) -> bool:
    """Whether caches may keep it; that an answer says neither, or both, fails."""
    said = answer.headers["cache-control"]
    assert said in (OWN, PUBLIC)
    assert ("etag" in answer.headers) == (said == PUBLIC)
    assert {"authorization", "cookie", "candour-purpose", "accept"} <= set(answer.headers["vary"].split(", "))
    if said == PUBLIC:
        assert not set(answer.headers) & {"set-cookie", "ratelimit", "retry-after"}, "these are one client's"
    return bool(said == PUBLIC)


def _fill(query: str, number: int) -> str:
    return query.replace("%d", str(number))


@pytest.mark.parametrize("query", HIDDEN)
async def test_a_visitors_answer_about_themselves_or_with_an_error_is_not_public(
    site: Site, number: int, query: str
) -> None:
    asked = _fill(query, number)
    answers = [
        await site.send("", asked),
        await _get(site, asked),
        await _get(site, asked, {"Accept": "application/graphql-response+json"}),
        await _get(site, asked, extensions=json.dumps({"denied": "NULL"})),
    ]
    assert [_is_public(answer) for answer in answers] == [False] * 4


@pytest.mark.parametrize(("name", "purpose"), PEOPLE)
async def test_nothing_is_public_for_whoever_signed_in(site: Site, number: int, name: str, purpose: str) -> None:
    headers = await site.headers(name, purpose)
    for query in EVERYBODYS:
        asked = _fill(query, number)
        for answer in (await site.send(name, asked, purpose), await _get(site, asked, headers)):
            assert not _is_public(answer), query
            assert "errors" not in answer.json()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer nobodys"}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
        ({"Authorization": ""}, 401),
        ({"Candour-Purpose": "abuse"}, 403),
        ({"Cookie": "candour=nobodys"}, 403),
        ({"Cookie": "candour=nobodys", "Candour-CSRF": "1"}, 401),
        ({"Accept": "text/csv"}, 406),
    ],
)
async def test_nothing_is_public_where_the_request_is_refused(site: Site, headers: dict[str, str], status: int) -> None:
    answer = await _get(site, "{ tags { totalCount } }", headers)
    assert answer.status_code == status
    assert not _is_public(answer)


async def test_nothing_is_public_for_the_session_of_a_cookie(site: Site) -> None:
    bearer = (await site.headers("member"))["Authorization"].removeprefix("Bearer ")
    for more in ({}, {"Cookie": f"seen=1; candour={bearer}; theme=dark"}):
        cookie = {"Cookie": f"candour={bearer}", "Candour-CSRF": "1", **more}
        answer = await _get(site, "{ tags { totalCount } }", cookie)
        assert "errors" not in answer.json()
        assert not _is_public(answer)


async def test_no_mutation_is_public(site: Site) -> None:
    sign_in = f'mutation {{ signIn(email: "member@{HOST}", password: "{PASSWORD}", cookie: true) {{ token }} }}'
    for query in (sign_in, "mutation { signOut { problems { code } } }", "mutation { __typename }"):
        assert not _is_public(await site.send("", query)), query
        assert not _is_public(await _get(site, query)), query
        site.client.cookies.clear()


async def test_other_extensions_and_streams_are_not_public(site: Site) -> None:
    query = "{ tags { totalCount } }"
    assert _is_public(await _get(site, query))
    costed = await _get(site, query, extensions=json.dumps({"cost": True}))
    assert "cost" in costed.json()["extensions"]
    assert not _is_public(costed)
    stream = await _get(site, query, {"Accept": "text/event-stream"})
    assert not _is_public(stream)


@pytest.mark.parametrize("query", EVERYBODYS)
async def test_what_is_the_same_for_every_visitor_is_public(site: Site, number: int, query: str) -> None:
    asked = _fill(query, number)
    answers = [
        await site.send("", asked),
        await _get(site, asked),
        await _get(site, asked, {"Cookie": "theme=dark; _ga=1", "User-Agent": "another"}),
        await _get(site, asked, {"Accept": "application/graphql-response+json", "Accept-Language": "cy"}),
    ]
    assert [_is_public(answer) for answer in answers] == [True] * 4
    assert len({(answer.content, answer.headers["etag"]) for answer in answers}) == 1


def _selection(field: Any, depth: int = 1) -> str:
    named = get_named_type(field.type)
    return "" if is_leaf_type(named) else everything(named.name, 0)


def _single_fields() -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for name in WAYS:
        fields: dict[str, Any] = core().type_map[name].fields  # type: ignore[union-attr]
        simple = {
            key: field for key, field in fields.items() if not any(map(is_required_argument, field.args.values()))
        }
        found += [(name, key, f"{key} {_selection(field)}".strip()) for key, field in simple.items()]
    return found


async def test_each_field_alone_is_public_exactly_where_a_visitor_reads_it_and_it_is_not_about_them(
    site: Site, number: int
) -> None:
    seen = {True: 0, False: 0}
    for type_name, field, selected in _single_fields():
        answer = await _get(site, _fill(f"{{ {WAYS[type_name].replace('% ', selected + ' ')} }}", number))
        public = _is_public(answer)
        about = any(name in selected.split() for name in ABOUT_THE_VIEWER)
        assert public == ("errors" not in answer.json() and not about), (type_name, field, answer.text)
        seen[public] += 1
    assert min(seen.values()) > 10, seen
