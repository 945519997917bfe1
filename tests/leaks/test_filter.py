"""Filters, orders and words: nothing is found by what the viewer may not read."""

import pytest

from models.database.connection import Connection
from tests.leaks.conftest import Site
from tests.leaks.facts import Facts
from tests.leaks.sight import SIGHT

NAMES = ("", "member", "author", "other", "staff", "commissioner", "moderator", "safeguarding")
FOUND = """query($filter: StoryFilter) {
    stories(filter: $filter, first: 100) { totalCount nodes { id } pageInfo { hasNextPage } }
}"""
ELSEWHERE = """
select story_id, area.code from story_area join area on area.id = area_id join story on story.id = story_id
where story.status = 'PUBLISHED' and not exists (
    select from service_area join story_service using (service_id)
    where story_service.story_id = story_area.story_id and service_area.area_id = story_area.area_id
) order by 1
"""
WITHIN = """
select distinct story_id from story_service join service_area using (service_id) join area on area.id = area_id
where area.code = $1
"""


async def _found(site: Site, name: str, **chosen: object) -> set[str]:
    """The ids of all stories that a filter finds for somebody."""
    page = (await site.data(name, FOUND, filter=chosen))["stories"]
    assert page["totalCount"] == len(page["nodes"]) or page["pageInfo"]["hasNextPage"]
    return {node["id"] for node in page["nodes"]}


@pytest.mark.parametrize("name", NAMES)
async def test_an_area_does_not_find_what_was_only_routed_to_it(site: Site, rows: Connection, name: str) -> None:
    """A story routed there would tell in which area its author lives (P02)."""
    routed = await rows.fetch(ELSEWHERE)
    assert len(routed) > 5
    for story, code in routed[:12]:
        found = await _found(site, name, areaCode=code)
        assert f"Story:{story}" not in found
        assert found <= {f"Story:{number}" for (number,) in await rows.fetch(WITHIN, code)}


@pytest.mark.parametrize("name", ["", "member", "author", "abuse", "dpo", "admin"])
@pytest.mark.parametrize(
    "chosen",
    [{"routing": "ROUTED"}, {"criticality": {"gte": 0}}, {"criticality": {}}, {"criticality": {"lte": None}}],
)
async def test_a_filter_by_what_is_never_readable_is_forbidden(site: Site, name: str, chosen: object) -> None:
    answer = await site.ask(name, FOUND, filter=chosen)
    own = name != "" and "routing" in str(chosen)
    assert own or ([e["extensions"]["code"] for e in answer["errors"]], answer["data"]) == (["FORBIDDEN"], None)
    assert not own or name == "author" or answer["data"]["stories"]["totalCount"] == 0


@pytest.mark.parametrize("name", ["other", "staff", "commissioner", "police", "moderator"])
async def test_a_filter_by_criticality_finds_only_where_it_is_readable(site: Site, facts: Facts, name: str) -> None:
    for level in range(6):
        found = await _found(site, name, criticality={"gte": level, "lte": level})
        unseen = {i for i in found if not SIGHT["Story.criticality"](facts.people[name], facts.rows[i])}
        assert unseen == set()


@pytest.mark.parametrize("name", NAMES)
async def test_what_only_an_original_says_is_found_by_nobody(site: Site, facts: Facts, name: str) -> None:
    originals = [canary.value for canary in facts.canaries if canary.field == "Story.original"]
    names = [value.rpartition("(")[2].rstrip(")") for value in originals if value.endswith(")")]
    numbers = [value.rpartition(" ")[2].rstrip(".") for value in originals if "01632" in value]
    assert min(len(names), len(numbers)) >= 15
    for words in [*names[:15], *numbers[:15]]:
        assert await _found(site, name, search=words) == set()


@pytest.mark.parametrize("name", ["", "member", "other"])
async def test_hidden_texts_are_found_by_none_of_their_words(site: Site, facts: Facts, name: str) -> None:
    person = facts.people[name]
    texts = ("Story.title", "Story.body")
    hidden = [c for c in facts.canaries if c.field in texts and not c.may_be_met_by(person)]
    assert len(hidden) > 30
    for canary in hidden:
        words = canary.value.replace('"', " ").split()[:5]
        assert canary.row.identity not in await _found(site, name, search=" ".join(words))


@pytest.mark.parametrize("name", NAMES)
async def test_a_filter_by_status_finds_only_rows_that_are_shown(site: Site, facts: Facts, name: str) -> None:
    person = facts.people[name]
    for status in ("WITHDRAWN", "SUBMITTED", "IN_REVIEW", "REJECTED", "PREVIEW", "RESTRICTED"):
        shown = {r.identity for r in facts.of("Story") if r.status == status and SIGHT["Story"](person, r)}
        assert await _found(site, name, status=status) == shown
