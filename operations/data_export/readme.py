"""The README in the ZIP file: what everything in it means, in plain English."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from textwrap import fill

from operations.data_export.excluded import EXCLUDED, MACHINERY, PUBLIC
from operations.data_export.table import HASH, NAMED, ROW, YOURS
from operations.data_export.tables import TABLES

WIDTH = 100
PROMISE = re.compile(r" \(P\d\d\)")
TEDIOUS = {ROW, YOURS, NAMED, HASH, PUBLIC, MACHINERY}
"""Reasons that need no line of their own for each column: they are explained once."""

GENERAL = (
    "Numbers that the database gives to rows, and what only says that a row is yours.",
    "Public facts about organisations, services and areas, except their names.",
    f"Hashes of your email, of links and of the like. Each is {HASH}.",
)

INTRODUCTION = """\
YOUR COPY OF ALL THAT {site} HOLDS ABOUT YOU

Made on {made_at} (UTC), because you asked for it. It holds private things: keep it
safe, and delete it when you no longer need it.

WHAT IS IN IT

candour.json      everything in one file, exactly as it is held, for programs.
csv/<name>.csv    the same again, one table a file, to open in a spreadsheet.
README.txt        this text.

Times are UTC, such as 2026-11-24T10:30:00.000000Z. An empty cell (null in candour.json) means that there is
nothing. Lists in a cell are separated by semicolons. All files are UTF-8.

In the CSV files a text that begins with = + - @ or a tab or a new line has a quote (') put in front, so that no
spreadsheet takes it for a formula; candour.json has it without.
"""
ELSEWHERE = """\
WHO GETS WHAT

Everybody can see: published stories with their tags, services, answers and changes, the age group, the role and the
pen name that you chose. Nothing is public before a moderator has read it.
Organisations that a story is about, and those responsible for care where it was routed, also see when it was sent,
where it was routed, and, if it is to be shown to them first, the story before publication.
Others get your published stories only as far as you agreed (see consents): social media, the data feed for
organisations and researchers, students in training, and the national NHS website.
Moderators, the safeguarding team, the people who look into abuse and the data protection officer see what their work
needs; private data only with a stated purpose, and every time is written down (see access_log).
Your email, postcode and IP addresses are given to the service that cares for you or to the police only on an immediate
risk of serious harm or loss of life (see disclosures). Your answers in demographics leave the site only as statistics.
No decision about you is made by a computer alone, and there is no profile or score of you.

YOUR RIGHTS

Signed in, you can see all of this, correct it, agree to a purpose or withdraw that, withdraw any story, ask for a new
copy, and delete your account with everything in it. For whatever you cannot do yourself, write to us: choose "complain"
on the site and say what you ask for. You get an answer within a month; if it is complex, we tell you why we need up to
two more.

TO COMPLAIN

Tell us first if you can: choose "complain" on the site, signed in or not. We acknowledge it within 30 days, and
answer it. You can also complain to the Information Commissioner's Office at any time: https://ico.org.uk/make-a-complaint,
telephone 0303 123 1113, Wycliffe House, Water Lane, Wilmslow SK9 5AF.
"""


def readme(site: str, made_at: datetime, counts: Mapping[str, int]) -> str:
    """The text; `counts` says how many rows each table has."""
    tables = [line for table in TABLES for line in _table(table.name, counts[table.name])]
    head = INTRODUCTION.format(site=site, made_at=f"{made_at:%d %B %Y at %H:%M}")
    return "\n".join([head, "THE TABLES", "", *tables, "WHAT IS NOT IN IT, AND WHY", "", *_left_out(), "", ELSEWHERE])


def _table(name: str, count: int) -> Iterator[str]:
    table = next(table for table in TABLES if table.name == name)
    yield f"{name}  ({count} {'row' if count == 1 else 'rows'})"
    yield _indented(table.meaning)
    yield _indented(f"Held {table.purpose}.")
    yield _indented(f"Kept {table.kept}.")
    for column in table.columns:
        yield _indented(f"- {column.name}: {column.meaning}", deeper=2)
    yield ""


def _left_out() -> Iterator[str]:
    for line in GENERAL:
        yield _indented(f"- {line}", deeper=2)
    for table in TABLES:
        for place, reason in table.left_out.items():
            if reason not in TEDIOUS:
                yield _indented(f"- {place.partition('.')[2]} (with {table.name}): {reason}.", deeper=2)
    for name, reason in EXCLUDED.items():
        if reason not in TEDIOUS:
            yield _indented(f"- {name}: {reason}.", deeper=2)


def _indented(text: str, deeper: int = 0) -> str:
    # Promises have numbers in our own papers only.
    return fill(
        PROMISE.sub("", text), WIDTH, initial_indent="  ", subsequent_indent="  " + " " * deeper, break_on_hyphens=False
    )
