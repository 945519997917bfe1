"""What the tests of e-mail share: somebody to write to, and a mail server that remembers."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from aiosmtpd.controller import Controller
from sqlmodel.ext.asyncio.session import AsyncSession

from models.secret import Keyring, PersonKey
from operations.mail import queue
from operations.mail.post import Post
from operations.mail.queue import Value
from operations.mail.render import Sender
from operations.mail.send import send_next
from policies.viewer import Member
from tests.consent.world import World

EMAIL = "canary-mailbox@people.example"
SENDER = Sender("Candour <no-reply@candour.example>", "https://candour.example")
VALUES: dict[str, Value] = {
    "link": "https://candour.example/confirm#verify=canary-token",
    "expires": "1 December 2026",
    "number": "17",
    "kind": "a complaint",
    "due": "24 December 2026",
    "reason": "Many <files> & letters",
    "outcome": "We are <sorry> & say so",
    "alerts": "“Nights & <wards>”",
    "numbers": ["17", "18"],
    "stories": "https://candour.example/stories/",
    "several": "yes",
    "more": "1,234",
    "period": "week",
    "hours": "96",
    "mine": "333",
    "free": "444",
    "late": "555",
    "open": "666",
    "until": "4 May 2026 at 17:30",
}


@dataclass(frozen=True)
class Box:
    """A person, and the database in which e-mails to them are queued."""

    connection: asyncpg.Connection
    transaction: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    keyring: Keyring
    key: PersonKey
    person: UUID

    async def queue(self, template: str = "verify_email", count: int = 1) -> list[UUID]:
        """The ids of new e-mails."""
        async with self.transaction() as session:
            mails = [queue(session, self.key, template, EMAIL, account_id=self.person, **VALUES) for _ in range(count)]
        return [mail.id for mail in mails]

    async def send(self, post: Post) -> bool:
        """Whether one was due, which was sent or failed."""
        async with self.transaction() as session:
            return await send_next(session, self.keyring, post, SENDER)

    async def row(self, id_: UUID) -> Any:
        return await self.connection.fetchrow("select * from mail where id = $1", id_)


async def said(world: World, who: Member) -> list[tuple[str, dict[str, Any]]]:
    """The templates and contents of somebody's e-mails."""
    rows = await world.connection.fetch(
        "select id, template, content from mail where account_id = $1 order by template", who.account_id
    )
    key = world.keyring.open(who.key, str(who.account_id))
    return [(row["template"], orjson.loads(key.decrypt(row["content"], f"mail.content:{row['id']}"))) for row in rows]


@dataclass
class Postman:
    """Takes e-mails, or answers with `refusal`."""

    refusal: str = ""
    taken: list[Message] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refusal:
            return self.refusal
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


class Gate(Postman):
    """Answers a command, `MAIL` or `RCPT`, in its own way, perhaps late."""

    def __init__(self, command: str, answer: str, seconds: float = 0) -> None:
        super().__init__()
        self.command, self.answer, self.seconds = command, answer, seconds

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.command == "MAIL":
            return await self._answered()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.command == "RCPT":
            return await self._answered()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def _answered(self) -> str:
        await asyncio.sleep(self.seconds)
        return self.answer


@contextmanager
def serving(postman: Postman) -> Iterator[str]:
    """A mail server's address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()
