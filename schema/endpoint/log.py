"""Logs: one JSON line a request, a run of a job that did something, a fault, a warning of a library, on stderr.

SECURITY: a line never holds variables, tokens, the document, the URL's query, an IP address or an exception's
text, for each of these can hold what Candour promises to keep private.
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter
from traceback import extract_tb
from typing import Any, BinaryIO

import orjson
import structlog

from operations.audit import request_reference
from policies.compare import Difference
from schema.endpoint.tally import TALLY

FRAMES, ENDING = 12, 4
LONGEST_CHAIN = 5
MOST_PROBLEMS = 20
observers: "list[Callable[[Trail, int], None]]" = []
"""Whoever else is told of each request that ended, and with which status."""
_log: Any = structlog.get_logger()
_lines: structlog.BytesLogger | None = None


def configure(level: str = "info", output: BinaryIO | None = None) -> None:
    """Write log entries of this level and above, to stderr by default; called when the application is made."""
    global _log, _lines
    output = output or sys.stderr.buffer
    _lines = structlog.BytesLogger(output) if level in {"debug", "info"} else None
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(output),
        cache_logger_on_first_use=True,
    )
    _log = structlog.get_logger()
    # SECURITY: Strawberry and uvicorn would write error texts with variables, and URLs with queries.
    for name in ("strawberry.execution", "uvicorn.access"):
        logging.getLogger(name).disabled = True
    root = logging.getLogger()
    if not any(isinstance(handler, Library) for handler in root.handlers):
        root.addHandler(Library(logging.WARNING))


class Trail:
    """What is known of one request for its line in the log."""

    __slots__ = ("denied", "operation", "reference", "started", "viewer")

    def __init__(self) -> None:
        self.reference = os.urandom(6).hex()
        request_reference.set(self.reference)
        self.started = perf_counter()
        self.operation: str | None = None
        self.viewer: object = None
        self.denied: Mapping[tuple[str, str], int] | None = None

    def end(self, status: int) -> None:
        """Count the request and write its line, straight to the output: structlog's processors take 10 µs more."""
        seconds = perf_counter() - self.started
        TALLY.request(self.operation, self.viewer, status, seconds)
        if self.denied:
            TALLY.denied(self.denied, self.viewer)
        for observe in observers:
            observe(self, status)
        if _lines is None:
            return
        line = {
            "event": "request",
            "level": "info",
            "timestamp": datetime.now(UTC),
            "reference": self.reference,
            "operation": self.operation,
            "viewer": str(self.viewer) if self.viewer else None,
            "status": status,
            "ms": round(seconds * 1000, 2),
        }
        _lines.info(orjson.dumps(line, option=orjson.OPT_UTC_Z))


def fault(reference: str, error: BaseException) -> None:
    """Write where something failed that should not: kinds of errors and places in the code, no texts."""
    TALLY.add(("fault", _kind(error)))
    _log.error("fault", reference=reference, errors=_chain(error))


def job(name: str, outcome: int | BaseException) -> None:
    """Write how many things a job did, or where it failed."""
    if isinstance(outcome, int):
        TALLY.add(("job", name, "done"), outcome)
        _log.info("job", job=name, done=outcome)
    else:
        TALLY.add(("job", name, "failed"))
        fault(f"job {name}", outcome)


def shadow(difference: Difference, requests: int) -> None:
    """Write that so many requests asked for something on which the shadow's policies decide in another way."""
    changes = {"gained": difference.gained, "lost": difference.lost}
    _log.info(
        "policy shadow",
        viewer=str(difference.kind),
        field=difference.name,
        mask=difference.mask,
        change=" and ".join(name for name, where in changes.items() if not where.is_false),
        private=difference.private,
        requests=requests,
    )


def shadow_refused(problems: Sequence[str]) -> None:
    """Write why there is no shadow: what is wrong with its policies."""
    _log.error("policy shadow refused", problems=problems[:MOST_PROBLEMS], number=len(problems))


def process(number: int, ended: str) -> None:
    """Write that a server process ended that was not asked to, and how; another takes its place."""
    _log.error("process", number=number, ended=ended)


class Library(logging.Handler):
    """Writes what libraries log, as a line of ours.

    SECURITY: without their texts, for those may hold values, URLs and what an exception says.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write whose entry it is, where it was made, and kinds and places of the error in it."""
        errors = _chain(record.exc_info[1]) if record.exc_info and record.exc_info[1] else []
        place = f"{record.pathname}:{record.lineno} {record.funcName}"
        write = _log.error if record.levelno >= logging.ERROR else _log.warning
        write("library", logger=record.name, place=place, errors=errors)


def _chain(error: BaseException) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = []
    following: BaseException | None = error
    while following is not None and len(errors) < LONGEST_CHAIN:
        sqlstate = getattr(following, "sqlstate", None)
        errors.append({"kind": _kind(following), "sqlstate": sqlstate, "frames": _frames(following)})
        following = following.__cause__ or following.__context__
    return errors


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames(error: BaseException) -> list[str]:
    """Our own part of the way to an error, and where it ended."""
    stack = extract_tb(error.__traceback__)
    own = [frame for frame in stack[:-ENDING] if "site-packages" not in frame.filename][-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in [*own, *stack[-ENDING:]]]
