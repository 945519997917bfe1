"""One statement for many gives each what their own would."""

from typing import Any

import pytest

from resolvers.live.batch import Batch
from resolvers.statement import Statement
from tests.consent.world import World


def _batch(sql: str, parameters: int) -> Batch:
    nothing: Any = None
    return Batch(Statement(nothing, sql, [nothing] * parameters, [], nothing))


@pytest.mark.parametrize(
    "sql",
    [
        "select $1::VARCHAR[]",
        "select $1",
        "select $1::VARCHAR || $1",
        "select $1::HSTORE",
        "select '$1::VARCHAR'",
    ],
)
async def test_what_can_not_be_joined_is_asked_one_by_one(sql: str) -> None:
    assert _batch(sql, 1)._sql is None


async def test_each_gets_their_own_in_their_order(world: World) -> None:
    """Quoted text stays as it is, whatever stands in it."""
    sql = """select case when $1::INTEGER > 1 then '$1::INTEGER it''s ' || $2::VARCHAR else "name" end
             from (select '"$2::VARCHAR' as "name") as t where $3::TIMESTAMP WITH TIME ZONE is null"""
    batch = _batch(sql, 3)
    assert batch._sql is not None
    rows = [(3, "c", None), (1, "a", None), (2, "b", None)]
    together: Any = await batch.run(world.connection, rows)
    alone: Any = [(await batch.run(world.connection, [row]))[0] for row in rows]
    assert together == alone == ["$1::INTEGER it's c", '"$2::VARCHAR', "$1::INTEGER it's b"]


async def test_a_value_that_is_missing_is_null_in_its_row_alone(world: World) -> None:
    batch = _batch("select $1::VARCHAR where $2::BOOLEAN", 2)
    rows = [("a", True), (None, True), ("c", False), ("d", True)]
    found: Any = await batch.run(world.connection, rows)
    assert found == ["a", None, None, "d"]
