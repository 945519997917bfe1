"""One file's import: one transaction, so that it happens whole or not at all."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from models.database.connection import Connection
from operations.imports import staging
from operations.imports.report import ImportFailedError, Report, Sink
from operations.imports.source import Advance, Source

Load = Callable[[Connection, Source], Awaitable[None]]


async def import_file(
    connection: Connection, path: Path, load: Load, sink: Sink | None = None, advance: Advance = lambda _: None
) -> Report:
    """Import a file with `load`, e.g. `load_areas`; interrupted or failed, it leaves nothing.

    `sink` is told every rejected row, `advance` the bytes that were read. Raises ImportFailedError.
    """
    report = Report(path.name, sink)
    try:
        file = path.open("rb")
    except OSError as error:
        raise ImportFailedError(f"{path}: {error.strerror}") from None
    with file:
        async with connection.transaction():
            await staging.begin(connection)
            await load(connection, Source(file, report, advance))
    return report
