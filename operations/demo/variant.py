"""The written stories in variations, for a world of more stories than anybody has written."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from models.database.connection import Connection
from models.story import StoryProgress
from operations.demo.answers import ORDER, reached
from operations.demo.written import WrittenStory, written_stories

OPENINGS = (
    "",
    "I have put off writing this. ",
    "My daughter told me to write this down, so here it is. ",
    "I am doing this on my phone, so please excuse the typing. ",
)
CLOSINGS = ("", " Thank you for reading.", " I hope that this gets to the right people.", " That is all, really.")
VARIANTS = len(OPENINGS) * len(CLOSINGS)
WAIT = timedelta(hours=20)
"""How long a response waits for its moderation."""

# The words are found as the trigger of `story` finds them, once a variation instead of once a story.
TABLES = """
create temp table variant (
    number int primary key, title text, body text, pen_name text, age_group agegroup,
    author_role authorrole, criticality int,
    search tsvector generated always as (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')
    ) stored
);
create temp table variant_tag (text int, tag_id int, position int);
create temp table variant_response (
    text int, position int, body text, staff_name text, job_title text, delay interval, reply boolean,
    kind changekind, description text
);
create temp table incoming (
    id int, variant int, text int, status storystatus, region region, progress storyprogress,
    submitted_at timestamptz, published_at timestamptz, similar_count int, routing routing, author_id uuid,
    postcode bytea, ip_address bytea, first_response int, organisation_id int, responder_id uuid
) on commit delete rows
"""
MISSING = "select number from unnest($1::int[]) as wanted (number) except select number from variant"
COLUMNS = ("number", "title", "body", "pen_name", "age_group", "author_role", "criticality")


async def prepare(connection: Connection) -> None:
    """Put the tags and responses of every text into temporary tables of this connection."""
    await connection.execute(TABLES)
    tags = {(kind, label): id_ for id_, kind, label in await connection.fetch("select id, kind::text, label from tag")}
    texts = list(enumerate(written_stories()))
    await connection.copy_records_to_table(
        "variant_tag",
        records=((text, tags[tag], place) for text, w in texts for place, tag in enumerate(w.tags)),
    )
    await connection.copy_records_to_table(
        "variant_response", records=(row for text, written in texts for row in _responses(text, written))
    )
    await connection.execute("analyze variant_tag, variant_response")


async def add_variants(connection: Connection, numbers: Iterable[int]) -> None:
    """Have the variations with these numbers, and their words, in the temporary tables too."""
    missing = await connection.fetch(MISSING, list(numbers))
    if missing:
        await connection.copy_records_to_table(
            "variant", records=(_variant(row["number"]) for row in missing), columns=COLUMNS
        )
        await connection.execute("analyze variant")


def _variant(number: int) -> tuple[Any, ...]:
    text, variation = divmod(number, VARIANTS)
    written = written_stories()[text]
    opening, closing = OPENINGS[variation % len(OPENINGS)], CLOSINGS[variation // len(OPENINGS)]
    return (
        number, written.title, f"{opening}{written.body}{closing}", written.pen_name, written.age_group,
        written.author_role, written.criticality,
    )  # fmt: skip


def _responses(text: int, written: WrittenStory) -> Iterator[tuple[Any, ...]]:
    for place, response in enumerate(written.responses):
        change = (response.change.kind, response.change.description) if response.change else (None, None)
        delay = timedelta(days=response.delay_days)
        yield text, place, response.body, response.staff_name, response.job_title, delay, False, *change
    if written.reply and written.responses:
        yield text, len(written.responses), written.reply, None, None, _last(written) + WAIT, True, None, None


def _last(written: WrittenStory) -> timedelta:
    return timedelta(days=max((response.delay_days for response in written.responses), default=0)) + WAIT


@cache
def answers(text: int) -> tuple[int, timedelta, StoryProgress]:
    """How many responses and replies a text has, after how long the last is public, and how far it gets."""
    written = written_stories()[text]
    progress = max((reached(response.change) for response in written.responses), key=ORDER.index, default=ORDER[0])
    replied = bool(written.reply and written.responses)
    return len(written.responses) + replied, _last(written) + 2 * WAIT, progress
