"""Complaining, asking for one's rights, and answering."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.complaint import ComplaintKind
from operations import complaint as complaints
from operations.problem import ProblemError
from policies.viewer import Member
from resolvers.identity import key_of
from schema.base import resolved
from schema.complaint import Complaint
from schema.context import Info
from schema.mutation.payload import Payload, perform, planned_row, signed_in
from schema.problem import told

Key = strawberry.Private[UUID | None]
ComplaintId = Annotated[strawberry.ID, strawberry.argument(description="The complaint's id.")]
Operation = Callable[..., Awaitable[UUID]]


@strawberry.input(description="A complaint, or a request about one's rights.")
class ComplainInput:
    """What somebody writes."""

    kind: ComplaintKind = strawberry.field(default=ComplaintKind.COMPLAINT, description="What it is.")
    body: str = strawberry.field(description="What is wrong, or what is asked for: 1 to 10,000 characters.")
    email: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Where the answer goes. Needed without an account; else it goes to the account's email.",
    )


@strawberry.type(description="What complaining gave: the same whether the email is known or not.")
class ComplainPayload(Payload):
    """A complaint that was taken, or a problem."""

    key: Key = None
    number: int | None = strawberry.field(
        default=None, description="Its number, as the e-mails about it say; null where there is a problem."
    )

    @resolved("The complaint; null for who is not signed in, and where there is a problem.")
    async def complaint(self, info: Info) -> Complaint | None:
        return await _planned(info, self.key)


@strawberry.type(description="What answering gave.")
class AnswerComplaintPayload(Payload):
    """The answered complaint, or a problem."""

    key: Key = None

    @resolved("The complaint with its answer; null where there is a problem.")
    async def complaint(self, info: Info) -> Complaint | None:
        return await _planned(info, self.key)


@strawberry.type(description="What extending gave.")
class ExtendComplaintPayload(Payload):
    """The complaint with its new deadline, or a problem."""

    key: Key = None

    @resolved("The complaint with its new deadline; null where there is a problem.")
    async def complaint(self, info: Info) -> Complaint | None:
        return await _planned(info, self.key)


async def _planned(info: Info, key: UUID | None) -> Complaint | None:
    row: Complaint | None = await planned_row(info, "Complaint", key) if key else None
    return row


async def complain(
    info: Info,
    sent: Annotated[ComplainInput, strawberry.argument(name="input", description="What somebody writes.")],
) -> ComplainPayload:
    """Takes a complaint or request, of whoever is signed in or of anybody."""
    context = info.context
    account_id = context.viewer.account_id if isinstance(context.viewer, Member) else None
    written = complaints.Sent(sent.kind, sent.body, sent.email or None)
    try:
        received = await complaints.complain(
            context.transaction, context.keyring, account_id, written, context.origin.address
        )
    except ProblemError as error:
        return ComplainPayload(problems=[told(error)])
    return ComplainPayload(problems=[], number=received.number, key=received.id if account_id else None)


async def answer_complaint(
    info: Info,
    complaint_id: ComplaintId,
    outcome: Annotated[str, strawberry.argument(description="The answer: 1 to 10,000 characters.")],
) -> AnswerComplaintPayload:
    """Answers a complaint."""
    key, problems = await perform(info, _handled(info, complaints.answer, complaint_id, outcome))
    return AnswerComplaintPayload(problems=problems, key=key)


async def extend_complaint(
    info: Info,
    complaint_id: ComplaintId,
    reason: Annotated[str, strawberry.argument(description="Why, as the person is told: 1 to 2,000 characters.")],
) -> ExtendComplaintPayload:
    """Extends the time of a request."""
    key, problems = await perform(info, _handled(info, complaints.extend, complaint_id, reason))
    return ExtendComplaintPayload(problems=problems, key=key)


def _handled(info: Info, operation: Operation, complaint_id: str, text: str) -> Callable[[AsyncSession], Any]:
    id_: UUID = key_of(complaint_id, "Complaint")
    context = info.context

    async def run(session: AsyncSession) -> UUID:
        return await operation(session, context.keyring, context.plan, signed_in(info), id_, text)

    return run


@strawberry.type
class ComplaintMutation:
    """Complaints."""

    complain: ComplainPayload = strawberry.mutation(
        resolver=complain,
        description="Complains, or asks for one of one's rights, signed in or not (P19). It is acknowledged by e-mail "
        "at once and answered within 30 days, a request within a month; at most 5 an hour.",
    )
    answer_complaint: AnswerComplaintPayload = strawberry.mutation(
        resolver=answer_complaint,
        description="Answers a complaint, for good (P19). Its person gets an e-mail: with the answer, or, if they have "
        "an account, to sign in and read it there.",
    )
    extend_complaint: ExtendComplaintPayload = strawberry.mutation(
        resolver=extend_complaint,
        description="Takes two more months for a request that is complex, once and before its deadline; the person is "
        "told why by e-mail (P19). The time of a complaint can't be extended.",
    )
