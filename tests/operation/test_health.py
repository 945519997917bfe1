"""`/healthz` and `/readyz`: whoever cannot answer says so, and nothing of why it cannot."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest

from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.database.migration import revisions
from models.database.readiness import is_new_enough
from schema.endpoint.application import _policies
from schema.endpoint.health import Health

HASH = "a" * 64
NEWEST, *OLDER = revisions()


async def asked(health: Health) -> tuple[int, dict[str, bool]]:
    answer = await health.ready()
    told = orjson.loads(answer.body)
    assert told["ready"] is all(told["checks"].values()) is (answer.status_code == 200)
    return answer.status_code, told["checks"]


@pytest.fixture
async def moved(database: str) -> AsyncIterator[Any]:
    """Makes the database say that it is at another revision."""
    opened = await asyncpg.connect(normalise(database))
    yield lambda revision: opened.execute("update alembic_version set version_num = $1", revision)
    await opened.close()


async def test_without_its_database_it_is_not_ready() -> None:
    secret = "postgresql://candour:s3cret@localhost:1/candour"
    answer = await Health(secret, HASH).ready()
    assert answer.status_code == 503
    assert orjson.loads(answer.body)["checks"] == {
        "database": False, "migrations": False, "policies": True, "running": True,
    }  # fmt: skip
    assert b"s3cret" not in answer.body
    assert b"localhost" not in answer.body


async def test_on_a_database_that_was_never_migrated_it_is_not_ready(cluster: EmbeddedPostgres) -> None:
    status, checks = await asked(Health(cluster.dsn("postgres"), HASH))
    assert (status, checks["database"], checks["migrations"]) == (503, True, False)


async def test_on_a_database_that_is_older_than_the_code_it_is_not_ready(database: str, moved: Any) -> None:
    await moved(OLDER[0])
    status, checks = await asked(Health(database, HASH))
    assert (status, checks["migrations"]) == (503, False)


async def test_on_a_database_that_later_code_migrated_it_is_ready(database: str, moved: Any) -> None:
    await moved("of_tomorrow")
    assert (await asked(Health(database, HASH)))[0] == 200


def test_only_the_newest_revision_that_is_known_will_do() -> None:
    assert [revision for revision in (None, *OLDER, NEWEST) if is_new_enough(revision)] == [NEWEST]


async def test_with_other_policies_than_those_that_were_reviewed_it_is_not_ready(empty: str) -> None:
    status, checks = await asked(Health(empty, HASH, "b" * 64))
    assert (status, checks["policies"]) == (503, False)
    assert (await asked(Health(empty, HASH, HASH)))[0] == 200


async def test_while_it_stops_it_is_not_ready(empty: str) -> None:
    health = Health(empty, HASH)
    assert (await asked(health))[0] == 200
    health.stopping = True
    status, checks = await asked(health)
    assert (status, checks["running"], checks["database"]) == (503, False, True)


async def test_however_many_ask_the_database_is_asked_once(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = []

    async def revision_of(dsn: str) -> str:
        asked_for.append(dsn)
        return NEWEST

    monkeypatch.setattr("schema.endpoint.health.revision_of", revision_of)
    health = Health(empty, HASH)
    assert {(await health.ready()).status_code for _ in range(50)} == {200}
    assert asked_for == [empty]


async def test_the_application_lives_and_is_ready(client: httpx2.AsyncClient) -> None:
    alive = await client.get("/healthz")
    assert (alive.status_code, alive.json()) == (200, {"alive": True})
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["policies"]) == (200, _policies().hash)
    assert ready.headers["cache-control"] == "no-store"
    assert (await client.post("/readyz")).status_code == 405
