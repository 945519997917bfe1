"""The second factor: setting it up and removing it."""

from typing import Annotated

import strawberry

from operations import second_factor
from operations.problem import ProblemError
from operations.second_factor import Asking
from schema.context import Info
from schema.mutation.payload import Payload, ViewerPayload, signed_in
from schema.problem import told

Password = Annotated[str, strawberry.argument(description="The viewer's password.")]


@strawberry.type(description="What starting to set up a second factor gave.")
class StartSecondFactorPayload(Payload):
    """What the app needs."""

    secret: str | None = strawberry.field(
        default=None, description="The secret to type into an authenticator app, told this once."
    )
    uri: str | None = strawberry.field(
        default=None, description="The same as an `otpauth://` address, to be shown as a QR code."
    )


@strawberry.type(description="What turning the second factor on gave.")
class ConfirmSecondFactorPayload(ViewerPayload):
    """The codes for who loses the app."""

    recovery_codes: list[str] | None = strawberry.field(
        default=None, description="Codes that work once each instead of the app's, told this once; null with a problem."
    )


@strawberry.type(description="What removing the second factor gave.")
class RemoveSecondFactorPayload(ViewerPayload):
    """The viewer, whose roles may need one again."""


async def start_second_factor(info: Info, password: Password) -> StartSecondFactorPayload:
    """Makes a secret."""
    context = info.context
    try:
        started = await second_factor.start(context.transaction, context.keyring, _asking(info), password)
    except ProblemError as error:
        return StartSecondFactorPayload(problems=[told(error)])
    return StartSecondFactorPayload(problems=[], secret=started.secret, uri=started.uri)


async def confirm_second_factor(
    info: Info, code: Annotated[str, strawberry.argument(description="The code that the app shows now.")]
) -> ConfirmSecondFactorPayload:
    """Turns the second factor on."""
    context = info.context
    try:
        codes, renewed = await second_factor.confirm(
            context.transaction, context.keyring, context.rules, _asking(info), code
        )
    except ProblemError as error:
        return ConfirmSecondFactorPayload(problems=[told(error)])
    context.renewed.append(renewed)
    return ConfirmSecondFactorPayload(problems=[], recovery_codes=codes)


async def remove_second_factor(
    info: Info,
    password: Password,
    code: Annotated[str, strawberry.argument(description="A code of the app, or a recovery code.")],
) -> RemoveSecondFactorPayload:
    """Turns the second factor off."""
    context = info.context
    try:
        renewed = await second_factor.remove(
            context.transaction, context.keyring, context.rules, _asking(info), password, code
        )
    except ProblemError as error:
        return RemoveSecondFactorPayload(problems=[told(error)])
    context.renewed.append(renewed)
    return RemoveSecondFactorPayload(problems=[])


def _asking(info: Info) -> Asking:
    return Asking(signed_in(info), info.context.token or "", info.context.origin.address)


@strawberry.type
class SecondFactorMutation:
    """Codes of an authenticator app."""

    start_second_factor: StartSecondFactorPayload = strawberry.mutation(
        resolver=start_second_factor,
        description="Makes the secret for an authenticator app; the second factor is on once confirmSecondFactor has "
        "taken a code.",
    )
    confirm_second_factor: ConfirmSecondFactorPayload = strawberry.mutation(
        resolver=confirm_second_factor,
        description="Turns the second factor on by a code of the app. From then on signing in needs a code; the "
        "present session counts as one with a second factor.",
    )
    remove_second_factor: RemoveSecondFactorPayload = strawberry.mutation(
        resolver=remove_second_factor, description="Turns the second factor off, by the password and a code."
    )
