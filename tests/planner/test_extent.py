"""No document, however cunning, keeps the planner busy for long: what is too much is refused before it is planned."""

import pytest

from tests.planner.conftest import Client


def _doubling(levels: int) -> str:
    """Fragments that spread the next one twice each: 2 to the power of `levels` fields in a few lines."""
    fragments = [
        f"fragment F{n} on Service {{ a{n}: parent {{ ...F{n + 1} }} b{n}: parent {{ ...F{n + 1} }} }}"
        for n in range(levels)
    ]
    return " ".join(['{ service(id: "Service:1") { ...F0 } }', *fragments, f"fragment F{levels} on Service {{ id }}"])


def _nested(levels: int) -> str:
    return "{ stories { nodes { %s id %s } } }" % ("services { stories(first: 1) { nodes { " * levels, "} } }" * levels)


@pytest.mark.parametrize("levels", [10, 13, 40])
async def test_fragments_that_double_are_refused(client: Client, levels: int) -> None:
    code, _ = await client.refusal(_doubling(levels))
    assert (code, client.statements) == ("TOO_COMPLEX", [])


async def test_a_document_that_is_too_deep_is_refused(client: Client) -> None:
    code, _ = await client.refusal(_nested(5))
    assert (code, client.statements) == ("TOO_COMPLEX", [])


async def test_fragments_that_double_a_little_are_answered(client: Client) -> None:
    assert "service" in await client.data(_doubling(5))
