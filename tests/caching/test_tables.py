"""An answer is made of the tables that its statement says, and each of them tells of its changes."""

import json
import re
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from models.watch import CHANNEL, WATCHED
from policies.viewer import Anonymous
from resolvers.executor import InMemory
from resolvers.statement import CHANGING, Statement
from tests.planner.maximal import root
from tests.reference.document import Asked, requests
from tests.reference.proof import Proof

TRIGGERS = """
select tgrelid::regclass::text as name, tgenabled = 'O' as enabled, tgtype & 1 = 0 as each_statement, tgtype & 60 as events
from pg_trigger where tgname = 'table_changed'
"""
CHANGES = {
    "insert": "insert into tag (kind, label) values ('GOOD', 'heard')",
    "update": "update tag set label = 'heard again' where label = 'heard'",
    "delete": "delete from tag where label = 'heard again'",
    "truncate": "truncate postcode_area",
}
ABOUT_THE_VIEWER = re.compile(r"\bviewerCan \{[^{}]*\}|\bmarkedSimilar\b")
ROOTS = (
    "stories(first: 5)", "services(first: 5)", "organisations(first: 5)", "tags(first: 5)", 'area(code: "E54000001")',
    'stories(first: 5, filter: {areaCode: "E54000001", tag: {kind: GOOD, label: "x"}, search: "x", organisationId: "Organisation:1"})',
    'services(filter: {areaCode: "E54000001", postcodeUnknown: false})',
)  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    ["now() < x", "SELECT CURRENT_TIMESTAMP", "x > statement_timestamp()", "clock_timestamp()", "current_date", "Localtime",
     "random() < 1", "gen_random_uuid()", "nextval('x')", "current_setting('x')"],
)  # fmt: skip
def test_a_statement_that_depends_on_the_moment_is_known(sql: str) -> None:
    assert CHANGING.search(sql)


def test_the_time_of_a_row_is_no_moment() -> None:
    assert not CHANGING.search(
        "SELECT story.published_at, known FROM story WHERE shown_at < $1::TIMESTAMP WITH TIME ZONE"
    )


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer { __typename } }",
        "{ viewer { kind } }",
        "{ viewer { account { id } } }",
        "{ story(number: 1) { markedSimilar } }",
        "{ story(number: 1) { viewerCan { respond } } }",
        "{ stories(first: 1) { nodes { responses { nodes { viewerCan { edit } } } } } }",
    ],
)
async def test_a_statement_about_the_viewer_is_made_of_no_tables_alone(planned: Proof, document: str) -> None:
    executor = planned.planner
    operation = executor.documents.operation(document, None)
    for viewer in planned.viewers:
        (part,) = executor.parts(operation, operation.variables({}), viewer)
        assert isinstance(part, Statement)
        assert part.tables is None, str(viewer.kind)


async def test_a_condition_that_names_the_viewer_leaves_no_tables_alone(planned: Proof) -> None:
    executor = planned.planner
    operation = executor.documents.operation("{ stories(first: 1) { nodes { id } } }", None)
    found = {}
    for viewer in planned.viewers:
        (part,) = executor.parts(operation, operation.variables({}), viewer)
        assert isinstance(part, Statement)
        found[str(viewer.kind)] = part.tables is None
    assert found.pop("anonymous") is False
    assert found["member"]


async def test_each_watched_table_tells_of_every_kind_of_change(connection: asyncpg.Connection) -> None:
    found = {
        row["name"]: (row["enabled"], row["each_statement"], row["events"]) for row in await connection.fetch(TRIGGERS)
    }
    # INSERT 4, DELETE 8, UPDATE 16, TRUNCATE 32
    assert found == dict.fromkeys(WATCHED, (True, True, 60))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_change_is_told_once_it_is_committed_and_never_before(database: str, change: str) -> None:
    heard: list[str] = []
    listening, writing = await asyncpg.connect(database), await asyncpg.connect(database)
    await listening.add_listener(CHANNEL, lambda *said: heard.append(str(said[-1])))
    for earlier in [*CHANGES.values()][: [*CHANGES.values()].index(change)]:
        await writing.execute(earlier)
    await listening.fetchval("select 1")
    heard.clear()
    transaction = writing.transaction()
    await transaction.start()
    await writing.execute(change)
    await listening.fetchval("select 1")
    assert heard == []
    await transaction.commit()
    await listening.fetchval("select 1")
    assert heard == [re.split(r"\W+", change.replace(" into", "").replace(" from", ""))[1]]
    await listening.close()
    await writing.close()


async def test_a_change_that_is_rolled_back_is_not_told(database: str) -> None:
    heard: list[str] = []
    listening, writing = await asyncpg.connect(database), await asyncpg.connect(database)
    await listening.add_listener(CHANNEL, lambda *said: heard.append(str(said[-1])))
    transaction = writing.transaction()
    await transaction.start()
    await writing.execute(CHANGES["insert"])
    await transaction.rollback()
    await listening.fetchval("select 1")
    assert heard == []
    await listening.close()
    await writing.close()


def _relations(plan: Any) -> set[str]:
    """The tables that PostgreSQL reads, by its own account."""
    found = {plan["Relation Name"]} if "Relation Name" in plan else set()
    return found.union(*(_relations(part) for part in plan.get("Plans", ())))


async def _assert_known(planned: Proof, document: str, variables: dict[str, Any]) -> bool:
    """Whether the document's answer is public; if it is, that it is made of what it says."""
    executor, nobody = planned.planner, Anonymous()
    operation = executor.documents.operation(document, None)
    values = operation.variables(variables)
    public = True
    for part in executor.parts(operation, values, nobody):
        if not isinstance(part, Statement):
            public &= isinstance(part, InMemory)
            continue
        public &= part.tables is not None and part.tables <= WATCHED
        if part.tables is not None:
            given = [parameter(values.coerced, nobody) for parameter in part.parameters]
            async with executor.pool.acquire() as connection:
                (plan,) = json.loads(await connection.fetchval(f"explain (format json) {part.sql}", *given))
            assert _relations(plan["Plan"]) <= part.tables
    return public


@pytest.mark.parametrize("field", ROOTS)
async def test_what_a_list_with_all_that_is_below_it_is_made_of(planned: Proof, field: str) -> None:
    name, _, arguments = field.partition("(")
    document = ABOUT_THE_VIEWER.sub("", root(name, f"({arguments}", 2))
    assert await _assert_known(planned, f"{{ {document} }}", {})


@given(data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
async def test_what_generated_documents_are_made_of(planned: Proof, data: Any) -> None:
    asked: Asked = data.draw(requests(planned.world, planned.reference.cursors.frozen, [Anonymous()]))
    note(f"{asked.document}\n{asked.variables}")
    await _assert_known(planned, asked.document, asked.variables)
