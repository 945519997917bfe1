"""Asking for a copy (P16): for whom, one at a time, not too often."""

import asyncio
from typing import Any

import httpx2
import pytest

from operations.data_export.request import A_DAY, request
from operations.problem import ProblemError
from tests.data_export.conftest import Browser, Desk

ASK = "mutation { requestDataExport { problems { code message } dataExport { id status requestedAt url } } }"


async def _ask(client: httpx2.AsyncClient, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return (await client.post("/graphql", json={"query": ASK}, headers=headers)).json()


async def test_a_visitor_cannot_ask_for_a_copy(desk: Desk, browser: Browser) -> None:
    answer = await _ask(browser.client)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["extensions"]["reason"].startswith("P16")
    assert await desk.connection.fetchval("select count(*) from data_export") == 0


async def test_an_erased_person_cannot_ask_for_a_copy(desk: Desk) -> None:
    with pytest.raises(ProblemError, match="does not exist any more"):
        async with desk.transaction() as session:
            await request(session, desk.nobody)


async def test_a_second_copy_waits_for_the_first(desk: Desk, browser: Browser) -> None:
    token = await browser.sign_in("member")
    first = (await _ask(browser.client, token))["data"]["requestDataExport"]
    assert first["problems"] == []
    assert (first["dataExport"]["status"], first["dataExport"]["url"]) == ("REQUESTED", None)
    for stage, meanwhile in (("being made", None), ("is ready", desk.maker.run)):
        if meanwhile:
            await meanwhile()
        second = (await _ask(browser.client, token))["data"]["requestDataExport"]
        assert second["dataExport"] is None
        assert [problem["code"] for problem in second["problems"]] == ["ALREADY_DONE"]
        assert stage in second["problems"][0]["message"]


async def test_parallel_requests_make_one_copy(desk: Desk) -> None:
    person = await desk.person("member")
    answers = await asyncio.gather(*(desk.ask(person) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(answer, ProblemError) for answer in answers) == 3
    assert await desk.connection.fetchval("select count(*) from data_export") == 1


async def test_there_are_so_many_copies_a_day(desk: Desk) -> None:
    person = await desk.person("member")
    for _ in range(A_DAY):
        export = await desk.ask(person)
        await desk.connection.execute("update data_export set status = 'FAILED' where id = $1", export)
    with pytest.raises(ProblemError, match="tomorrow"):
        await desk.ask(person)
    await desk.connection.execute("update data_export set requested_at = requested_at - interval '1 day'")
    await desk.ask(person)


async def test_a_copy_that_nobody_fetched_in_time_is_no_hindrance(desk: Desk) -> None:
    person = await desk.person("member")
    await desk.ready(person)
    await desk.connection.execute("update data_export set expires_at = now()")
    await desk.ask(person)
