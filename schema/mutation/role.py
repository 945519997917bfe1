"""Giving and taking roles."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import PlatformRole
from operations import role as roles
from resolvers.identity import key_of
from schema.account import Account
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, perform, planned_row, signed_in

Key = strawberry.Private[UUID | None]
AccountId = Annotated[strawberry.ID, strawberry.argument(description="The account's id.")]
Role = Annotated[PlatformRole, strawberry.argument(description="The role.")]
Made = TypeVar("Made", bound="RolePayload")


@strawberry.type(description="What a change of roles gave.")
class RolePayload(Payload):
    """The account after the change."""

    key: Key = None

    @resolved("The account with its roles; null where there was a problem.")
    async def account(self, info: Info) -> Account | None:
        return await planned_row(info, "Account", self.key) if self.key else None


@strawberry.type(description="What giving a role gave.")
class GrantRolePayload(RolePayload):
    """The account that has the role."""


@strawberry.type(description="What taking a role gave.")
class RevokeRolePayload(RolePayload):
    """The account that has the role no more."""


async def grant_role(info: Info, account_id: AccountId, role: Role) -> GrantRolePayload:
    """Gives somebody a role."""
    return await _changed(info, GrantRolePayload, roles.grant_role, account_id, role)


async def revoke_role(info: Info, account_id: AccountId, role: Role) -> RevokeRolePayload:
    """Takes a role from somebody."""
    return await _changed(info, RevokeRolePayload, roles.revoke_role, account_id, role)


async def _changed(
    info: Info, payload: type[Made], change: Callable[..., Awaitable[UUID]], account_id: str, role: PlatformRole
) -> Made:
    key: UUID = key_of(account_id, "Account")

    async def operation(session: AsyncSession) -> UUID:
        context = info.context
        return await change(session, context.keyring, context.plan, signed_in(info), key, role)

    changed, problems = await perform(info, operation)
    return payload(problems=problems, key=changed)


@strawberry.type
class RoleMutation:
    """Roles among those who run the site."""

    grant_role: GrantRolePayload = strawberry.mutation(
        resolver=grant_role,
        description="Give somebody else a role among those who run the site. It counts from their next request on.",
    )
    revoke_role: RevokeRolePayload = strawberry.mutation(
        resolver=revoke_role,
        description="Take a role from somebody else, at once, in their open sessions and subscriptions too.",
    )
