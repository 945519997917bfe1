"""What `access` decides about a row is what happens when the row is read, for everybody and every field."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType, get_named_type, is_object_type, is_required_argument

from resolvers.answer import Request
from schema.api import core
from tests.access.conftest import NAMES, Desk

ROWS = ("mine", "PUBLISHED", "RESTRICTED", "SUBMITTED", "WITHDRAWN", "nothing")
EACH = "allowed conditional field fields { field allowed conditional mask reason }"


def _selection() -> Iterator[str]:
    """Every field of a story, of objects no more than that they are there."""
    story = core().type_map["Story"]
    assert isinstance(story, GraphQLObjectType)
    for name, field in story.fields.items():
        assert not any(map(is_required_argument, field.args.values()))
        yield f"{name} {{ __typename }}" if is_object_type(get_named_type(field.type)) else name


async def _read(desk: Desk, name: str, row: str) -> tuple[dict[str, str], dict[str, str]] | None:
    """The denied fields with reasons and the masked ones with masks, if the row is there."""
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on Story {{ {' '.join(_selection())} }} }} }}"
    answer = await desk.run(Request(document, {"id": desk.rows[row]}), name)
    if answer["data"]["node"] is None:
        return None
    denied = {error["path"][1]: error["extensions"]["reason"] for error in answer.get("errors", ())}
    masked = answer.get("extensions", {}).get("access", {}).get("masked", ())
    return denied, {found["path"][1]: found["mask"] for found in masked}


@pytest.mark.parametrize("name", ["", *NAMES])
async def test_a_decision_says_what_reading_does(desk: Desk, name: str) -> None:
    for row in ROWS:
        decision = await desk.decide(name, EACH, type="Story", field="*", id=desk.rows[row])
        read = await _read(desk, name, row)
        assert decision["allowed"] is (read is not None), row
        assert not any(one["conditional"] for one in decision["fields"])
        denied = {one["field"] for one in decision["fields"] if not one["allowed"]}
        masked = {one["field"]: one["mask"] for one in decision["fields"] if one["mask"]}
        if read is None:
            assert (len(denied), masked) == (len(decision["fields"]), {}), row
        else:
            assert denied == read[0].keys(), row
            # Where there is no value, nothing is masked.
            assert read[1].items() <= masked.items(), row


async def test_a_decision_about_a_row_is_one_statement_and_one_about_a_type_is_none(desk: Desk) -> None:
    counted = desk.pool.statements
    for question, expected in (({"id": desk.rows["mine"]}, 1), ({"id": desk.rows["nothing"]}, 1), ({}, 0)):
        for name in ("", "staff"):
            counted.clear()
            await desk.decide(name, EACH, type="Story", field="*", **question)
            assert len(counted) == expected
