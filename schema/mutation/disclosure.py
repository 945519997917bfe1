"""Asking for disclosures, approving, ending and reviewing them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.disclosure import DisclosureOutcome
from operations.disclosure import decide
from operations.disclosure.decide import Review, Withholding
from operations.disclosure.request import Wanted, request
from operations.moderation import Desk
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.disclosure import Disclosure
from schema.mutation.payload import Payload, perform, planned_row, signed_in

Key = strawberry.Private[UUID | None]
DisclosureId = Annotated[strawberry.ID, strawberry.argument(description="The disclosure's id.")]
Made = TypeVar("Made", bound="DisclosurePayload")


@strawberry.input(
    description="Which fields of whom are to be disclosed to whom, why, and until when. Give a story or an account."
)
class DisclosureInput:
    """What is asked for."""

    story_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The story; fields of its author's account can be named with it."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The account, of which its id is always disclosed. Needs the purpose of use `safeguarding`.",
    )
    fields: list[str] = strawberry.field(
        description="What the recipient may read, each by its name: `Story.author`, `Story.postcode`, "
        "`Story.ipAddress`, `Account.id`, `Account.createdAt`, `Account.penName`, `Account.email`, `Account.postcode`, "
        "`Account.ipAddresses`, `Account.readingHistory`, `Account.similarExperiences`."
    )
    recipient_organisation_id: strawberry.ID = strawberry.field(
        description="To whom: a service's organisation or a police unit. Those who manage it read."
    )
    grounds: str = strawberry.field(description="What harm is at risk, and why it takes this: 1 to 2,000 characters.")
    expires_at: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description="When it ends, at most 7 days from now; 24 hours after its approval if left out.",
    )
    withhold_until: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Until when its person is not to see it, at most a year from now; they see it if left out.",
    )
    withhold_reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why they are not to see it until then: 1 to 2,000 characters."
    )


@strawberry.input(description="What came of the review of a disclosure, or until when its person does not see it.")
class ReviewDisclosureInput:
    """What the data protection officer says."""

    disclosure_id: strawberry.ID = strawberry.field(description="The disclosure.")
    outcome: DisclosureOutcome | None = strawberry.field(
        default=strawberry.UNSET, description="What was found, for good; left out to say only when its person sees it."
    )
    note: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="What is to be noted with it, at most 2,000 characters. No private values.",
    )
    withhold_until: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Until when its person does not see it, at most a year from now; null to show it; left out to "
        "leave that as it is.",
    )
    withhold_reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why they do not see it until then: 1 to 2,000 characters."
    )


@strawberry.type(description="What a step of a disclosure gave.")
class DisclosurePayload(Payload):
    """The disclosure after the step."""

    key: Key = None

    @resolved("The disclosure as it is now; null where there is a problem.")
    async def disclosure(self, info: Info) -> Disclosure | None:
        return await planned_row(info, "Disclosure", self.key) if self.key else None


@strawberry.type(description="What asking for a disclosure gave.")
class RequestDisclosurePayload(DisclosurePayload):
    """The disclosure that waits for somebody else."""


@strawberry.type(description="What approving a disclosure gave.")
class ApproveDisclosurePayload(DisclosurePayload):
    """The disclosure that is active."""


@strawberry.type(description="What ending a disclosure gave.")
class RevokeDisclosurePayload(DisclosurePayload):
    """The disclosure that is over."""


@strawberry.type(description="What reviewing a disclosure gave.")
class ReviewDisclosurePayload(DisclosurePayload):
    """The disclosure that was reviewed."""


async def _step(info: Info, payload: type[Made], step: Callable[[Desk], Awaitable[UUID]]) -> Made:
    context = info.context

    async def run(session: AsyncSession) -> UUID:
        return await step(Desk(session, context.keyring, context.plan, signed_in(info), context.settings.url))

    key, problems = await perform(info, run)
    return payload(problems=problems, key=key)


async def request_disclosure(
    info: Info,
    sent: Annotated[DisclosureInput, strawberry.argument(name="input", description="What is asked for.")],
) -> RequestDisclosurePayload:
    """Asks for a disclosure."""
    wanted = Wanted(
        sent.fields,
        key_of(sent.recipient_organisation_id, "Organisation"),
        sent.grounds,
        key_of(sent.story_id, "Story") if sent.story_id else None,
        key_of(sent.account_id, "Account") if sent.account_id else None,
        sent.expires_at or None,
        sent.withhold_until or None,
        sent.withhold_reason or None,
    )
    return await _step(info, RequestDisclosurePayload, lambda desk: request(desk, wanted))


async def approve_disclosure(info: Info, disclosure_id: DisclosureId) -> ApproveDisclosurePayload:
    """Approves a disclosure that somebody else asked for."""
    key: UUID = key_of(disclosure_id, "Disclosure")
    return await _step(info, ApproveDisclosurePayload, lambda desk: decide.approve(desk, key))


async def revoke_disclosure(info: Info, disclosure_id: DisclosureId) -> RevokeDisclosurePayload:
    """Ends a disclosure."""
    key: UUID = key_of(disclosure_id, "Disclosure")
    return await _step(info, RevokeDisclosurePayload, lambda desk: decide.revoke(desk, key))


async def review_disclosure(
    info: Info,
    sent: Annotated[ReviewDisclosureInput, strawberry.argument(name="input", description="What was found.")],
) -> ReviewDisclosurePayload:
    """Reviews a disclosure."""
    key: UUID = key_of(sent.disclosure_id, "Disclosure")
    said: tuple[object, ...] = (sent.withhold_until, sent.withhold_reason)
    changes = any(one is not strawberry.UNSET for one in said)
    withholding = Withholding(sent.withhold_until or None, sent.withhold_reason or None) if changes else None
    found = Review(sent.outcome or None, sent.note or None, withholding)
    return await _step(info, ReviewDisclosurePayload, lambda desk: decide.review(desk, key, found))


@strawberry.type
class DisclosureMutation:
    """What safeguarding and the data protection officer do on a risk of serious harm."""

    request_disclosure: RequestDisclosurePayload = strawberry.mutation(
        resolver=request_disclosure,
        description="Asks for a disclosure on an immediate risk of serious harm (P09). Nothing is disclosed until "
        "somebody else of safeguarding approves it, within 7 days; they are told by e-mail.",
    )
    approve_disclosure: ApproveDisclosurePayload = strawberry.mutation(
        resolver=approve_disclosure,
        description="Approves a disclosure that somebody else asked for (P09): from now on those who manage the "
        "recipient read its fields, and are told so by e-mail, without any of them.",
    )
    revoke_disclosure: RevokeDisclosurePayload = strawberry.mutation(
        resolver=revoke_disclosure,
        description="Ends a disclosure at once, on open subscriptions too, or takes back that it was asked for.",
    )
    review_disclosure: ReviewDisclosurePayload = strawberry.mutation(
        resolver=review_disclosure,
        description="Says what came of the review that every disclosure gets within 7 days of its approval, once; and, "
        "as often as need be, until when its person does not see it.",
    )
