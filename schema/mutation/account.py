"""Having an account: registering, confirming an email, correcting what is held."""

from typing import Annotated

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry import UNSET

from operations import correction, registration
from operations.email_change import EmailConfirmation
from operations.verification import verify_email as verify
from schema.base import describe
from schema.context import Info
from schema.mutation.payload import Payload, ViewerPayload, perform, problems_of, signed_in

describe(
    EmailConfirmation,
    {
        EmailConfirmation.VERIFIED: "The email of a new account: its person can sign in.",
        EmailConfirmation.HALF_CHANGED: "One side of a change of email; the other address has to confirm it too.",
        EmailConfirmation.CHANGED: "The last side of a change of email: from now on the new one counts.",
        EmailConfirmation.STORY_SUBMITTED: "A story that was sent with this email: now it is with the moderators.",
    },
)


@strawberry.input(description="What somebody registers with.")
class RegisterInput:
    """A registration."""

    email: str = strawberry.field(description="The email, at most 254 characters; a link to confirm it is sent there.")
    password: str = strawberry.field(
        description="The password, 10 to 128 characters: hard to guess, and on no list of stolen ones."
    )
    pen_name: str | None = strawberry.field(
        default=UNSET, description="The name to be shown with one's stories, at most 60 characters."
    )
    notice_version: str | None = strawberry.field(
        default=UNSET,
        description="The version of the privacy notice that the form showed: it must be the one in force (P13). "
        "Registering agrees to no sharing, so it is not kept.",
    )

    def typed(self) -> registration.Typed:
        """What was typed in, without what was left out."""
        more = {"pen_name": self.pen_name, "notice_version": self.notice_version}
        given = {name: text for name, text in more.items() if text is not UNSET}
        return registration.Typed(self.email, self.password, **given)


@strawberry.type(description="What registering gave: the same for every email, known or not.")
class RegisterPayload(Payload):
    """What came of registering."""


@strawberry.type(description="What following the link of an e-mail gave.")
class VerifyEmailPayload(Payload):
    """What came of confirming an email."""

    confirmed: EmailConfirmation | None = strawberry.field(description="What was confirmed; null where nothing was.")


@strawberry.input(description="What to correct: what is left out stays as it is, null clears it.")
class UpdateAccountInput:
    """A correction."""

    pen_name: str | None = strawberry.field(
        default=UNSET, description="The name to be shown with one's next stories, at most 60 characters."
    )
    email: str | None = strawberry.field(
        default=UNSET,
        description="The new email; it counts once both it and the present one have confirmed by the links that are "
        "sent, within 7 days. The present email takes back a change that waits. It can't be cleared.",
    )
    postcode: str | None = strawberry.field(default=UNSET, description="A UK postcode, to route one's next stories.")

    def given(self) -> dict[str, str | None]:
        """What was corrected or cleared, by column."""
        every = {"pen_name": self.pen_name, "email": self.email, "postcode": self.postcode}
        return {column: text for column, text in every.items() if text is not UNSET}


@strawberry.type(description="What correcting gave: the viewer, with the account as it is now.")
class UpdateAccountPayload(ViewerPayload):
    """The viewer after correcting."""


async def register(
    info: Info,
    registered: Annotated[RegisterInput, strawberry.argument(name="input", description="Who registers.")],
) -> RegisterPayload:
    """Makes an account, or tells its person by e-mail that there is one."""
    context = info.context
    typed = registered.typed()
    registering = registration.register(
        context.transaction, context.keyring, typed, context.origin.address, context.settings.url
    )
    return RegisterPayload(problems=await problems_of(registering))


async def verify_email(
    info: Info, token: Annotated[str, strawberry.argument(description="The last part of the link.")]
) -> VerifyEmailPayload:
    """Uses up the link of an e-mail."""

    async def operation(session: AsyncSession) -> EmailConfirmation:
        return await verify(session, info.context.keyring, token)

    confirmed, problems = await perform(info, operation)
    return VerifyEmailPayload(confirmed=confirmed, problems=problems)


async def update_account(
    info: Info,
    corrected: Annotated[UpdateAccountInput, strawberry.argument(name="input", description="What to correct.")],
) -> UpdateAccountPayload:
    """Corrects what is held about the viewer."""
    context, member = info.context, signed_in(info)
    correcting = correction.update_account(
        context.transaction,
        context.keyring,
        member.account_id,
        corrected.given(),
        context.origin.address,
        context.settings.url,
    )
    return UpdateAccountPayload(problems=await problems_of(correcting))


@strawberry.type
class AccountMutation:
    """Having an account."""

    register: RegisterPayload = strawberry.mutation(
        resolver=register,
        description="Registers with email and password. A link to confirm the email is sent to it; until then nobody "
        "can sign in. The answer is the same for an email that has an account: its person gets an e-mail that says so.",
    )
    verify_email: VerifyEmailPayload = strawberry.mutation(
        resolver=verify_email,
        description="Confirms an email, or a side of a change of email, by the link that was sent to it. A link works "
        "once: after registering for 24 hours, for a change of email for 7 days.",
    )
    update_account: UpdateAccountPayload = strawberry.mutation(
        resolver=update_account,
        description="Corrects or clears what is held about the viewer (P15). It happens whole or not at all.",
    )
