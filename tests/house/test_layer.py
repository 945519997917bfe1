"""Arrows between layers go one way, and one module knows Oso."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import LAYERS, ROOT, modules, name

OSO = {"oso", "polar"}
WEB = {"strawberry", "graphql", "starlette", "uvicorn"}
BELOW_THE_WEB = ("operations", "policies", "models")


def _imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_one_module_imports_oso() -> None:
    ours = [path for path in modules() if not name(path).startswith("tests/")]
    importers = [name(path) for path in ours if OSO & set(_imported(path))]
    assert importers == ["policies/oso_engine.py"]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    above = {*LAYERS[: LAYERS.index(layer)], "app", "tests", "bench"}
    assert {name(path): above & set(_imported(path)) for path in modules(layer) if above & set(_imported(path))} == {}


@pytest.mark.parametrize("layer", BELOW_THE_WEB)
def test_what_happens_and_is_stored_knows_nothing_of_the_web(layer: str) -> None:
    assert [name(path) for path in modules(layer) if WEB & set(_imported(path))] == []


def test_the_contract_of_make_check_has_the_same_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layered,) = (contract for contract in contracts if contract["type"] == "layers")
    assert tuple(layered["layers"]) == LAYERS
