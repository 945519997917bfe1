"""E-mails to staff about stories that met their alerts (P22): numbers, links and the names of the alerts."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.alert import AlertFrequency
from models.secret import Keyring
from operations.alert.due import Due, due
from operations.mail.queue import Value
from operations.mail.tell import tell

BATCH = 50
LISTED = 50
"""So many people are told in one transaction; so many stories are listed in one e-mail."""
PERIODS = {AlertFrequency.DAILY: "day", AlertFrequency.WEEKLY: "week"}


async def tell_alerts(session: AsyncSession, keyring: Keyring, url: str) -> tuple[int, bool]:
    """Queue the e-mails that are due to the next people; how many, and whether there may be more. `url` is the site's.

    What is due is settled in the same transaction, so that nobody is told twice or forgotten.
    """
    found = await due(session, BATCH)
    wanted = select(Account).where(col(Account.id).in_([one.account_id for one in found]))
    accounts = {account.id: account for account in await session.exec(wanted)}
    told = 0
    for one in found:
        period = PERIODS.get(one.frequency)
        template, values = ("alert_digest", {"period": period}) if period else ("alert", {})
        told += await tell(session, keyring, accounts[one.account_id], template, **_said(one, url), **values)
    await session.flush()
    return told, bool(found)


def _said(found: Due, url: str) -> dict[str, Value]:
    """What stands in the e-mail; the rest are only counted."""
    # SECURITY: P01, P10: nothing of what a story says, and no more than its number and address.
    numbers = [str(number) for number in found.stories]
    more = len(numbers) - LISTED
    return {
        "alerts": ", ".join(f"“{name}”" for name in found.alerts),
        "numbers": numbers[:LISTED],
        "several": "yes" if len(numbers) > 1 else "",
        "more": f"{more:,}" if more > 0 else "",
        "stories": f"{url}/stories/",
    }
