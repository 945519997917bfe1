"""What moderators do with stories."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from operations import moderation
from operations.edit import Edit
from operations.moderation import Desk
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, perform, planned_row, signed_in
from schema.mutation.reading import Key, StoryId
from schema.story import Story
from schema.tag import TagInput

Title = Annotated[str | None, strawberry.argument(description="Its title from now on; left out to keep it.")]
Body = Annotated[str | None, strawberry.argument(description="Its text from now on; left out to keep it.")]
Tags = Annotated[
    list[TagInput] | None, strawberry.argument(description="All its tags from now on; left out to keep them.")
]
Criticality = Annotated[
    int | None, strawberry.argument(description="0 to 5: how serious its most serious statement is.")
]
Made = TypeVar("Made", bound="ModerationPayload")


@strawberry.type(description="What a moderator's step gave.")
class ModerationPayload(Payload):
    """The story after the step."""

    key: Key = None

    @resolved("The story as it is now; null where there was a problem.")
    async def story(self, info: Info) -> Story | None:
        return await planned_row(info, "Story", self.key) if self.key else None


@strawberry.type(description="What taking a story gave.")
class AssignStoryPayload(ModerationPayload):
    """The story that the viewer has."""


@strawberry.type(description="What giving a story back gave.")
class UnassignStoryPayload(ModerationPayload):
    """The story that waits for anybody."""


@strawberry.type(description="What publishing a story gave.")
class PublishStoryPayload(ModerationPayload):
    """The public story."""


@strawberry.type(description="What turning a story down gave.")
class RejectStoryPayload(ModerationPayload):
    """The story that was turned down."""


@strawberry.type(description="What showing a story to the organisations that it is about gave.")
class PreviewStoryPayload(ModerationPayload):
    """The story in preview."""


@strawberry.type(description="What holding a preview gave.")
class HoldPreviewPayload(ModerationPayload):
    """The story whose preview is held."""


@strawberry.type(description="What releasing a held preview gave.")
class ReleasePreviewPayload(ModerationPayload):
    """The story whose preview ends by itself."""


@strawberry.type(description="What hiding a story's text gave.")
class RestrictStoryPayload(ModerationPayload):
    """The restricted story."""


@strawberry.type(description="What showing a story's text again gave.")
class UnrestrictStoryPayload(ModerationPayload):
    """The public story."""


@strawberry.input(description="A story to publish, with what is to be changed in it before.")
class PublishStoryInput:
    """A story with a moderator's changes."""

    story_id: strawberry.ID = strawberry.field(description="The story's id.")
    title: str | None = strawberry.field(
        description="Its title from now on; left out to keep it.", default=strawberry.UNSET
    )
    body: str | None = strawberry.field(
        description="Its text from now on; left out to keep it.", default=strawberry.UNSET
    )
    tags: list[TagInput] | None = strawberry.field(
        description="All its tags from now on; left out to keep them.", default=strawberry.UNSET
    )
    criticality: int | None = strawberry.field(
        description="0 to 5: how serious its most serious statement is; left out to keep it.", default=strawberry.UNSET
    )


Input = Annotated[PublishStoryInput, strawberry.argument(name="input", description="The story and its changes.")]
RejectReason = Annotated[str, strawberry.argument(description="Why, as its author reads it: 1 to 2,000 characters.")]
RestrictReason = Annotated[str, strawberry.argument(description="Why, as everybody reads it: 1 to 2,000 characters.")]


async def _step(
    info: Info, payload: type[Made], story_id: strawberry.ID, step: Callable[[Desk, int], Awaitable[int]]
) -> Made:
    """The payload of one step by whoever is signed in."""
    number: int = key_of(story_id, "Story")
    context = info.context

    async def operation(session: AsyncSession) -> int:
        desk = Desk(session, context.keyring, context.plan, signed_in(info), context.settings.url)
        return await step(desk, number)

    key, problems = await perform(info, operation)
    return payload(problems=problems, key=key)


def _edit(title: str | None, body: str | None, tags: list[TagInput] | None, criticality: int | None) -> Edit:
    """What is to be changed: what was left out is None."""
    labels = [(tag.kind, tag.label) for tag in tags] if tags or tags == [] else None
    level = None if criticality is strawberry.UNSET else criticality
    return Edit(_given(title), _given(body), labels, level)


def _given(text: str | None) -> str | None:
    return None if text is strawberry.UNSET else text


async def assign_story(info: Info, story_id: StoryId) -> AssignStoryPayload:
    """Takes a story to moderate it."""
    return await _step(info, AssignStoryPayload, story_id, moderation.assign)


async def unassign_story(info: Info, story_id: StoryId) -> UnassignStoryPayload:
    """Gives a story back."""
    return await _step(info, UnassignStoryPayload, story_id, moderation.unassign)


async def publish_story(info: Info, sent: Input) -> PublishStoryPayload:
    """Publishes a story, with changes."""
    edit = _edit(sent.title, sent.body, sent.tags, sent.criticality)
    return await _step(
        info, PublishStoryPayload, sent.story_id, lambda desk, number: moderation.publish(desk, number, edit)
    )


async def reject_story(info: Info, story_id: StoryId, reason: RejectReason) -> RejectStoryPayload:
    """Turns a story down."""
    return await _step(info, RejectStoryPayload, story_id, lambda desk, number: moderation.reject(desk, number, reason))


async def preview_story(
    info: Info,
    story_id: StoryId,
    title: Title = strawberry.UNSET,
    body: Body = strawberry.UNSET,
    tags: Tags = strawberry.UNSET,
    criticality: Criticality = strawberry.UNSET,
) -> PreviewStoryPayload:
    """Shows a story to the organisations that it is about."""
    edit = _edit(title, body, tags, criticality)
    return await _step(info, PreviewStoryPayload, story_id, lambda desk, number: moderation.preview(desk, number, edit))


async def hold_preview(info: Info, story_id: StoryId) -> HoldPreviewPayload:
    """Holds a preview."""
    return await _step(info, HoldPreviewPayload, story_id, moderation.hold_preview)


async def release_preview(info: Info, story_id: StoryId) -> ReleasePreviewPayload:
    """Releases a held preview."""
    return await _step(info, ReleasePreviewPayload, story_id, moderation.release_preview)


async def restrict_story(info: Info, story_id: StoryId, reason: RestrictReason) -> RestrictStoryPayload:
    """Hides a story's text."""
    return await _step(
        info, RestrictStoryPayload, story_id, lambda desk, number: moderation.restrict(desk, number, reason)
    )


async def unrestrict_story(info: Info, story_id: StoryId) -> UnrestrictStoryPayload:
    """Shows a story's text again."""
    return await _step(info, UnrestrictStoryPayload, story_id, moderation.unrestrict)


@strawberry.type
class ModerationMutation:
    """What moderators do with stories of others."""

    assign_story: AssignStoryPayload = strawberry.mutation(
        resolver=assign_story,
        description="Takes a story to moderate it, from another moderator too; its log says so, but not who (P10).",
    )
    unassign_story: UnassignStoryPayload = strawberry.mutation(
        resolver=unassign_story, description="Gives a story back, so that it waits for any moderator."
    )
    publish_story: PublishStoryPayload = strawberry.mutation(
        resolver=publish_story,
        description="Publishes a story, with changes (P06). Its author is told by e-mail (P21); what they sent is "
        "kept for 6 months, for them and for moderators (P11). Who comes second gets `CONFLICT`, with what happened.",
    )
    reject_story: RejectStoryPayload = strawberry.mutation(
        resolver=reject_story,
        description="Turns a story down, for good. Its author is told by e-mail, and reads the reason in its log.",
    )
    preview_story: PreviewStoryPayload = strawberry.mutation(
        resolver=preview_story,
        description="Shows a story, with changes, to the organisations that it is about (P08). After 72 hours it is "
        "published, unless it is held or decided before.",
    )
    hold_preview: HoldPreviewPayload = strawberry.mutation(
        resolver=hold_preview, description="Holds a preview: it does not end by itself any more."
    )
    release_preview: ReleasePreviewPayload = strawberry.mutation(
        resolver=release_preview, description="Lets a held preview end by itself again, 72 hours from now."
    )
    restrict_story: RestrictStoryPayload = strawberry.mutation(
        resolver=restrict_story,
        description="Hides a published story's text from the public; that it is there, and why, stays public (P06).",
    )
    unrestrict_story: UnrestrictStoryPayload = strawberry.mutation(
        resolver=unrestrict_story, description="Shows a restricted story's text again."
    )
