"""Whichever way somebody reaches a row, they see the same of it; what is hidden hides nothing by how it is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.leaks.conftest import Site
from tests.leaks.document import complete
from tests.leaks.facts import Facts
from tests.leaks.sight import SIGHT

STORIES = "stories(first: 100) { nodes { ...Story_0 } }"
PATHS = (
    f"{{ organisations(first: 100) {{ nodes {{ {STORIES} services(first: 5) {{ nodes {{ {STORIES} }} }} }} }} }}",
    f"{{ services(first: 100) {{ nodes {{ {STORIES} areas {{ organisation {{ {STORIES} }} }} }} }} }}",
    f"{{ stories(first: 3) {{ nodes {{ responses {{ nodes {{ organisation {{ {STORIES} }} }} }} }} }} }}",
    f"{{ viewer {{ account {{ {STORIES} memberships {{ organisation {{ {STORIES} }} }} }} }} }}",
    "{ viewer { account { similarExperiences { nodes { ...Story_0 } } readingHistory { nodes { story { ...Story_0 } } } } } }",
    f'{{ {STORIES} night: stories(filter: {{search: "night"}}, orderBy: RELEVANCE) {{ nodes {{ ...Story_0 }} }} }}',
    "{ story(number: 1) { ...Story_0 services { organisation { stories { nodes { ...Story_0 } } } } } }",
)
NAMES = ("", "member", "other", "staff", "commissioner", "police", "author")


def _type(identity: str) -> str:
    return identity.partition(":")[0]


def _stories(value: Any) -> Iterator[dict[str, Any]]:
    """Every story that stands anywhere in an answer."""
    if isinstance(value, list):
        for item in value:
            yield from _stories(item)
    elif isinstance(value, dict):
        if value.get("__typename") == "Story":
            yield value
        for below in value.values():
            yield from _stories(below)


@pytest.mark.parametrize("name", NAMES)
async def test_a_nested_role_opens_no_more_than_asking_directly(site: Site, facts: Facts, name: str) -> None:
    met = [story for path in PATHS for story in _stories(await site.data(name, complete(path)))]
    ids = sorted({story["id"] for story in met})
    direct: dict[str, Any] = {}
    for start in range(0, len(ids), 100):
        query = complete("query($ids: [ID!]!) { nodes(ids: $ids) { ...Story_0 } }")
        answer = await site.data(name, query, ids=ids[start : start + 100])
        direct |= {story["id"]: story for story in answer["nodes"]}
    assert len(ids) > 200
    assert [story["id"] for story in met if not direct[story["id"]].items() <= story.items()] == []
    person = facts.people[name]
    hidden = [story for story in direct.values() if not SIGHT["Story.criticality"](person, facts.rows[story["id"]])]
    assert hidden
    assert {story["criticality"] for story in hidden} == {None}


@pytest.mark.parametrize("name", ["", "member", "other"])
async def test_a_denial_does_not_tell_whether_there_is_a_value(site: Site, facts: Facts, name: str) -> None:
    """Stories 9 and 10 have no author, others no postcode, no original or no areas: all are denied alike."""
    query = """query($n: Int!) { story(number: $n) {
        criticality submittedAt routing postcode ipAddress author { id } original { title } routedAreas { code }
        moderationLog { note }
    } }"""
    public = [row for row in facts.of("Story") if row.status == "PUBLISHED"]
    strange = [row for row in public if not SIGHT["Story.criticality"](facts.people[name], row)]
    answers = {(await site.send(name, query, n=int(r.identity.partition(":")[2]))).content for r in strange[:60]}
    assert len(strange) >= 60
    assert len(answers) == 1


DECIDED = "allowed conditional mask reason rule { line }"
DECISION = f"query($input: AccessInput!) {{ access(input: $input) {{ {DECIDED} }} }}"
CONDITIONS = "grants { reason conditions { text met } }"
REASONS = f"query($input: AccessInput!) {{ access(input: $input) {{ {DECIDED} {CONDITIONS} fields {{ {DECIDED} {CONDITIONS} }} }} }}"


@pytest.mark.parametrize(
    ("name", "purpose"),
    [("", ""), ("member", ""), ("other", ""), ("abuse", ""), ("dpo", ""), ("dpo", "complaint"), ("admin", "")],
)
async def test_a_decision_about_a_hidden_row_is_one_about_no_row(
    site: Site, facts: Facts, name: str, purpose: str
) -> None:
    hidden = [r.identity for r in facts.of("Story") if r.status in ("SUBMITTED", "REJECTED", "WITHDRAWN")]
    hidden += [r.identity for r in facts.of("Response") if r.status == "REJECTED" and not r.bodies]
    for identity, nothing in ((identity, f"{identity.partition(':')[0]}:999999") for identity in hidden):
        for described in (None, {"kind": "MEMBER", "roles": ["MODERATOR"]}):
            if described and name not in ("dpo", "admin"):
                continue
            question = {"type": identity.partition(":")[0], "field": "body", "as": described}
            one, other = [
                (await site.send(name, REASONS, purpose, input={**question, "id": i})).content
                for i in (identity, nothing)
            ]
            assert one == other


@pytest.mark.parametrize(("name", "purpose"), [("dpo", "complaint"), ("dpo", "")])
async def test_a_decision_for_somebody_described_tells_nothing_of_a_person(
    site: Site, facts: Facts, name: str, purpose: str
) -> None:
    """Which person works for an organisation would follow from what a moderator may see of them."""
    employed = next(row for row in facts.of("Account") if row.bodies)
    person = facts.some("Account", bodies=frozenset())
    described = {"kind": "MEMBER", "roles": ["MODERATOR"]}
    answers = set()
    for identity in (employed.identity, person.identity, "Account:00000000-0000-4000-8000-000000000000"):
        question = {"type": "Account", "field": "id", "id": identity, "as": described}
        answers.add((await site.send(name, REASONS, purpose, input=question)).content)
        assert await site.codes(name, REASONS, purpose, input=question) == []
    assert len(answers) == 1
    general = await site.data(name, DECISION, purpose, input={"type": "Account", "field": "id", "as": described})
    assert general["access"]["conditional"] is True
