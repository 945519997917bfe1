"""A worker of one's own: makes the copies that wait in the database at argv[1], and says how much memory it took."""

import asyncio
import os
import sys

from models.database.connection import engine, session_factory
from models.secret import Keyring
from operations.data_export.make import Maker


async def make(dsn: str, master_key: str) -> int:
    """The number of copies made."""
    operations = engine(dsn, 2)
    try:
        return await Maker(session_factory(operations).begin, Keyring(master_key), "http://candour.test").run()
    finally:
        await operations.dispose()


def peak() -> int:
    """The most memory that this process had, in MB (of it alone: rusage would count its parent's too)."""
    with open("/proc/self/status") as status:
        (line,) = (line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    made = asyncio.run(make(sys.argv[1], os.environ["CANDOUR_MASTER_KEY"]))
    print(made, peak())  # noqa: T201
