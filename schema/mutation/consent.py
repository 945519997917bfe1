"""Consent: given and taken back by one call."""

from typing import Annotated

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.consent import ConsentPurpose
from operations import consent as consents
from schema.base import resolved
from schema.consent import Consent
from schema.context import Info
from schema.mutation.payload import ViewerPayload, perform, planned_row, signed_in

Made = strawberry.Private[consents.Decision | None]


@strawberry.type(description="What a decision about consent gave.")
class SetConsentPayload(ViewerPayload):
    """The viewer and the ledger's entry."""

    made: Made = None

    @resolved("The entry of the ledger that stands now; null where there was a problem.")
    async def consent(self, info: Info) -> Consent | None:
        return await planned_row(info, "Consent", self.made.entry) if self.made else None

    @resolved(
        "How many of the viewer's stories were withdrawn for ever with this decision: "
        "all of them where consent to PUBLISH was taken back, otherwise none."
    )
    def withdrawn_stories(self) -> int:
        return self.made.withdrawn if self.made else 0


async def set_consent(
    info: Info,
    purpose: Annotated[ConsentPurpose, strawberry.argument(description="What it is about.")],
    granted: Annotated[bool, strawberry.argument(description="True to agree, false to take it back.")],
) -> SetConsentPayload:
    """Gives or takes back the viewer's consent to one purpose."""
    context = info.context
    given_by = "website" if context.origin.cookie else "API"

    async def operation(session: AsyncSession) -> consents.Decision:
        person = signed_in(info).account_id
        return await consents.set_consent(session, context.keyring, person, purpose, granted, given_by)

    made, problems = await perform(info, operation)
    return SetConsentPayload(problems=problems, made=made)


@strawberry.type
class ConsentMutation:
    """The viewer's consents."""

    set_consent: SetConsentPayload = strawberry.mutation(
        resolver=set_consent,
        description="Agrees to one purpose, or takes that back, at once and everywhere (P12). Recipients of stories "
        "are told to delete their copies. WARNING: taking back PUBLISH withdraws all of one's stories, published or "
        "not, at once and for ever; agreeing again brings none of them back (P17).",
    )
