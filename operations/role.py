"""Roles among those who run the site: given and taken by administrators, never by oneself."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, PlatformRole
from models.audit import AuditKind
from models.secret import Keyring
from operations.audit import Entry, record_event
from operations.problem import ProblemCode, ProblemError
from policies.grant import CALL
from policies.plan import AccessPlan
from policies.sql import to_sql
from policies.viewer import Member

FIELD = "accountId"


async def grant_role(
    session: AsyncSession, keyring: Keyring, plan: AccessPlan, viewer: Member, account_id: UUID, role: PlatformRole
) -> UUID:
    """Give somebody a role, which counts from their next request on; the account.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED (for oneself, too), ALREADY_DONE where they have it.
    """
    account = await _held(session, plan, viewer, account_id)
    if role in account.roles:
        raise ProblemError(ProblemCode.ALREADY_DONE, "They have this role already.", "role")
    entry = _entry(plan, viewer, account, "grantRole", f"granted {role.value}")
    return await _changed(session, keyring, account, sorted({*account.roles, role}), entry)


async def revoke_role(
    session: AsyncSession, keyring: Keyring, plan: AccessPlan, viewer: Member, account_id: UUID, role: PlatformRole
) -> UUID:
    """Take a role from somebody, at once; the account. As nobody takes their own, an administrator is always left.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED (for oneself, too), ALREADY_DONE where they don't have it.
    """
    account = await _held(session, plan, viewer, account_id)
    if role not in account.roles:
        raise ProblemError(ProblemCode.ALREADY_DONE, "They don't have this role.", "role")
    entry = _entry(plan, viewer, account, "revokeRole", f"revoked {role.value}")
    return await _changed(session, keyring, account, sorted({*account.roles} - {role}), entry)


async def _held(session: AsyncSession, plan: AccessPlan, viewer: Member, account_id: UUID) -> Account:
    """The account, which nobody else changes until the transaction ends, nor the viewer's own roles."""
    # SECURITY: two who take each other's role would leave nobody: the second one waits, and then has none any more.
    both = select(Account).where(col(Account.id).in_([viewer.account_id, account_id]))
    ordered = both.order_by(col(Account.id)).with_for_update().execution_options(populate_existing=True)
    found = {account.id: account for account in await session.exec(ordered)}
    own = found.get(viewer.account_id)
    if own is None or not viewer.roles <= set(own.roles):
        raise ProblemError(ProblemCode.NOT_ALLOWED, "Your own roles have changed meanwhile. Sign in again.")
    seen = select(Account.id).where(col(Account.id) == account_id, to_sql(plan.condition("Account", "roles"), Account))
    # SECURITY: an account of which the viewer may not see the roles is answered like one that is not there.
    if (await session.exec(seen, params=dict(viewer.parameters))).one_or_none() is None:
        raise ProblemError(ProblemCode.NOT_FOUND, "There is no such account. Check its id.", FIELD)
    # SECURITY: nobody decides about themselves; so there is always an administrator left, too.
    if account_id == viewer.account_id:
        raise ProblemError(ProblemCode.NOT_ALLOWED, "Another administrator gives and takes your roles.", FIELD)
    return found[account_id]


async def _changed(
    session: AsyncSession, keyring: Keyring, account: Account, roles: Sequence[PlatformRole], entry: Entry
) -> UUID:
    account.roles = list(roles)
    await record_event(session, keyring, entry)
    return account.id


def _entry(plan: AccessPlan, viewer: Member, account: Account, mutation: str, done: str) -> Entry:
    granted = plan.grants("Mutation", mutation, CALL)
    return Entry.by(
        viewer,
        AuditKind.ROLE,
        subject=f"Account:{account.id}",
        fields=(done,),
        reasons=tuple(grant.reason for grant in granted),
        rules=tuple(grant.rule.place for grant in granted),
    )
