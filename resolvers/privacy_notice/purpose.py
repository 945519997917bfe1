"""What something is held for: as the promise says by which it is private, else as the copy of one's data says."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Column

from operations.data_export.tables import TABLES

FOR: Mapping[str, str] = {
    "P01": "to write to you about your stories and your account (P01)",
    "P02": "only to bring your stories to those responsible for care in that area (P02)",
    "P03": "only to prevent or detect abuse of the site (P03)",
    "P04": "as your recent reading history (P04)",
    "P05": "to count how many people lived through something similar (P05)",
    "P07": "only for statistics, if you agree to that (P07)",
}
"""The one use that a promise leaves to what is private by it."""
MODERATED = "so that stories are moderated in time, each by one moderator (P10)"
OF_FIELD: Mapping[str, str] = {
    "Account.email": "to sign you in, and to write to you about your stories and your account (P01)",
    "Account.emailHash": "to find your account by your email (P01)",
    "Account.roles": "to let you do your work for the site",
    "Account.penName": "to show it with your next stories (P06)",
    "EmailChange.emailHash": "to find out whether the email is free (P01)",
    "Story.idempotencyHash": "so that a story that was sent twice by mistake is kept once",
    "WaitingStory.idempotencyHash": "so that a story that was sent twice by mistake is kept once",
    "Story.assignedAt": MODERATED,
    "Story.assignedToMe": MODERATED,
    "Story.criticality": "so that who has to act on a story sees how serious it is (P06)",
    "Story.identifying": "so that nothing is published that identifies somebody (P10)",
    "Story.moderationDueAt": MODERATED,
    "Story.moderatorId": MODERATED,
    "PersonKey.wrapped": "to encrypt your private information, and to end all of it for good by one deletion (P18)",
    "DataExportPart.content": "so that you can download all that is held about you (P16)",
}
"""Where neither the promise nor the table says why this very thing is held."""


def held_for(field: str, promise: str, table: str) -> tuple[str, ...]:
    """Why a field's value is held: with the promise by which it is private, and the table in which it lies."""
    if field in OF_FIELD:
        return (OF_FIELD[field],)
    return (FOR[promise],) if promise in FOR else _of_table(table)


@cache
def _of_table(table: str) -> tuple[str, ...]:
    mine = (one for one in TABLES if any(_lies_in(column.value, table) for column in one.columns))
    return tuple(dict.fromkeys(one.purpose for one in mine))


def _lies_in(value: object, table: str) -> bool:
    return isinstance(value, Column) and value.table.name == table
