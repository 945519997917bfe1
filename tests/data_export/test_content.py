"""What is in a copy: everything of its person, and nothing of anybody else (P16)."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from models.base import metadata
from operations.data_export.cell import cell
from operations.data_export.excluded import EXCLUDED
from operations.data_export.tables import TABLES
from operations.demo.cast import HOST
from operations.demo.disclosure import CASES
from tests.data_export.conftest import Desk, Unpacked
from tests.data_export.traces import COMPLAINT, FORMULA, TOLD, UNTOLD
from tests.demo.world import OWNER, private_columns

INWARD = {"account.demographics_id", "second_factor.secret", "mail.content", "data_export.token"}
"""Private values that open something, or that only the software uses: in no copy, not in one's own."""
NAMES = [table.name for table in TABLES]
EMPTY = {"memberships", "responses_moderated"}
"""Tables in which `author@` has no rows: they belong to no organisation, and moderate nothing."""


async def _private(desk: Desk) -> dict[UUID, set[str]]:
    """Every private value of everybody, in clear."""
    found: dict[UUID, set[str]] = {}
    for table, column in private_columns():
        key = ", ".join(f"row.{part.name}" for part in metadata.tables[table].primary_key)
        rows = await desk.connection.fetch(
            f"select concat_ws(':', {key}), row.{column}, person_key.id, wrapped"
            f" from {table} as row join person_key on person_key.id = {OWNER[table]} where row.{column} is not null"
        )
        for row_key, ciphertext, person, wrapped in rows:
            opened = desk.keyring.open(wrapped, str(person)).decrypt(ciphertext, f"{table}.{column}:{row_key}")
            if f"{table}.{column}" not in INWARD:
                found.setdefault(person, set()).add(opened)
    return found


async def test_nothing_private_of_anybody_else_is_in_it(desk: Desk, authors: Unpacked) -> None:
    author = await desk.person("author")
    everybodys = await _private(desk)
    others = {value for person, values in everybodys.items() if person != author for value in values}
    text = "\n".join(authors.texts.values())
    # A short title may be a common phrase.
    assert {value for value in others - everybodys[author] if len(value) > 8 and value in text} == set()


async def test_nobody_else_is_named(desk: Desk, authors: Unpacked) -> None:
    author = await desk.person("author")
    text = "\n".join(authors.texts.values())
    accounts = [str(row["id"]) for row in await desk.connection.fetch("select id from account")]
    assert [account for account in accounts if account in text] == [str(author)]
    assert f"moderator@{HOST}" not in text
    assert f"dpo@{HOST}" not in text


async def test_what_others_wrote_and_nobody_published_is_not_in_it(desk: Desk, authors: Unpacked) -> None:
    author = await desk.person("author")
    hidden = await desk.connection.fetch(
        "select body from story where status not in ('PUBLISHED', 'WITHDRAWN') and author_id is distinct from $1"
        " union select body from response where status <> 'PUBLISHED' and account_id is distinct from $1",
        author,
    )
    assert hidden
    text = "\n".join(authors.texts.values())
    assert [row["body"] for row in hidden if row["body"] in text] == []


def test_nothing_that_opens_an_account_is_in_it(authors: Unpacked) -> None:
    text = "\n".join(authors.texts.values())
    assert [value for value in (*UNTOLD, "$argon2") if value in text] == []


WITHHELD = {
    text for case in CASES if case.withheld or case.lasts is None for text in (case.grounds, case.withheld) if text
}
"""P09: what was written about a disclosure that is withheld from its person, or that nobody decided about yet."""


async def test_everything_private_of_its_person_is_in_it(desk: Desk, authors: Unpacked) -> None:
    mine = (await _private(desk))[await desk.person("author")] - WITHHELD | set(TOLD)
    document = {
        str(value)
        for rows in authors.document.values()
        for row in rows
        if isinstance(row, dict)
        for value in row.values()
    }
    assert mine - document == WITHHELD & document == set()
    sheets = {value for name in NAMES for row in authors.table(name) for value in row.values()}
    assert {str(cell(value)) for value in mine} - sheets == set()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in EMPTY])
def test_every_table_has_its_rows(authors: Unpacked, name: str) -> None:
    assert authors.document[name]


READINGS = "(select * from audit_event where kind = 'READ') as reading"


async def test_every_row_of_its_person_is_in_it(desk: Desk, authors: Unpacked) -> None:
    author = await desk.person("author")
    for name, table, column in (
        ("stories", "story", "author_id"),
        ("reading_history", "reading", "account_id"),
        ("similar_experiences", "similar_experience", "account_id"),
        ("consents", "consent", "account_id"),
        ("ip_addresses", "ip_address_use", "account_id"),
        ("responses_written", "response", "account_id"),
        ("access_log", READINGS, "person_id"),
    ):
        held = await desk.connection.fetchval(f"select count(*) from {table} where {column} = $1", author)
        assert len(authors.document[name]) == held > 0
    # Stories 1 to 8, one in each state, withdrawn too.
    assert [story["status"] for story in authors.document["stories"]] == [
        "PUBLISHED", "SUBMITTED", "IN_REVIEW", "PREVIEW", "RESTRICTED", "REJECTED", "WITHDRAWN", "PUBLISHED",
    ]  # fmt: skip


async def test_roles_and_memberships_are_in_the_copy_of_those_who_have_them(desk: Desk) -> None:
    staff = await desk.copy(await desk.person("staff"))
    assert [row["role"] for row in staff.document["memberships"]] == ["RESPONDER"]
    assert staff.document["responses_written"]
    await desk.connection.execute("delete from data_export")
    dpo = await desk.copy(await desk.person("dpo"))
    assert dpo.document["account"][0]["roles"] == ["DPO"]


async def test_what_a_moderator_decided_is_in_their_copy(desk: Desk) -> None:
    moderator = await desk.person("moderator")
    decide = "update response set moderator_id = $1 where id = (select min(id) from response) returning story_id"
    number = await desk.connection.fetchval(decide, moderator)
    await desk.connection.execute("delete from data_export")
    copy = await desk.copy(moderator)
    await desk.connection.execute("update response set moderator_id = null")
    assert [row["story"] for row in copy.document["responses_moderated"]] == [number]


def test_json_and_csv_have_the_same_rows(authors: Unpacked) -> None:
    assert set(authors.document) == {"candour", *NAMES}
    assert set(authors.names) == {"candour.json", "README.txt", *(f"csv/{name}.csv" for name in NAMES)}
    for table in TABLES:
        document, sheet = authors.document[table.name], authors.table(table.name)
        assert len(sheet) == len(document)
        assert [{name: str(cell(value)) for name, value in row.items()} for row in document] == sheet


def test_attempts_to_sign_in_as_the_person_are_in_it_and_no_others(authors: Unpacked) -> None:
    assert [row["kind"] for row in authors.document["sign_in_attempts"]] == ["SIGN_IN", "SIGN_IN"]


def test_how_much_the_person_asked_for_is_in_it_and_of_nobody_else(authors: Unpacked) -> None:
    assert [row["level"] for row in authors.document["requests"]] == [4_711]


def test_times_are_iso_in_utc(authors: Unpacked) -> None:
    made = datetime.fromisoformat(authors.document["candour"]["made_at"])
    assert made.utcoffset() == datetime.now(UTC).utcoffset()
    assert all(row["submitted_at"].endswith("Z") for row in authors.document["stories"])
    assert authors.document["second_factor"][0]["last_used_at"] == "2026-02-02T02:40:00.000000Z"


def test_no_cell_is_a_formula_and_the_document_is_exact(authors: Unpacked) -> None:
    assert authors.document["complaints"][-1]["body"] == COMPLAINT["body"]
    assert authors.table("complaints")[-1]["body"] == "'" + COMPLAINT["body"]
    assert authors.document["corrections"][-1]["field"] == FORMULA
    assert authors.table("corrections")[-1]["field"] == "'" + FORMULA


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "－1"])
def test_what_a_spreadsheet_would_compute_is_quoted(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell([text, "x"]) == f"'{text}; x"


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (True, "true"), (-3, -3), ("1+1", "1+1"), ("it's", "it's"), (["a", "b"], "a; b")]
)
def test_what_is_harmless_stays_as_it_is(value: object, shown: object) -> None:
    assert cell(value) == shown


def test_the_readme_explains_every_table_and_column(authors: Unpacked) -> None:
    flat = " ".join(authors.readme.split())
    for table in TABLES:
        rows = len(authors.document[table.name])
        assert f"{table.name} ({rows} {'row' if rows == 1 else 'rows'})" in flat
        assert all(f"- {column.name}: {' '.join(column.meaning.split())}" in flat for column in table.columns)
    for name in ("person_key", "data_export_part"):
        assert EXCLUDED[name] in flat
    assert "Information Commissioner" in flat
    assert "has a quote (') put in front" in flat
    assert not re.search(r"\bP\d\d\b", flat)
