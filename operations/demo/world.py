"""The demo world as a whole: `seed_demo` builds it in an empty database."""

from datetime import datetime

from models.database.connection import Connection
from models.secret import Keyring
from operations.demo.answers import Correspondence
from operations.demo.atlas import Atlas, read_atlas
from operations.demo.cast import HOST, PASSWORD, choose_bodies
from operations.demo.dice import Dice, dice
from operations.demo.disclosure import disclose
from operations.demo.geography import load_geography
from operations.demo.log import Logbook
from operations.demo.marks import Marks
from operations.demo.people import Registry, populate
from operations.demo.plot import SHOWN, plots
from operations.demo.private import PrivateValues
from operations.demo.progress import Progress, silent
from operations.demo.rights import Rights
from operations.demo.rows import MAPPED, NUMBERED, Rows, move_sequences
from operations.demo.stories import Shelf
from operations.password import hash_password
from settings import Settings

__all__ = ["Progress", "check_allowed", "is_demo", "is_empty", "seed_demo"]

EMPTY = """
select not exists (select from organisation) and not exists (select from account)
    and not exists (select from story)
"""


def check_allowed(chosen: Settings, *, force: bool = False) -> None:
    """Raise ValueError where invented people must not be: in production, or in a database of somebody's own.

    `force` allows the latter, never the former.
    """
    # SECURITY: the demo accounts have a password that everybody knows.
    if chosen.production:
        raise ValueError("The demo world is never loaded with CANDOUR_ENV=production.")
    if chosen.database_url and not force:
        raise ValueError("DATABASE_URL names a database of your own: the demo world is loaded there only with --force.")


async def is_empty(connection: Connection) -> bool:
    """Whether the database has no organisations, accounts or stories yet."""
    return bool(await connection.fetchval(EMPTY))


async def is_demo(connection: Connection, keyring: Keyring) -> bool:
    """Whether it holds the demo world, made with this keyring."""
    author = keyring.email_hash(f"author@{HOST}")
    return bool(await connection.fetchval("select exists (select from account where email_hash = $1)", author))


async def seed_demo(connection: Connection, keyring: Keyring, progress: Progress = silent) -> None:
    """Build the world, always the same one but for keys, ciphertexts and disclosures, whole or not at all.

    Raises ValueError unless the database is empty.
    """
    if not await is_empty(connection):
        raise ValueError("The demo world is loaded into an empty database only.")
    async with connection.transaction():
        # An attempt that was undone has used up ids.
        await move_sequences(connection, (*NUMBERED, *MAPPED))
        geography = await load_geography(connection)
        atlas = await read_atlas(connection, geography.settings)
        rows = Rows()
        today = await connection.fetchval("select date_trunc('day', statement_timestamp())")
        _tell(rows, atlas, keyring, today, progress)
        await rows.copy(connection, keyring)
        await move_sequences(connection)


def _tell(rows: Rows, atlas: Atlas, keyring: Keyring, today: datetime, progress: Progress) -> None:
    chance: Dice = dice(0)
    bodies = choose_bodies(atlas)
    private = PrivateValues(chance, atlas.postcodes, atlas.public_postcodes)
    registry = Registry(rows, keyring, private, chance, hash_password(PASSWORD))
    society = populate(registry, private, atlas, bodies, chance)
    shelf = Shelf(rows, atlas, bodies, private, chance)
    correspondence = Correspondence(rows, society, chance)
    logbook = Logbook(rows, society, chance)
    told = list(plots(atlas, bodies, society, chance))
    for plot in told:
        edited = logbook.edited(plot)
        if edited:
            shelf.keep_original(plot)
        logbook.write(plot, edited)
        shelf.put(plot, correspondence.answer(plot))
        progress("stories", plot.number, len(told))
    Marks(rows, society, [plot for plot in told if plot.status in SHOWN], chance).make()
    Rights(rows, society, keyring, private, chance).make()
    disclose(rows, society, bodies, chance, today)
