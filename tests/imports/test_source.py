"""Reading rows from whatever is in a file, in constant memory."""

import tracemalloc
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.imports.report import EXAMPLES, ImportFailedError, Report
from operations.imports.source import Source
from tests.imports.big import Stream

PIECES = 200
MEGABYTE = 1_000_000


def source(content: bytes, report: Report | None = None) -> Source:
    """A file with that content."""
    return Source(BytesIO(content), report or Report("some.csv"), lambda _: None)


@pytest.mark.parametrize("line", [b'a,"b', b'a,"b"c"', b'"a"b', b"a\rb,c", b"a," + b"b" * 200_000])
def test_a_line_that_is_no_row_is_rejected_and_the_next_is_read(line: bytes) -> None:
    report = Report("some.csv")
    assert list(source(b"1,2\n" + line + b"\n3,4\n", report)) == [(1, ["1", "2"]), (3, ["3", "4"])]
    assert (report.read, report.rejected) == (3, 1)
    assert report.examples[0][0] == 2


def test_a_file_without_rows_fails() -> None:
    with pytest.raises(ImportFailedError, match=r"some\.csv has no rows"):
        source(b"\n\n").first()


@given(st.binary(max_size=300) | st.text('a,"\r\n\ufeff', max_size=40).map(str.encode))
def test_every_line_is_a_row_or_rejected_or_empty(content: bytes) -> None:
    report = Report("some.csv")
    taken = [line for line, _ in source(content, report)]
    assert report.read == len(taken) + report.rejected
    assert len(set(taken)) == len(taken) <= content.count(b"\n") + 1


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_part_of_the_cells() -> None:
    read = source(b'\xef\xbb\xbfCode , name\r\n\r\nRZ1,"Weir, ""Street"""\r\n')
    assert read.first() == ["Code ", " name"]
    assert read.header() == ["code", "name"]
    assert list(read) == [(3, ["RZ1", 'Weir, "Street"'])]


def test_only_the_first_rejections_are_held() -> None:
    told: list[int] = []
    report = Report("some.csv", lambda _file, line, _why: told.append(line))
    list(source(b'"\n' * 1000, report))
    assert len(report.examples) == EXAMPLES
    assert told == list(range(1, 1001))


def test_memory_does_not_grow_with_the_file() -> None:
    report = Report("some.csv")
    tracemalloc.start()
    rows = sum(1 for _ in Source(Stream(PIECES), report, lambda _: None))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == report.read == 200_000
    assert peak < MEGABYTE
