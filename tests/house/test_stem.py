"""One concept has one name, whatever the layer."""

import pytest

from tests.house.stems import CONCEPTS, MACHINERY, SINGULAR_IN_S
from tests.house.tree import ROOT, files, name

ENDINGS = {".py", ".polar", ".md", ".graphql"}


def _stems(layer: str) -> set[str]:
    """The names of a layer's files and folders, without endings."""
    inside = [name(path).split("/")[1:] for path in files() if name(path).startswith(f"{layer}/")]
    found = {parts[0].partition(".")[0] for parts in inside if len(parts) > 1 or "." + parts[0].split(".")[-1] in ENDINGS}
    return found - {"__init__"}


def test_stems_are_singular() -> None:
    assert [stem for stem in CONCEPTS if stem.endswith("s") and stem not in SINGULAR_IN_S] == []


@pytest.mark.parametrize("layer", MACHINERY)
def test_every_file_is_named_after_a_concept_or_known_machinery(layer: str) -> None:
    assert _stems(layer) - CONCEPTS - set(MACHINERY[layer].split()) == set(), "see tests/house/stems.py"


def test_every_policy_has_a_page() -> None:
    decided = {path.stem for path in (ROOT / "policies").glob("*.polar")} & CONCEPTS
    assert {stem for stem in decided if not (ROOT / "docs" / f"{stem}.md").exists()} == set()
