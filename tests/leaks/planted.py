"""What lives for some days only, planted in the site's world: sessions, copies to fetch, e-mails that wait."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from pyotp import random_base32
from sqlmodel import SQLModel, select

from models import (
    Account,
    Alert,
    AlertFrequency,
    Confirmation,
    ConfirmationKind,
    Correction,
    DataExport,
    DataExportPart,
    DataExportStatus,
    EmailChange,
    Mail,
    SecondFactor,
    Session,
)
from models.database.connection import engine, session_factory
from models.secret import Keyring, PersonKey, token_hash
from operations.demo.cast import HOST

NAMES = ("author", "member", "staff", "moderator", "dpo", "admin")
STRANGERS = 3
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = datetime(2126, 1, 1, tzinfo=UTC)


async def plant(dsn: str, keyring: Keyring) -> None:
    """Gives some of the fixed people, and some others, one of everything."""
    database = engine(dsn, 1)
    try:
        async with session_factory(database).begin() as session:
            accounts = list(await session.exec(select(Account).order_by(Account.id)))  # type: ignore[arg-type]
            hashes = {keyring.email_hash(f"{name}@{HOST}") for name in NAMES}
            named = [account for account in accounts if account.email_hash in hashes]
            assert len(named) == len(NAMES)
            for number, account in enumerate([*named, *(a for a in accounts if not a.roles)][: len(NAMES) + STRANGERS]):
                rows = list(_rows(keyring, account, number))
                session.add_all(row for row in rows if not isinstance(row, DataExportPart))
                await session.flush()
                session.add_all(row for row in rows if isinstance(row, DataExportPart))
    finally:
        await database.dispose()


def _rows(keyring: Keyring, account: Account, number: int) -> Iterator[SQLModel]:
    person, key = account.id, keyring.open(account.key, str(account.id))
    moment = NOW - timedelta(days=number, microseconds=number + 1)
    email = f"new.{secrets.token_hex(5)}@changed.example"
    yield _session(person, key, moment)
    yield from _copy(person, key, moment)
    yield Alert(account_id=person, name=f"Alert {secrets.token_hex(6)}", frequency=AlertFrequency.DAILY)
    yield Correction(account_id=person, field="postcode", corrected_at=moment)
    yield EmailChange(
        account_id=person,
        email=key.encrypt(email, f"email_change.email:{person}"),
        email_hash=keyring.email_hash(email),
        requested_at=moment,
        expires_at=LATER,
    )
    secret = key.encrypt(random_base32(), f"second_factor.secret:{person}")
    yield SecondFactor(account_id=person, secret=secret, created_at=moment)
    yield from _letter(person, key, moment)


def _session(person: UUID, key: PersonKey, moment: datetime) -> Session:
    id_ = uuid4()
    client = key.encrypt(f"Browser {secrets.token_hex(6)}", f"session.client:{id_}")
    expires = LATER - (NOW - moment)
    return Session(
        id=id_,
        token_hash=secrets.token_bytes(32),
        account_id=person,
        created_at=moment,
        expires_at=expires,
        client=client,
    )


def _copy(person: UUID, key: PersonKey, moment: datetime) -> Iterator[SQLModel]:
    id_, token = uuid4(), secrets.token_urlsafe(32)
    yield DataExport(
        id=id_,
        account_id=person,
        status=DataExportStatus.READY,
        requested_at=moment,
        ready_at=moment,
        expires_at=LATER,
        size=10,
        token=key.encrypt(token, f"data_export.token:{id_}"),
        token_hash=token_hash(token),
    )
    content = key.encrypt(secrets.token_hex(20), f"data_export_part.content:{id_}:1")
    yield DataExportPart(export_id=id_, number=1, content=content)


def _letter(person: UUID, key: PersonKey, moment: datetime) -> Iterator[SQLModel]:
    """An e-mail that is still to be sent, with a link that signs in."""
    id_, token = uuid4(), secrets.token_urlsafe(32)
    kind = ConfirmationKind.RESET_PASSWORD
    yield Confirmation(account_id=person, kind=kind, token_hash=token_hash(token), created_at=moment, expires_at=LATER)
    content: dict[str, Any] = {"to": f"{person}@queued.example", "link": f"http://candour.test/confirm#reset={token}"}
    sealed = key.encrypt(orjson.dumps(content).decode(), f"mail.content:{id_}")
    yield Mail(id=id_, account_id=person, template="reset_password", content=sealed)
