"""The first administrator: appointed from the machine that the site runs on, for nobody is there to give the role."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated

import typer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.audit import AuditKind
from models.database.connection import engine, session_factory
from models.secret import Keyring, new_master_key
from operations.audit import Entry, record_event
from operations.problem import ProblemCode, ProblemError
from settings import master_key, settings

Database = Callable[[], AbstractContextManager[str]]
"""Opens the database of this process for a while, and gives its address."""
Email = Annotated[str, typer.Argument(help="The email of an account that is registered and confirmed.")]
REASON = "P14 the first administrator is appointed by whoever runs the software"


async def appoint(session: AsyncSession, keyring: Keyring, email: str) -> None:
    """Give the account of this email the role ADMIN, which is on the audit log.

    Raises ProblemError: ALREADY_DONE where somebody has it, who then gives roles; NOT_FOUND without such an account.
    """
    # SECURITY: whoever gets at this command later takes no site over with it.
    admins = select(Account.id).where(col(Account.roles).contains([PlatformRole.ADMIN])).limit(1)
    if (await session.exec(admins)).first() is not None:
        raise ProblemError(ProblemCode.ALREADY_DONE, "There is an administrator already, who gives all other roles.")
    confirmed = col(Account.email_verified_at).is_not(None)
    whose = select(Account).where(col(Account.email_hash) == keyring.email_hash(email), confirmed).with_for_update()
    account = (await session.exec(whose)).one_or_none()
    if account is None:
        raise ProblemError(
            ProblemCode.NOT_FOUND, "No confirmed account has this email. Register, and confirm it, first."
        )
    account.roles = sorted({*account.roles, PlatformRole.ADMIN})
    done = (f"granted {PlatformRole.ADMIN.value}",)
    entry = Entry(AuditKind.ROLE, subject=f"Account:{account.id}", fields=done, reasons=(REASON,))
    await record_event(session, keyring, entry)


def appoint_first(context: typer.Context, email: Email) -> None:
    """Make somebody the first administrator, who gives all other roles (`grantRole`)."""
    database: Database = context.obj
    with database() as dsn:
        try:
            asyncio.run(_appointed(dsn, email))
        except ProblemError as error:
            typer.echo(error.message, err=True)
            raise typer.Exit(1) from None
    typer.echo("Done: it counts from their next request on.", err=True)


async def _appointed(dsn: str, email: str) -> None:
    opened = engine(dsn, 1)
    try:
        async with session_factory(opened).begin() as session:
            await appoint(session, Keyring(master_key(settings(), new_master_key)), email)
    finally:
        await opened.dispose()
