"""Which files are written, and what into them: `write` builds a demo world of its own and asks it."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from models.database import migration
from models.database.connection import normalise
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, new_master_key
from operations.demo.world import seed_demo
from policies.plan import Policies
from schema.api import fields, sdl
from schema.documentation.access import Table
from schema.documentation.example import example, opened
from settings import ROOT, settings_table

BEGIN, END = "<!-- made by `python app.py docs` -->", "<!-- end -->"
SETTINGS = """# Settings

All settings are environment variables, read once at start-up; a wrong one is named and stops the start.
This table is made from `settings.py` by `python app.py docs`."""


def write() -> list[Path]:
    """Write the generated files anew, from a throw-away database; the ones that changed."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder), durable=False) as postgres:
        texts = asyncio.run(_made(postgres.createdb("docs"), Keyring(new_master_key())))
    changed = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    for path in changed:
        path.write_text(texts[path])
    return changed


async def _made(dsn: str, keyring: Keyring) -> Mapping[Path, str]:
    await migration.upgrade(dsn)
    connection = await asyncpg.connect(normalise(dsn))
    try:
        await seed_demo(connection, keyring)
    finally:
        await connection.close()
    return await pages(dsn, keyring)


async def pages(dsn: str, keyring: Keyring) -> Mapping[Path, str]:
    """The generated files as they should be; the README's example is asked of the demo world at `dsn`."""
    async with opened(dsn, keyring) as demo:
        answered = await example(demo)
    docs = ROOT / "docs"
    return {
        docs / "access.md": Table(Policies.load(), fields()).text(),
        docs / "settings.md": f"{SETTINGS}\n\n{settings_table()}\n",
        docs / "schema.graphql": sdl(),
        ROOT / "README.md": _filled((ROOT / "README.md").read_text(), answered),
    }


def _filled(text: str, made: str) -> str:
    """A text with its generated part replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"
