"""Responses of organisations, and authors' replies."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.change import ChangeKind
from operations.response import write
from operations.response.moderate import moderate_response as moderate
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, perform, planned_row, signed_in
from schema.mutation.reading import Key
from schema.response import Response
from schema.story import Story

ResponseId = Annotated[strawberry.ID, strawberry.argument(description="The response's id.")]
Body = Annotated[str, strawberry.argument(description="The text, without markup: 1 to 1,000 words.")]
Operation = Callable[..., Awaitable[int]]


@strawberry.input(description="A change that an organisation promises or has made because of a story.")
class ChangeClaim:
    """What a response says that changes."""

    kind: ChangeKind = strawberry.field(description="Whether it is planned or made.")
    description: str = strawberry.field(description="What changes, without markup: 1 to 1,000 characters.")


@strawberry.input(description="An organisation's response to a story.")
class RespondInput:
    """What a responder writes."""

    story_id: strawberry.ID = strawberry.field(description="The story's id.")
    body: str = strawberry.field(description="The text, without markup: 1 to 1,000 words.")
    change: ChangeClaim | None = strawberry.field(
        default=strawberry.UNSET, description="The change that it claims, if it does."
    )
    on_behalf_of: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The account of the colleague in whose name a manager writes; else the viewer's own.",
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="For which organisation: needed where several of the viewer's answer for the story.",
    )
    staff_name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The name that is shown, of at most 80 characters; left out, that of the writer's latest response "
        "for the organisation.",
    )
    job_title: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The job title that is shown, of at most 80 characters; left out, that of the writer's latest "
        "response for the organisation.",
    )


@strawberry.input(description="What a moderator decides about a response.")
class ModerateResponseInput:
    """A decision."""

    response_id: strawberry.ID = strawberry.field(description="The response's id.")
    publish: bool = strawberry.field(description="Whether to publish it; else it is turned down.")
    reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why it is turned down, as its writer reads it: 1 to 1,000 characters."
    )


@strawberry.type(description="What writing or moderating a response gave.")
class ResponsePayload(Payload):
    """The response."""

    key: Key = None

    @resolved("The response; null where there was a problem.")
    async def response(self, info: Info) -> Response | None:
        return await planned_row(info, "Response", self.key) if self.key else None


@strawberry.type(description="What responding gave.")
class RespondPayload(ResponsePayload):
    """The new response."""


@strawberry.type(description="What editing a response gave.")
class EditResponsePayload(ResponsePayload):
    """The edited response."""


@strawberry.type(description="What replying gave.")
class ReplyToResponsePayload(ResponsePayload):
    """The reply."""


@strawberry.type(description="What moderating a response gave.")
class ModerateResponsePayload(ResponsePayload):
    """The moderated response."""


@strawberry.type(description="What undoing a response gave.")
class UndoResponsePayload(Payload):
    """The story without the response."""

    key: Key = None

    @resolved("The story without the response; null where there was a problem.")
    async def story(self, info: Info) -> Story | None:
        return await planned_row(info, "Story", self.key) if self.key else None


async def respond(
    info: Info,
    sent: Annotated[RespondInput, strawberry.argument(name="input", description="What is written.")],
) -> RespondPayload:
    """Responds to a story for an organisation."""
    number: int = key_of(sent.story_id, "Story")
    change = write.Claim(sent.change.kind, sent.change.description) if sent.change else None
    written = write.Written(
        sent.body,
        change,
        key_of(sent.on_behalf_of, "Account") if sent.on_behalf_of else None,
        key_of(sent.organisation_id, "Organisation") if sent.organisation_id else None,
        sent.staff_name if isinstance(sent.staff_name, str) else None,
        sent.job_title if isinstance(sent.job_title, str) else None,
    )
    key, problems = await perform(info, _by_viewer(info, write.respond, number, written))
    return RespondPayload(problems=problems, key=key)


async def edit_response(info: Info, response_id: ResponseId, body: Body) -> EditResponsePayload:
    """Changes what a response says."""
    id_: int = key_of(response_id, "Response")
    key, problems = await perform(info, _by_viewer(info, write.edit_response, id_, body))
    return EditResponsePayload(problems=problems, key=key)


async def undo_response(info: Info, response_id: ResponseId) -> UndoResponsePayload:
    """Deletes a response."""
    id_: int = key_of(response_id, "Response")
    key, problems = await perform(info, _by_viewer(info, write.undo_response, id_))
    return UndoResponsePayload(problems=problems, key=key)


async def reply_to_response(info: Info, response_id: ResponseId, body: Body) -> ReplyToResponsePayload:
    """Replies to a response."""
    id_: int = key_of(response_id, "Response")
    key, problems = await perform(info, _by_viewer(info, write.reply_to_response, id_, body))
    return ReplyToResponsePayload(problems=problems, key=key)


async def moderate_response(
    info: Info,
    sent: Annotated[ModerateResponseInput, strawberry.argument(name="input", description="The decision.")],
) -> ModerateResponsePayload:
    """Publishes a response or turns it down."""
    id_: int = key_of(sent.response_id, "Response")
    rejection = None if sent.publish else sent.reason or ""
    context = info.context

    async def operation(session: AsyncSession) -> int:
        return await moderate(
            session, context.keyring, context.plan, signed_in(info), id_, rejection, context.settings.url
        )

    key, problems = await perform(info, operation)
    return ModerateResponsePayload(problems=problems, key=key)


def _by_viewer(info: Info, operation: Operation, *given: Any) -> Callable[[AsyncSession], Awaitable[int]]:
    async def run(session: AsyncSession) -> int:
        return await operation(session, info.context.plan, signed_in(info), *given)

    return run


@strawberry.type
class ResponseMutation:
    """Responses and replies."""

    respond: RespondPayload = strawberry.mutation(
        resolver=respond,
        description="Responds to a story for an organisation that it is about, and may claim a change. It can be "
        "edited or undone for 30 minutes; then it is moderated, or published at once where a responder's earlier ones "
        "were.",
    )
    edit_response: EditResponsePayload = strawberry.mutation(
        resolver=edit_response,
        description="Changes what a response or reply says, within 30 minutes after it was written: by who wrote it or "
        "a manager of the organisation.",
    )
    undo_response: UndoResponsePayload = strawberry.mutation(
        resolver=undo_response,
        description="Deletes a response or reply with the change that it claims, within 30 minutes after it was "
        "written: by who wrote it or a manager of the organisation.",
    )
    reply_to_response: ReplyToResponsePayload = strawberry.mutation(
        resolver=reply_to_response,
        description="Replies to an organisation's response to the viewer's own story. Every reply is moderated (P10).",
    )
    moderate_response: ModerateResponsePayload = strawberry.mutation(
        resolver=moderate_response,
        description="Publishes a response or reply with the change that it claims, or turns it down (P10). The author "
        "of the story gets an e-mail about a response and a change (P21).",
    )
