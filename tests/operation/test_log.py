"""What libraries log: told by whom and where, and never in their words."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from schema.endpoint import log

PRIVATE = "somebody@private.example"


@pytest.fixture
def output() -> Iterator[io.BytesIO]:
    """The log, as a process would write it."""
    caught = io.BytesIO()
    log.configure("info", caught)
    yield caught
    log.configure("info")


def test_the_words_of_a_library_are_not_logged(output: io.BytesIO) -> None:
    library = logging.getLogger("uvicorn.error")
    library.warning("%s sent what can't be read", PRIVATE)
    try:
        raise ValueError(PRIVATE)
    except ValueError:
        library.exception("Exception in ASGI application: %s", PRIVATE)
    assert PRIVATE.encode() not in output.getvalue()
    warned, failed = map(json.loads, output.getvalue().splitlines())
    assert (warned["event"], warned["level"], warned["logger"]) == ("library", "warning", "uvicorn.error")
    assert failed["errors"][0]["kind"] == "builtins.ValueError"
    assert "test_log.py" in failed["place"]


def test_what_is_no_warning_is_not_logged(output: io.BytesIO) -> None:
    logging.getLogger("uvicorn.error").info("Started")
    assert output.getvalue() == b""


def test_however_often_it_is_configured_it_is_logged_once(output: io.BytesIO) -> None:
    log.configure("info", output)
    logging.getLogger("asyncio").error("once")
    assert output.getvalue().count(b'"event":"library"') == 1


def test_a_process_that_ended_is_logged(output: io.BytesIO) -> None:
    log.process(1, "SIGKILL")
    line = json.loads(output.getvalue())
    assert (line["event"], line["number"], line["ended"]) == ("process", 1, "SIGKILL")
