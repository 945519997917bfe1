"""What is asked: for each query some requests, the same ones of Candour and of the limit."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import asyncpg

from bench.error import BenchError
from bench.member import Author, sign_in
from bench.queries import DEFAULT_PAGE, FIRST_PAGE, HOME, PRIVATE, SEARCH, STORY, Query
from bench.server import Server
from bench.statements import LAST_OF_FIRST_PAGE
from bench.world import World
from models.database.connection import Connection, normalise

WORDS = ("physio knee", "waiting appointment", "nurse kind mother", "discharge letter", "pharmacy prescription")
NUMBERS = """
select id from story where status = 'PUBLISHED' and exists (select from response where story_id = story.id)
order by md5(id::text) limit 50
"""
SLUGS = """
select slug from service, lateral (
    select count(*) as found, bool_and(status = 'PUBLISHED') as open from (
        select status from story_service join story on story.id = story_id
        where service_id = service.id and status in ('PUBLISHED', 'RESTRICTED')
        order by story_service.shown_at desc, story_id desc limit 20) as newest) as page
where found = 20 and open order by md5(slug) limit 50
"""
"""Services with a full page of stories, none of which is restricted: the public page, without errors."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question as two HTTP requests."""

    candour: bytes
    limit: bytes


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that are asked for."""

    numbers: Sequence[int]
    slugs: Sequence[str]
    author: Author
    ends: dict[str, tuple[float, int]]


async def choose(world: World) -> Chosen:
    """Choose rows in a way that depends on nothing but the data."""
    connection: Connection = await asyncpg.connect(normalise(world.dsn), server_settings={"jit": "off"})
    try:
        numbers = [row["id"] for row in await connection.fetch(NUMBERS)]
        slugs = [row["slug"] for row in await connection.fetch(SLUGS)]
        ends = {words: await connection.fetchrow(LAST_OF_FIRST_PAGE, words) for words in WORDS}
        author = await sign_in(connection, world.keyring)
    finally:
        await connection.close()
    if not (numbers and slugs and any(ends.values())):
        raise BenchError(f"{world.stories} stories are too few to compare anything")
    return Chosen(numbers, slugs, author, {words: tuple(end) for words, end in ends.items() if end})


def pairs(query: Query, chosen: Chosen, candour: Server, page: int = DEFAULT_PAGE) -> list[Pair]:
    """All requests for a query; `page` is the size of the home page."""
    if query in (HOME, PRIVATE):
        return [_home(query, chosen.author, page)]
    if query is STORY:
        return [Pair(asked(query.document, {"number": n}), _get("story", number=n)) for n in chosen.numbers]
    if query is SEARCH:
        return list(_searches(chosen, candour))
    return [Pair(asked(query.document, {"slug": s}), _get(query.name, slug=s)) for s in chosen.slugs]


def _home(query: Query, author: Author, page: int) -> Pair:
    first = {"first": page}
    if query.private:
        return Pair(asked(query.document, first, author.token), _get(f"private_{page}", account=author.account))
    return Pair(asked(query.document, first), _get(f"home_{page}"))


def _searches(chosen: Chosen, candour: Server) -> Iterator[Pair]:
    for words, (rank, number) in chosen.ends.items():
        given = {"words": words, "after": _cursor(candour, words)}
        yield Pair(asked(SEARCH.document, given), _get("search", words=words, rank=repr(rank), number=number))


def _cursor(candour: Server, words: str) -> str:
    answer = json.loads(candour.request(asked(FIRST_PAGE, {"words": words})))
    return str(answer["data"]["stories"]["pageInfo"]["endCursor"])


def asked(document: str, variables: dict[str, Any], token: str | None = None) -> bytes:
    """A GraphQL request."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    bearer = f"authorization: Bearer {token}\r\n" if token else ""
    head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json\r\n"
    return f"{head}{bearer}content-length: {len(body)}\r\n\r\n".encode() + body


def _get(name: str, **parameters: Any) -> bytes:
    return f"GET /{name}?{urlencode(parameters)} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()
