"""What a server starts with: policies, keys and settings. What is another than at the last start is an event."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from models.audit import AuditKind
from models.database.connection import Pool
from models.database.lending import whole
from models.secret import Keyring
from operations.audit.entry import Entry
from operations.audit.write import write
from settings import Settings

TURN = 0x53746172
"""The advisory lock of whoever compares."""
LATEST = """
select distinct on (subject) subject, reference from audit_event
where subject = any($1::text[])
order by subject, id desc
"""
OF_ONE_PROCESS = frozenset(
    {"CANDOUR_HOST", "PORT", "CANDOUR_DATA", "CANDOUR_WORKER", "CANDOUR_LOG_LEVEL", "CANDOUR_POOL_SIZE"}
)
"""Settings in which the processes of one site may differ."""
KEY = "CANDOUR_MASTER_KEY"
REASONS = ("P13 what the software does is on the record",)


@dataclass(frozen=True, slots=True)
class Stock:
    """Something that a site is run with: its name, and a digest by which another value is told, never the value."""

    kind: AuditKind
    name: str
    digest: str


def stock_of(policies: str, keyring: Keyring, settings: Settings) -> list[Stock]:
    """The policies (by their hash), the master keyset and each setting that all processes of a site share."""
    found = [Stock(AuditKind.POLICY, "Policy", policies), Stock(AuditKind.KEY, "Key", keyring.fingerprint)]
    for name, field in Settings.model_fields.items():
        alias = field.alias or name
        if alias in OF_ONE_PROCESS or alias == KEY:
            continue
        value = getattr(settings, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        # SECURITY: keyed, so that nobody finds out a value, a password say, by trying likely ones.
        digest = keyring.audit_seal(b"setting", alias.encode(), text.encode()).hex()[:32]
        found.append(Stock(AuditKind.SETTING, f"Setting:{alias}", digest))
    return found


async def take_stock(pool: Pool, keyring: Keyring, found: Sequence[Stock]) -> None:
    """Write an event for each thing that is another than what the log says of it."""
    async with pool.acquire() as connection, whole(connection):
        await connection.execute("select pg_advisory_xact_lock($1)", TURN)
        known = {row["subject"]: row["reference"] for row in await connection.fetch(LATEST, [s.name for s in found])}
        changed = [stock for stock in found if known.get(stock.name) != stock.digest]
        entries = [Entry(s.kind, subject=s.name, reference=s.digest, reasons=REASONS) for s in changed]
        if entries:
            await write(connection.fetch, keyring, entries)
