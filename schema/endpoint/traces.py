"""Traces: a span for each request and for each of its root fields, sent to a collector by OpenTelemetry.

SECURITY: a span holds names of the schema and of the code, the viewer's kind, a status and the reference that the log
has too. It never holds a document, arguments, SQL, a URL's query, an address or an exception's text.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Receive, Scope, Send

from resolvers.span import trace_by
from schema.endpoint import log
from schema.endpoint.origin import Networks, is_trusted
from schema.endpoint.tally import TALLY

App = Callable[[Scope, Receive, Send], Awaitable[None]]
NAME = "candour"
REQUEST = "GraphQL"
FAILED = 500
"""From this status on a request failed, and so did its span."""


class Traces:
    """Traces what a process answers, from `begin` to `end`."""

    def __init__(self, exporter: SpanExporter, proxies: Networks) -> None:
        self._provider = TracerProvider(resource=_resource())
        # It has a thread of its own, so that nobody waits for the collector.
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(NAME)
        self._proxies = proxies

    def begin(self) -> None:
        """Open spans from now on."""
        trace_by(self._part)
        log.observers.append(_annotate)

    def end(self) -> None:
        """Open no more spans, and send those that ended."""
        trace_by(None)
        log.observers.remove(_annotate)
        self._provider.shutdown()

    async def answer(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Have `app` answer a request to the address of GraphQL, in a span."""
        with self._span(REQUEST, SpanKind.SERVER, self._parent(scope)):
            await app(scope, receive, send)

    def _part(self, type_name: str, field_name: str) -> AbstractContextManager[object]:
        return self._span(f"{type_name}.{field_name}", SpanKind.INTERNAL, None)

    def _span(self, name: str, kind: SpanKind, parent: Context | None) -> AbstractContextManager[object]:
        # SECURITY: the text of an exception may hold anything, so none is recorded.
        return self._tracer.start_as_current_span(
            name, parent, kind, record_exception=False, set_status_on_exception=False
        )

    def _parent(self, scope: Scope) -> Context | None:
        # SECURITY: only a proxy of ours says to which trace a request belongs, and whether it is recorded.
        if not is_trusted(scope, self._proxies):
            return None
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return TraceContextTextMapPropagator().extract(carrier, context=Context())


@contextmanager
def tracing(url: str, proxies: Networks, exporter: SpanExporter | None = None) -> Iterator[Traces]:
    """Traces what is answered in the block, to the collector at this address."""
    traces = Traces(exporter or OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces"), proxies)
    traces.begin()
    try:
        yield traces
    finally:
        traces.end()


def _resource() -> Resource:
    """What the environment says of this service (`OTEL_SERVICE_NAME`, say), or else its name."""
    found = Resource.create()
    named = not str(found.attributes[SERVICE_NAME]).startswith("unknown_service")
    return found if named else found.merge(Resource({SERVICE_NAME: NAME}))


def _annotate(trail: log.Trail, status: int) -> None:
    """Say of the request's span what the log says of the request."""
    span = trace.get_current_span()
    span.set_attribute("candour.reference", trail.reference)
    span.set_attribute("http.response.status_code", status)
    if trail.viewer:
        span.set_attribute("candour.viewer", str(trail.viewer))
    if trail.operation:
        span.set_attribute("graphql.operation.name", TALLY.name(trail.operation))
    if status >= FAILED:
        span.set_status(Status(StatusCode.ERROR))
