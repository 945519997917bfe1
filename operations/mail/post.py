"""Where e-mails go: to a mail server, or into a folder."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from operations.mail.render import Sender
from settings import Settings

TIMEOUT_SECONDS = 30
"""How long all of sending one e-mail may take: an erasure that waits for it is more patient (`operations.erasure`)."""
Post = Callable[[EmailMessage], Awaitable[None]]
# Answers about this mailbox or e-mail (RFC 5321, 4.2.1); others in 5xx are about us, and pass once they are mended.
REFUSED = range(550, 560)
NEAR = {"localhost", "127.0.0.1", "::1"}


class RefusedError(Exception):
    """The mail server refused this e-mail for good."""


def sender_of(settings: Settings) -> Sender:
    """From whom e-mails come with these settings."""
    host = urlsplit(settings.url).hostname or "localhost"
    return Sender(settings.mail_from or f"Candour <no-reply@{host}>", settings.url)


def post_of(settings: Settings) -> Post:
    """The way that the settings name: SMTP_URL, or else the folder `mail` of CANDOUR_DATA."""
    if settings.smtp_url:
        return by_smtp(settings.smtp_url.get_secret_value())
    return into_folder(folder_of(settings))


def folder_of(settings: Settings) -> Path:
    """Where e-mails are written without a mail server."""
    return settings.data / "mail"


def by_smtp(url: str) -> Post:
    """Sends to a server, `smtp://user:password@host:587` (with STARTTLS where it is offered) or `smtps://…`."""
    options = _options(url)

    async def post(message: EmailMessage) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await aiosmtplib.send(message, **options)
        except aiosmtplib.SMTPRecipientsRefused as error:
            if any(refusal.code in REFUSED for refusal in error.recipients):
                raise RefusedError from None
            raise
        except aiosmtplib.SMTPDataError as error:
            if error.code in REFUSED:
                raise RefusedError from None
            raise

    return post


def _options(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    encrypted = parts.scheme == "smtps"
    return {
        "hostname": parts.hostname or "localhost",
        "port": parts.port or (465 if encrypted else 587),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": encrypted,
        # SECURITY: a password never goes over a network in clear, not even where somebody took STARTTLS out of the way.
        "start_tls": True if parts.username and not encrypted and parts.hostname not in NEAR else None,
        "timeout": TIMEOUT_SECONDS,
    }


def into_folder(folder: Path) -> Post:
    """Writes each e-mail to a file under its Message-ID, so that a repeat replaces itself."""

    async def post(message: EmailMessage) -> None:
        # Not in a thread, which would go on writing after the worker was stopped, and the person erased.
        _write(folder, message)

    return post


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{message['Message-ID'].strip('<>').split('@')[0]}.eml"
    # Only who has locked the row writes it, so what was left of an interrupted attempt is written over.
    draft = path.with_suffix(".draft")
    # SECURITY: the file holds an address and a link that opens an account.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
