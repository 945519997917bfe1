"""Rows on their way into the database: gathered by table, copied in one go each."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

from models.account import Account, IpAddressUse
from models.area import PostcodeArea
from models.change import Change
from models.complaint import Complaint
from models.consent import Consent
from models.correction import Correction
from models.data_export import DataExport
from models.database.connection import Connection
from models.demographics import Demographics
from models.disclosure import Disclosure
from models.key import WrappedKey
from models.membership import Membership
from models.moderation import ModerationEntry
from models.reading import Reading
from models.response import Response
from models.secret import Keyring
from models.service import StoryService
from models.similar import SimilarExperience
from models.story import Story, StoryArea, StoryOriginal
from models.tag import StoryTag, Tag
from models.tombstone import Tombstone
from operations.audit import Entry
from operations.audit.write import write

ORDER: tuple[type[SQLModel], ...] = (
    PostcodeArea, Demographics, WrappedKey, Account, Membership, Consent, IpAddressUse, Tag, Story, StoryOriginal,
    StoryService, StoryArea, StoryTag, Response, Change, ModerationEntry, Reading, SimilarExperience, Tombstone,
    Correction, DataExport, Complaint, Disclosure,
)  # fmt: skip
"""Tables that refer to others come after them."""
NUMBERED = (
    "membership", "consent", "tag", "story", "response", "change", "moderation_entry", "correction", "complaint",
    "disclosure",
)  # fmt: skip
"""Tables whose ids, or other numbers, come from a sequence."""
NUMBER = {"complaint": "number", "disclosure": "number"}
"""The numbered column, where it is not the id."""
KEY = "insert into person_key (id, wrapped, made_at) values ($1, $2, $3)"
MAPPED = ("organisation", "service", "area")
"""Those of the map, which have one too."""


class Rows:
    """What is to be written, table by table."""

    def __init__(self) -> None:
        self._rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        self._ids: dict[type[SQLModel], int] = defaultdict(int)
        self.log: list[Entry] = []
        """What the audit log tells of it, in the order in which it happened."""

    def add(self, table: type[SQLModel], **values: Any) -> None:
        """One more row; what is not given gets the model's default or NULL."""
        self._rows[table].append(values)

    def number(self, table: type[SQLModel], **values: Any) -> int:
        """One more row with the next id of its table, which is returned."""
        self._ids[table] += 1
        self.add(table, id=self._ids[table], **values)
        return self._ids[table]

    async def copy(self, connection: Connection, keyring: Keyring) -> None:
        """Write everything; nothing is committed here."""
        for table in ORDER:
            rows = self._rows.pop(table, [])
            if rows:
                await _copy(connection, table, rows)
        if self._rows:
            raise ValueError(f"no place in ORDER for {', '.join(t.__name__ for t in self._rows)}")
        await write(connection.fetch, keyring, self.log, lane=0)


async def _copy(connection: Connection, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    defaults = [_default(table, name) for name in columns]
    if table is WrappedKey:
        # Row security takes no COPY.
        await connection.executemany(KEY, list(_records(rows, columns, defaults)))
        return
    await connection.copy_records_to_table(
        str(table.__tablename__), records=_records(rows, columns, defaults), columns=columns
    )


def _records(rows: Iterable[dict[str, Any]], columns: list[str], defaults: list[Any]) -> Iterable[tuple[Any, ...]]:
    pairs = list(zip(columns, defaults, strict=True))
    return (tuple(row.get(name, default) for name, default in pairs) for row in rows)


def _default(table: type[SQLModel], column: str) -> Any:
    default = table.model_fields[column].default
    return None if default is PydanticUndefined else default


async def move_sequences(connection: Connection, tables: Iterable[str] = NUMBERED) -> None:
    """Let the next row that the site itself writes get the first free id."""
    for table in tables:
        column = NUMBER.get(table, "id")
        last = f"greatest(max({column}), 1), max({column}) is not null"
        await connection.execute(f"select setval(pg_get_serial_sequence('{table}', '{column}'), {last}) from {table}")
