"""E-mails on a topic: for people whose address is confirmed, and who did not refuse the topic."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.mail import Mail
from models.secret import Keyring
from operations.account import email_of, opened
from operations.mail.preference import refused
from operations.mail.queue import Value, queue, sealed
from operations.mail.topic import TOPICS

Row = Mapping[str, object]


async def tell(
    session: AsyncSession, keyring: Keyring, account: Account | None, template: str, **values: Value
) -> bool:
    """Queue an e-mail on a topic to the person of an account that is held; whether it is queued."""
    if account is None or account.email is None or account.email_verified_at is None:
        return False
    # SECURITY: P12: what somebody refused is not even written.
    if await refused(session, account.id, TOPICS[template]):
        return False
    key = opened(keyring, account)
    to = email_of(key, account)
    queue(session, key, template, to, account_id=account.id, complaint_id=None, **values)
    return True


def row_of(keyring: Keyring, id_: UUID, account: Account, template: str, **values: Value) -> Row:
    """An e-mail as a row with an id of its own; the account is held, has an address and wants it."""
    key = opened(keyring, account)
    content = sealed(key, id_, email_of(key, account), values)
    return {"id": id_, "account_id": account.id, "template": template, "content": content}


async def queue_once(session: AsyncSession, rows: Sequence[Row]) -> int:
    """Queue these e-mails, without those that were queued before under the same id; how many."""
    if not rows:
        return 0
    new = insert(Mail).on_conflict_do_nothing(index_elements=[Mail.__table__.c.id])  # type: ignore[attr-defined]
    return len((await session.exec(new.values(list(rows)).returning(Mail.__table__.c.id))).all())  # type: ignore[attr-defined]
