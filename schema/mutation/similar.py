"""Marks of a similar experience: whose they are is private, their number is public."""

from typing import Annotated

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from operations import similar
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, perform, planned_row, signed_in
from schema.mutation.reading import Key, StoryId
from schema.story import Story


@strawberry.type(description="What marking a story gave.")
class MarkSimilarPayload(Payload):
    """The marked story."""

    key: Key = None

    @resolved("The story with its new number of marks; null where nothing was marked.")
    async def story(self, info: Info) -> Story | None:
        return await planned_row(info, "Story", self.key) if self.key else None


@strawberry.type(description="What taking a mark back gave.")
class UnmarkSimilarPayload(Payload):
    """The story without the mark."""

    key: Key = None

    @resolved("The story with its new number of marks; null where there was a problem.")
    async def story(self, info: Info) -> Story | None:
        return await planned_row(info, "Story", self.key) if self.key else None


async def mark_similar(
    info: Info,
    story_id: StoryId,
    notify: Annotated[
        bool, strawberry.argument(description="Whether to send an e-mail when a change follows from the story (P12).")
    ] = False,
) -> MarkSimilarPayload:
    """Marks a story as similar to what the viewer lived through."""
    number: int = key_of(story_id, "Story")

    async def operation(session: AsyncSession) -> int:
        return await similar.mark_similar(session, info.context.plan, signed_in(info), number, notify)

    key, problems = await perform(info, operation)
    return MarkSimilarPayload(problems=problems, key=key)


async def unmark_similar(info: Info, story_id: StoryId) -> UnmarkSimilarPayload:
    """Takes the viewer's mark back."""
    number: int = key_of(story_id, "Story")

    async def operation(session: AsyncSession) -> int:
        return await similar.unmark_similar(session, info.context.plan, signed_in(info), number)

    key, problems = await perform(info, operation)
    return UnmarkSimilarPayload(problems=problems, key=key)


@strawberry.type
class SimilarMutation:
    """The viewer's marks."""

    mark_similar: MarkSimilarPayload = strawberry.mutation(
        resolver=mark_similar,
        description="Marks a published story of somebody else as similar to what the viewer lived through. "
        "The number of marks is public, who marked is not (P05). Marking again changes "
        "only whether e-mails are sent.",
    )
    unmark_similar: UnmarkSimilarPayload = strawberry.mutation(
        resolver=unmark_similar, description="Takes the viewer's mark of a story back, if there is one (P05)."
    )
