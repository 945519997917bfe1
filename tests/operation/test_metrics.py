"""`/metrics`: read by who has the token; of several processes; and without a value, or room for one."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from policies.viewer import Anonymous, Member
from schema.endpoint import log, tally
from schema.endpoint.metrics import Metrics, Place, write
from schema.endpoint.scrape import Scrape, scrape_route
from schema.endpoint.tally import BOUNDS, MOST_NAMES, TALLY, Tally
from tests.house.tree import ROOT

ANONYMOUS, MEMBER = Anonymous().kind, Member(uuid4()).kind
TOKEN = "the-token-of-prometheus"
PRIVATE = "somebody@private.example"


class Sight:
    """What the route looks for."""

    def __init__(self, scrape: Scrape) -> None:
        self.scrape = scrape


async def backlog() -> dict[str, tuple[int, int]]:
    return {"send mail": (3, 1)}


def metrics(place: Place | None = None, counted: Tally | None = None, **gauges: float) -> Metrics:
    return Metrics(counted or Tally(), place or Place(), lambda: gauges, {"policies": "abc"})


async def scraped(scrape: Scrape, **headers: str) -> httpx2.Response:
    app = Starlette(routes=[scrape_route()])
    app.sight = Sight(scrape)  # type: ignore[attr-defined]
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://candour.test") as client:
        return await client.get("/metrics", headers=headers)


def values(text: str | bytes) -> dict[str, float]:
    lines = (text if isinstance(text, str) else text.decode()).splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer no"}, {"Authorization": TOKEN}], ids=str)
async def test_without_the_token_nobody_reads_them(sent: dict[str, str]) -> None:
    answer = await scraped(Scrape(metrics(), backlog, TOKEN, open=True), **sent)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "candour_" not in answer.text


async def test_production_without_a_token_has_none() -> None:
    answer = await scraped(Scrape(metrics(), backlog, None, open=False))
    assert (answer.status_code, "candour_" in answer.text) == (404, False)


async def test_whoever_has_the_token_reads_them() -> None:
    answer = await scraped(Scrape(metrics(), backlog, TOKEN, open=False), Authorization=f"Bearer {TOKEN}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found = values(answer.text)
    assert found['candour_info{policies="abc"}'] == found["candour_processes"] == 1
    assert found['candour_jobs_waiting{job="send mail"}'] == 3
    assert found['candour_jobs_given_up{job="send mail"}'] == 1
    assert 10_000_000 < found["candour_memory_bytes"] < 2_000_000_000


async def test_without_the_database_everything_else_is_told() -> None:
    async def failing() -> dict[str, tuple[int, int]]:
        raise OSError(PRIVATE)

    answer = await scraped(Scrape(metrics(), failing, None, open=True))
    assert (answer.status_code, "candour_processes 1.0" in answer.text) == (200, True)
    assert "candour_jobs_waiting{" not in answer.text
    assert PRIVATE not in answer.text


def test_names_that_clients_choose_take_no_room() -> None:
    counted = Tally()
    for n in range(5000):
        counted.request(f"Operation{n}", ANONYMOUS, 200, 0.001)
    counted.request("x" * 10_000, ANONYMOUS, 200, 0.001)
    assert len(counted.requests) == len(counted._known) + 1 == MOST_NAMES + 1
    assert counted.requests[tally.OTHER, "anonymous", "200"][1] == 5001 - MOST_NAMES


def test_kinds_of_viewers_take_no_room_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_SERIES", 10)
    counted = Tally()
    for n in range(50):
        counted.request("Home", f"kind {n}", 200, 0.001)
        counted.denied({("Story", f"field{n}"): 1}, ANONYMOUS)
    assert len(counted.requests) == 11
    assert len(counted.counts) == 10


def test_named_operations_alone_are_told_apart() -> None:
    counted = Tally()
    counted.only(["Home"])
    for name in ("Home", "Story", None):
        counted.request(name, MEMBER, 200, 0.001)
    assert {labels[0] for labels in counted.requests} == {"Home", "other", ""}


def test_times_are_told_in_buckets() -> None:
    counted = Tally()
    for seconds in (0.0005, 0.001, 0.3, 99.0):
        counted.request("Home", None, 200, seconds)
    found = values(metrics(counted=counted).text({}))
    labels = 'operation="Home",status="200",viewer=""'
    buckets = [found[f'candour_request_seconds_bucket{{le="{bound}",{labels}}}'] for bound in (*BOUNDS, "+Inf")]
    assert buckets == [2] * 8 + [3] * 5 + [4]
    assert found[f"candour_request_seconds_sum{{{labels}}}"] == pytest.approx(99.3015)


def test_processes_are_added_up(tmp_path: Path) -> None:
    first, second = (metrics(Place(n, tmp_path), Tally(), subscriptions=5) for n in (0, 1))
    for one in (first, second, second):
        one.tally.request("Home", ANONYMOUS, 200, 0.5)
        one.tally.denied({("Story", "postcode"): 2}, ANONYMOUS)
    write(tmp_path / "restarts.json", {"counts": [["restart", 7]]})
    second.tell()
    found = values(first.text({}))
    assert found['candour_request_seconds_count{operation="Home",status="200",viewer="anonymous"}'] == 3
    assert found['candour_denied_fields_total{field="postcode",type="Story",viewer="anonymous"}'] == 6
    assert (found["candour_subscriptions"], found["candour_processes"], found["candour_restarts_total"]) == (10, 2, 7)


async def test_a_process_goes_on_from_where_a_killed_one_was(tmp_path: Path) -> None:
    place = Place(0, tmp_path)
    killed = metrics(place)
    killed.tally.request("Home", ANONYMOUS, 200, 0.5)
    killed.tell()
    following = metrics(place)
    following.tally.request("Home", ANONYMOUS, 200, 0.5)
    running = following.run()
    running.send(None)
    running.close()
    following.tally.request("Home", ANONYMOUS, 200, 0.5)
    assert following.tally.requests["Home", "anonymous", "200"][0] == 1.5


def test_every_metric_is_documented_and_can_be_read() -> None:
    counted = Tally()
    counted.request("Home", ANONYMOUS, 200, 0.5)
    for labels in (("denied", "Story", "title", ""), ("fault", "x"), ("job", "x", "done"), ("restart",)):
        counted.add(labels)
    families = text_string_to_metric_families(metrics(counted=counted).text({"send mail": (1, 2)}).decode())
    told = {family.name + "_total" * (family.type == "counter") for family in families if family.samples}
    page = (ROOT / "docs" / "operation.md").read_text()
    rows = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| `candour_")]
    assert told == {name for row in rows for name in re.findall(r"`(candour_\w+)`", row)}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """The process's own counts, empty."""
    fresh = Tally()
    for name in ("requests", "counts", "_known", "_names"):
        monkeypatch.setattr(TALLY, name, getattr(fresh, name))
    return TALLY


async def ask(client: httpx2.AsyncClient, **body: Any) -> None:
    answer = await client.post("/graphql", json=body)
    assert answer.status_code == 200


async def test_requests_and_denied_fields_are_counted(client: httpx2.AsyncClient, counted: Tally) -> None:
    document = "query Two { stories(first: 2) { nodes { postcode } } complaints { totalCount } }"
    await ask(client, query=document, operationName="Two")
    await ask(client, query="query Two { nothing }", operationName="Two")
    await ask(client, query="mutation No { clearReadingHistory { problems { message } } }")
    assert {labels: sum(row[1:]) for labels, row in counted.requests.items()} == {
        ("Two", "anonymous", "200"): 1,
        ("", "anonymous", "200"): 2,
    }
    assert {labels[1:]: number for labels, number in counted.counts.items()} == {
        ("Story", "postcode", "anonymous"): 2,
        ("Query", "complaints", "anonymous"): 1,
        ("Mutation", "clearReadingHistory", "anonymous"): 1,
    }


async def test_nothing_that_was_asked_or_answered_is_told(client: httpx2.AsyncClient, counted: Tally) -> None:
    document = "query Of($email: String) { stories(filter: {search: $email}) { totalCount } story(number: 1) { title postcode } }"
    await ask(client, query=document, variables={"email": PRIVATE}, operationName="Of")
    told = (await client.get("/metrics")).text
    assert 'operation="Of"' in told
    assert not re.search(f"{PRIVATE}|How I was told|NM1", told)


def test_faults_and_jobs_are_counted_by_their_kind(counted: Tally) -> None:
    log.job("send mail", 3)
    log.job("send mail", 2)
    log.job("send mail", LookupError(PRIVATE))
    found = values(metrics(counted=counted).text({}))
    assert found['candour_jobs_total{job="send mail",outcome="done"}'] == 5
    assert found['candour_jobs_total{job="send mail",outcome="failed"}'] == 1
    assert found['candour_faults_total{kind="builtins.LookupError"}'] == 1
