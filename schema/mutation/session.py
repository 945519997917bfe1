"""Signing in and out."""

from typing import Annotated

import strawberry

import policies.viewer
from operations import session as sessions
from operations.problem import ProblemCode
from policies.viewer import Anonymous
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, planned_viewer
from schema.problem import Problem
from schema.viewer import Viewer

Bearer = strawberry.Private[policies.viewer.Viewer | None]


@strawberry.type(description="What signing in gave.")
class SignInPayload(Payload):
    """A session or a problem."""

    token: str | None = strawberry.field(
        description="The session's token, told this once: send it as `Authorization: Bearer …`."
    )
    bearer: Bearer = None

    @resolved("Who the token's bearer is; null where there is none.")
    async def viewer(self, info: Info) -> Viewer | None:
        return await planned_viewer(info, self.bearer) if self.bearer else None


@strawberry.type(description="What signing out gave.")
class SignOutPayload(Payload):
    """The end of a session."""

    @resolved("Who asks from now on: a visitor.")
    async def viewer(self, info: Info) -> Viewer:
        return await planned_viewer(info, Anonymous())


async def sign_in(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The account's email.")],
    password: Annotated[str, strawberry.argument(description="The account's password.")],
) -> SignInPayload:
    """Opens a session, or says that email and password do not fit."""
    context = info.context
    async with context.transaction() as session:
        signed_in = await sessions.sign_in(session, context.keyring, email, password)
    if signed_in is None:
        # SECURITY: one answer for an unknown email and a wrong password: it does not tell who is known.
        return SignInPayload(token=None, problems=[_wrong_credentials()])
    return SignInPayload(token=signed_in.token, problems=[], bearer=signed_in.viewer)


async def sign_out(info: Info) -> SignOutPayload:
    """Ends the session of the request's token."""
    context = info.context
    if context.token is None:
        return SignOutPayload(problems=[_not_signed_in()])
    async with context.transaction() as session:
        await sessions.sign_out(session, context.token)
    return SignOutPayload(problems=[])


def _wrong_credentials() -> Problem:
    message = "No account has this email and password. Check both and try again."
    return Problem(field=None, code=ProblemCode.WRONG_CREDENTIALS, message=message)


def _not_signed_in() -> Problem:
    message = "You are not signed in, so there is nothing to sign out of."
    return Problem(field=None, code=ProblemCode.NOT_SIGNED_IN, message=message)


@strawberry.type
class SessionMutation:
    """Signing in and out."""

    sign_in: SignInPayload = strawberry.mutation(
        resolver=sign_in, description="Signs in with email and password. Once per request at most."
    )
    sign_out: SignOutPayload = strawberry.mutation(
        resolver=sign_out, description="Ends the session of the request's token at once."
    )
