"""One concept has one name, whatever the layer."""

import pytest

from tests.house.stems import BESIDES, CONCEPTS, INSTEAD_OF, POLICIES_BESIDES, SINGULAR_IN_S
from tests.house.tree import LAYERS, ROOT, files, name

ENDINGS = (".py", ".polar", ".md", ".graphql")


def _stems(layer: str) -> set[str]:
    """The names of a layer's files and folders, without endings."""
    inside = [name(path).split("/")[1:] for path in files() if name(path).startswith(f"{layer}/")]
    found = {parts[0].split(".")[0] for parts in inside if len(parts) > 1 or parts[0].endswith(ENDINGS)}
    return found - {"__init__"}


def _rules() -> set[str]:
    return {path.stem for path in files() if path.suffix == ".polar"}


def test_stems_are_singular() -> None:
    assert [stem for stem in CONCEPTS if stem.endswith("s") and stem not in SINGULAR_IN_S] == []


@pytest.mark.parametrize("layer", BESIDES)
def test_every_file_is_a_concept_or_known(layer: str) -> None:
    assert _stems(layer) - CONCEPTS - set(BESIDES[layer].split()) == set(), "see tests/house/stems.py"


def test_every_policy_is_a_concept_or_known() -> None:
    assert _rules() - CONCEPTS - POLICIES_BESIDES == set()


@pytest.mark.parametrize("layer", LAYERS)
def test_no_file_has_another_word_for_a_concept(layer: str) -> None:
    plurals = {f"{stem.removesuffix('y')}ies" if stem.endswith("y") else f"{stem}s" for stem in CONCEPTS}
    assert _stems(layer) & (plurals | set(INSTEAD_OF)) == set()


def test_every_policy_has_a_page() -> None:
    assert {stem for stem in _rules() & CONCEPTS if not (ROOT / "docs" / f"{stem}.md").exists()} == set()
