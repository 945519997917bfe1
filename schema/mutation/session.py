"""Signing in and out, and ending sessions."""

from typing import Annotated

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

import policies.viewer
from operations import session as sessions
from operations.problem import ProblemCode, ProblemError
from operations.sign_in import Credentials
from operations.sign_in import sign_in as start
from policies.viewer import Anonymous
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.endpoint.cookie import session_cookie
from schema.mutation.payload import Payload, ViewerPayload, perform, planned_viewer, signed_in
from schema.problem import Problem, told
from schema.viewer import Viewer

Bearer = strawberry.Private[policies.viewer.Viewer | None]


@strawberry.type(description="What signing in gave.")
class SignInPayload(Payload):
    """A session or a problem."""

    token: str | None = strawberry.field(
        description="The session's token, told this once: send it as `Authorization: Bearer …`. Null where it was set "
        "as a cookie."
    )
    second_factor_setup_required: bool = strawberry.field(
        description="Whether the viewer's roles wait until they have set up a second factor (`startSecondFactor`)."
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


@strawberry.type(description="What ending a session gave.")
class EndSessionPayload(ViewerPayload):
    """The sessions that are left."""


@strawberry.type(description="What ending the other sessions gave.")
class EndOtherSessionsPayload(ViewerPayload):
    """The session that is left."""


async def sign_in(
    info: Info,
    email: Annotated[str, strawberry.argument(description="The account's email.")],
    password: Annotated[str, strawberry.argument(description="The account's password.")],
    code: Annotated[
        str | None,
        strawberry.argument(
            description="A code of the authenticator app, or a recovery code: for people with a second factor."
        ),
    ] = strawberry.UNSET,
    cookie: Annotated[
        bool,
        strawberry.argument(
            description="Whether to keep the token in a cookie, as browsers should. Requests with the cookie need the "
            "header `Candour-CSRF: 1` too."
        ),
    ] = False,
) -> SignInPayload:
    """Opens a session, or says why not."""
    context = info.context
    sent = Credentials(email, password, code or None, context.origin.address, context.origin.client)
    try:
        opened = await start(context.transaction, context.keyring, context.rules, sent)
    except ProblemError as error:
        return SignInPayload(token=None, second_factor_setup_required=False, problems=[told(error)])
    setup = opened.setup_required
    if not cookie:
        return SignInPayload(token=opened.token, second_factor_setup_required=setup, problems=[], bearer=opened.viewer)
    # SECURITY: what is kept in the cookie, no script of the page gets to see.
    context.cookies.append(session_cookie(context.settings).keep(opened.token))
    return SignInPayload(token=None, second_factor_setup_required=setup, problems=[], bearer=opened.viewer)


async def sign_out(info: Info) -> SignOutPayload:
    """Ends the session of the request's token."""
    context = info.context
    if context.token is None:
        return SignOutPayload(problems=[_not_signed_in()])
    async with context.transaction() as session:
        await sessions.sign_out(session, context.token)
    _leave(info)
    return SignOutPayload(problems=[])


async def end_session(
    info: Info, session_id: Annotated[strawberry.ID, strawberry.argument(description="The session's id.")]
) -> EndSessionPayload:
    """Ends one of the viewer's sessions."""
    key, member = key_of(session_id, "Session"), signed_in(info)

    async def operation(session: AsyncSession) -> None:
        await sessions.end(session, member, key)

    _, problems = await perform(info, operation)
    if key == member.session_id and not problems:
        _leave(info)
    return EndSessionPayload(problems=problems)


async def end_other_sessions(info: Info) -> EndOtherSessionsPayload:
    """Ends the viewer's sessions, but not this one."""

    async def operation(session: AsyncSession) -> None:
        await sessions.end_others(session, signed_in(info))

    _, problems = await perform(info, operation)
    return EndOtherSessionsPayload(problems=problems)


def _leave(info: Info) -> None:
    """From now on a visitor asks."""
    context = info.context
    context.renewed.append(Anonymous())
    if context.origin.cookie:
        context.cookies.append(session_cookie(context.settings).drop())


def _not_signed_in() -> Problem:
    message = "You are not signed in, so there is nothing to sign out of."
    return Problem(field=None, code=ProblemCode.NOT_SIGNED_IN, message=message)


@strawberry.type
class SessionMutation:
    """Signing in and out, and ending sessions."""

    sign_in: SignInPayload = strawberry.mutation(
        resolver=sign_in,
        description="Signs in with email and password, and with a code where the person has a second factor. "
        "Once per request at most; attempts are counted by account and by IP address.",
    )
    sign_out: SignOutPayload = strawberry.mutation(
        resolver=sign_out, description="Ends the session of the request's token at once."
    )
    end_session: EndSessionPayload = strawberry.mutation(
        resolver=end_session, description="Ends one of the viewer's own sessions at once."
    )
    end_other_sessions: EndOtherSessionsPayload = strawberry.mutation(
        resolver=end_other_sessions, description="Ends all of the viewer's sessions but the present one at once."
    )
