"""Everything is short enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ending, modules, name

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
LONGEST_README = 150


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_too_long() -> None:
    measured = {name(path): _lines(path) for path in [*modules(), *ending(".polar")]}
    assert {place: lines for place, lines in measured.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    measured = dict(found for path in modules() for found in _functions(path))
    assert {place: lines for place, lines in measured.items() if lines > LONGEST_FUNCTION} == {}


def test_the_readme_is_short() -> None:
    (readme,) = (path for path in ending(".md") if name(path) == "README.md")
    assert _lines(readme) < LONGEST_README
