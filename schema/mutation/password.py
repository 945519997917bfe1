"""Passwords: forgotten ones and new ones."""

from typing import Annotated

import strawberry

from operations import password_change
from schema.context import Info
from schema.mutation.payload import Payload, problems_of, signed_in

NewPassword = Annotated[
    str,
    strawberry.argument(
        description="The new password, 10 to 128 characters: hard to guess, and on no list of stolen ones."
    ),
]


@strawberry.type(description="What asking for a link gave: the same for every email, known or not.")
class RequestPasswordResetPayload(Payload):
    """What came of asking."""


@strawberry.type(description="What setting a password by a link gave.")
class ResetPasswordPayload(Payload):
    """What came of resetting."""


@strawberry.type(description="What changing the password gave.")
class ChangePasswordPayload(Payload):
    """What came of changing."""


async def request_password_reset(
    info: Info, email: Annotated[str, strawberry.argument(description="The account's email.")]
) -> RequestPasswordResetPayload:
    """Sends a link, if there is an account."""
    context = info.context
    sending = password_change.request_reset(
        context.transaction, context.keyring, email, context.origin.address, context.settings.url
    )
    return RequestPasswordResetPayload(problems=await problems_of(sending))


async def reset_password(
    info: Info,
    token: Annotated[str, strawberry.argument(description="The last part of the link.")],
    password: NewPassword,
) -> ResetPasswordPayload:
    """Sets the password of whoever has the link."""
    context = info.context
    resetting = password_change.reset(context.transaction, context.keyring, token, password, context.origin.address)
    return ResetPasswordPayload(problems=await problems_of(resetting))


async def change_password(
    info: Info,
    current: Annotated[str, strawberry.argument(description="The present password.")],
    new: NewPassword,
) -> ChangePasswordPayload:
    """Sets the viewer's password."""
    context, member = info.context, signed_in(info)
    changing = password_change.change(
        context.transaction, context.keyring, member, current, new, context.origin.address
    )
    return ChangePasswordPayload(problems=await problems_of(changing))


@strawberry.type
class PasswordMutation:
    """Forgotten and new passwords."""

    request_password_reset: RequestPasswordResetPayload = strawberry.mutation(
        resolver=request_password_reset,
        description="Sends a link with which a new password can be set within an hour, if the email has an account. "
        "The answer is the same if it has none.",
    )
    reset_password: ResetPasswordPayload = strawberry.mutation(
        resolver=reset_password,
        description="Sets a new password by a link, which works once. All sessions end, and the email counts as "
        "confirmed, since the link came there.",
    )
    change_password: ChangePasswordPayload = strawberry.mutation(
        resolver=change_password, description="Sets a new password. The viewer's other sessions end."
    )
