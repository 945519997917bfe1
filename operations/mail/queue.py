"""What is to be sent is written in the transaction in which it happens."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from models.mail import Mail
from models.secret import PersonKey

Value = str | list[str]


def queue(
    session: AsyncSession,
    key: PersonKey,
    template: str,
    to: str,
    *,
    account_id: UUID | None = None,
    complaint_id: UUID | None = None,
    **values: Value,
) -> Mail:
    """An e-mail from a template to an account's person, or to who complained; `key` is theirs.

    It is sent once the transaction has committed, and never if the person is erased before.
    """
    id_ = uuid4()
    content = sealed(key, id_, to, values)
    mail = Mail(id=id_, account_id=account_id, complaint_id=complaint_id, template=template, content=content)
    session.add(mail)
    return mail


def sealed(key: PersonKey, id_: UUID, to: str, values: Mapping[str, Value]) -> bytes:
    """The content of the e-mail with this id."""
    # SECURITY: the address, and links that open an account, lie under the person's key until they are sent.
    return key.encrypt(orjson.dumps({"to": to, **values}).decode(), f"mail.content:{id_}")
