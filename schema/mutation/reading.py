"""Reading history: what a person opened, kept for them alone."""

from typing import Annotated

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from operations import reading as readings
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, ViewerPayload, perform, planned_row, signed_in
from schema.story import Story

Key = strawberry.Private[int | None]
StoryId = Annotated[strawberry.ID, strawberry.argument(description="The story's id.")]


@strawberry.type(description="What recording a reading gave.")
class RecordReadingPayload(Payload):
    """The story that was read."""

    key: Key = None

    @resolved("The story; null where nothing was recorded.")
    async def story(self, info: Info) -> Story | None:
        return await planned_row(info, "Story", self.key) if self.key else None


@strawberry.type(description="What clearing the reading history gave.")
class ClearReadingHistoryPayload(ViewerPayload):
    """The viewer, whose history is empty."""


async def record_reading(info: Info, story_id: StoryId) -> RecordReadingPayload:
    """Notes that the viewer opened a story."""
    number: int = key_of(story_id, "Story")

    async def operation(session: AsyncSession) -> int:
        return await readings.record_reading(session, info.context.plan, signed_in(info), number)

    key, problems = await perform(info, operation)
    return RecordReadingPayload(problems=problems, key=key)


async def clear_reading_history(info: Info) -> ClearReadingHistoryPayload:
    """Forgets all that the viewer read."""

    async def operation(session: AsyncSession) -> None:
        await readings.clear_reading_history(session, signed_in(info))

    _, problems = await perform(info, operation)
    return ClearReadingHistoryPayload(problems=problems)


@strawberry.type
class ReadingMutation:
    """The viewer's reading history."""

    record_reading: RecordReadingPayload = strawberry.mutation(
        resolver=record_reading,
        description="Notes in the viewer's own reading history that they opened a story now (P04). The history holds "
        f"the latest {readings.KEPT} stories; nobody else sees it, and it serves nothing else.",
    )
    clear_reading_history: ClearReadingHistoryPayload = strawberry.mutation(
        resolver=clear_reading_history, description="Forgets all that the viewer read (P04)."
    )
