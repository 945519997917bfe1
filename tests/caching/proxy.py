"""A way to PostgreSQL that can fall silent: what was sent does not arrive, and nobody is told."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit


class Proxy:
    """Passes on what comes to its socket, until it is `silent`; use it in `async with`."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        query = dict(parse_qsl(parts.query))
        self._name = f".s.PGSQL.{query['port']}"
        self._behind = str(Path(query["host"]) / self._name)
        self._folder = TemporaryDirectory(prefix="candour-proxy-")
        self.dsn = f"postgresql://candour@{parts.path}?host={quote(self._folder.name, safe='')}&port={query['port']}"
        self.silent = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._pass, str(Path(self._folder.name) / self._name))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._folder.cleanup()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, before = await asyncio.open_unix_connection(self._behind)
        try:
            await asyncio.gather(self._copy(reader, before), self._copy(behind, writer))
        finally:
            writer.close()
            before.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.silent.is_set():
                writer.write(data)
        writer.close()
