"""Counts the statements that an executor sends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from models.database.connection import Pool


class Counted:
    """A connection that keeps the statements it is given."""

    def __init__(self, connection: Any, statements: list[str]) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)

        def counted(sql: str, *values: Any) -> Any:
            self._statements.append(sql)
            return method(sql, *values)

        return counted


class CountingPool:
    """A pool whose connections count."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.statements: list[str] = []

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Counted]:
        async with self._pool.acquire() as connection:
            yield Counted(connection, self.statements)
