"""The demo world as a whole: `seed_demo` builds it in an empty database."""

from collections.abc import Callable

from models.database.connection import Connection
from models.secret import Keyring
from operations.demo.answers import Correspondence
from operations.demo.atlas import Atlas, read_atlas
from operations.demo.cast import PASSWORD, choose_bodies
from operations.demo.dice import Dice, dice
from operations.demo.geography import load_geography
from operations.demo.log import Logbook
from operations.demo.marks import Marks
from operations.demo.people import Registry, populate
from operations.demo.plot import SHOWN, plots
from operations.demo.private import PrivateValues
from operations.demo.rows import Rows, move_sequences
from operations.demo.stories import Shelf
from operations.session import hash_password
from settings import Settings

Progress = Callable[[str, int, int], None]
"""Is told what is being made, how many of it are there, and how many there will be."""
EMPTY = """
select not exists (select from organisation) and not exists (select from account)
    and not exists (select from story)
"""


def silent(what: str, made: int, wanted: int) -> None:
    """Progress that nobody watches."""


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


async def seed_demo(connection: Connection, keyring: Keyring, progress: Progress = silent) -> None:
    """Build the world, always the same one but for keys and ciphertexts, whole or not at all.

    Raises ValueError unless the database is empty.
    """
    if not await is_empty(connection):
        raise ValueError("The demo world is loaded into an empty database only.")
    async with connection.transaction():
        geography = await load_geography(connection)
        atlas = await read_atlas(connection, geography.settings)
        rows = Rows()
        _tell(rows, atlas, keyring, progress)
        await rows.copy(connection)
        await move_sequences(connection)


def _tell(rows: Rows, atlas: Atlas, keyring: Keyring, progress: Progress) -> None:
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
