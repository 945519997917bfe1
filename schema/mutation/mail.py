"""Which e-mails the viewer gets."""

from typing import Annotated

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.mail import MailTopic
from operations.mail.preference import set_preference
from schema.context import Info
from schema.mutation.payload import ViewerPayload, perform, signed_in


@strawberry.type(description="What setting a preference about e-mails gave.")
class SetMailPreferencePayload(ViewerPayload):
    """The viewer."""


async def set_mail_preference(
    info: Info,
    topic: Annotated[MailTopic, strawberry.argument(description="What the e-mails are about.")],
    wanted: Annotated[bool, strawberry.argument(description="True to get them, false to get none.")],
) -> SetMailPreferencePayload:
    """Says whether the viewer wants e-mails on a topic."""

    async def operation(session: AsyncSession) -> None:
        await set_preference(session, signed_in(info), topic, wanted)

    _, problems = await perform(info, operation)
    return SetMailPreferencePayload(problems=problems)


@strawberry.type
class MailMutation:
    """The viewer's e-mails."""

    set_mail_preference: SetMailPreferencePayload = strawberry.mutation(
        resolver=set_mail_preference,
        description="Says whether the viewer wants e-mails on a topic; what waits to be sent is not sent then. The "
        "link at the end of each such e-mail does the same, without signing in. E-mails about the account itself "
        "and about what the viewer asked for can't be stopped.",
    )
