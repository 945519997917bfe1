"""What every step of a disclosure shares: whether it is allowed now, the change, and the entry on the audit log."""

from typing import Any
from uuid import UUID

from sqlalchemy import false, func, update
from sqlmodel import col, select

from models.account import Account
from models.audit import AuditKind
from models.disclosure import Disclosure
from operations.account import hold
from operations.audit import Entry, record_event
from operations.moderation import Desk
from operations.problem import ProblemCode, ProblemError
from policies.condition import FALSE
from policies.sql import to_sql

FIELD = "disclosureId"


async def permitted(desk: Desk, disclosure_id: UUID, action: str) -> Disclosure:
    """A disclosure that the viewer may do `action` with, which nobody else changes until the transaction ends.

    Raises ProblemError: NOT_FOUND where they may not see it, NOT_ALLOWED, ALREADY_DONE where it is too late.
    """
    await hold(desk.session, desk.who)
    # SECURITY: what a viewer may not see is answered like what is not there.
    seen = [col(Disclosure.id) == disclosure_id, to_sql(desk.plan.row("Disclosure"), Disclosure)]
    parameters = dict(desk.viewer.parameters)
    # SECURITY: P18: nothing is written under the key of somebody who is being erased.
    whose = select(Disclosure.account_id).where(*seen).scalar_subquery()
    locked = select(Account.id).where(col(Account.id) == whose).with_for_update(read=True, key_share=True)
    await desk.session.exec(locked, params=parameters)
    allowed = func.coalesce(to_sql(desk.plan.action("Disclosure", action), Disclosure), false())
    statement = select(Disclosure, allowed).where(*seen).with_for_update(of=Disclosure)
    found = await desk.session.exec(statement.execution_options(populate_existing=True), params=parameters)
    row = found.one_or_none()
    if row is None:
        raise ProblemError(ProblemCode.NOT_FOUND, "There is no such disclosure for you. Check its id.", FIELD)
    disclosure, may = row
    if not may:
        raise _refused(desk, disclosure, action)
    return disclosure


def _refused(desk: Desk, disclosure: Disclosure, action: str) -> ProblemError:
    """Why a step that the viewer could take of some disclosure can't be taken of this one."""
    late = {
        "approve": disclosure.approved_at or disclosure.revoked_at,
        "revoke": not disclosure.waiting and not disclosure.active,
        "review": disclosure.reviewed_at,
    }
    if desk.plan.action("Disclosure", action) != FALSE and late.get(action):
        message = "It was decided before, or is over. Read what became of it."
        return ProblemError(ProblemCode.ALREADY_DONE, message, FIELD)
    return ProblemError(ProblemCode.NOT_ALLOWED, desk.plan.denial("Disclosure", action).partition(" ")[2], FIELD)


async def change(desk: Desk, disclosure: Disclosure, **values: Any) -> None:
    """Write a step of a disclosure that is held."""
    row = update(Disclosure).where(col(Disclosure.id) == disclosure.id).values(**values)
    await desk.session.exec(row.execution_options(synchronize_session=False))


async def record(desk: Desk, disclosure: Disclosure, action: str) -> None:
    """An entry on the audit log about a step: whose data, which fields, and the rule that let the viewer."""
    granted = desk.plan.grants("Disclosure", action, action) or desk.plan.grants("Mutation", f"{action}Disclosure")
    entry = Entry.by(
        desk.viewer,
        AuditKind.DISCLOSURE,
        subject=f"Disclosure:{disclosure.id}",
        person_id=disclosure.account_id,
        fields=(f"Disclosure.{action}", *disclosure.fields),
        reasons=tuple(grant.reason for grant in granted[:1]),
        rules=tuple(grant.rule.place for grant in granted[:1]),
        disclosure_id=disclosure.id,
    )
    await record_event(desk.session, desk.keyring, entry)


def now() -> Any:
    """SECURITY: the database's clock, which all processes share."""
    return func.statement_timestamp()
