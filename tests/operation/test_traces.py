"""Traces: which request took how long with what, and nothing of what it was about."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from schema.endpoint import log
from schema.endpoint.application import Application
from schema.endpoint.origin import Networks
from schema.endpoint.traces import tracing

PRIVATE = "somebody@private.example"
DOCUMENT = "query Traced($email: String) { stories(filter: {search: $email}) { totalCount } story(number: 1) { title postcode } }"
ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
"""The trace of another program, as it says in a header."""
TRACE = 0x0AF7651916CD43DD8448EB211C80319C
ATTRIBUTES = {"candour.reference", "http.response.status_code", "candour.viewer", "graphql.operation.name"}


async def traced(
    app: Application, client: httpx2.AsyncClient, proxies: Networks = (), **headers: str
) -> tuple[httpx2.Response, dict[str, ReadableSpan]]:
    """The answer to a request, and its spans by their names."""
    exporter, before = InMemorySpanExporter(), app.sight
    with tracing("", proxies, exporter) as traces:
        app.sight = replace(before, traces=traces)
        try:
            body = {"query": DOCUMENT, "variables": {"email": PRIVATE}, "operationName": "Traced"}
            answer = await client.post(f"/graphql?email={PRIVATE}", json=body, headers=headers)
        finally:
            app.sight = before
    return answer, {span.name: span for span in exporter.get_finished_spans()}


async def test_a_span_holds_nothing_of_what_was_asked_or_answered(app: Application, client: httpx2.AsyncClient) -> None:
    answer, spans = await traced(app, client)
    assert "How I was told" in answer.text
    said = "".join(span.to_json() for span in spans.values())
    for private in (PRIVATE, "private.example", "How I was told", "select", "127.0.0.1"):
        assert private not in said
    assert {key for span in spans.values() for key in span.attributes or ()} == ATTRIBUTES
    assert not any(span.events for span in spans.values())


async def test_a_failure_leaves_its_status_and_no_text(
    app: Application, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError(PRIVATE)

    monkeypatch.setattr("resolvers.statement.Statement.run", fail)
    answer, spans = await traced(app, client)
    assert answer.status_code == 500
    assert spans["GraphQL"].status.status_code is StatusCode.ERROR
    assert PRIVATE not in "".join(span.to_json() for span in spans.values())
    assert not any(span.events for span in spans.values())


@pytest.mark.parametrize(("proxies", "parent"), [((), None), ((ip_network("127.0.0.0/8"),), TRACE)], ids=str)
async def test_only_a_proxy_says_to_which_trace_a_request_belongs(
    app: Application, client: httpx2.AsyncClient, proxies: Networks, parent: int | None
) -> None:
    _, spans = await traced(app, client, proxies, traceparent=ABOVE)
    above = spans["GraphQL"].parent
    assert (above.trace_id if above else None) == parent


async def test_a_request_and_what_it_asked_for_are_spans(app: Application, client: httpx2.AsyncClient) -> None:
    answer, spans = await traced(app, client)
    assert set(spans) == {"GraphQL", "Query.story", "Query.stories"}
    whole, part = spans["GraphQL"], spans["Query.story"]
    above, context = part.parent, whole.get_span_context()
    assert above is not None
    assert context is not None
    assert above.span_id == context.span_id
    attributes: dict[str, Any] = dict(whole.attributes or {})
    assert attributes["candour.reference"] == answer.headers["x-request-id"]
    assert attributes["candour.viewer"] == "anonymous"
    assert attributes["http.response.status_code"] == 200


async def test_afterwards_nothing_is_traced(app: Application, client: httpx2.AsyncClient) -> None:
    await traced(app, client)
    assert log.observers == []
    assert (await client.post("/graphql", json={"query": "{ __typename }"})).status_code == 200
