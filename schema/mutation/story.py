"""What authors do with their stories."""

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession

from models.tombstone import Tombstone as Row
from operations import story as stories
from resolvers.identity import key_of
from schema.context import Info
from schema.mutation.payload import Payload, perform, signed_in
from schema.mutation.reading import StoryId
from schema.tombstone import Tombstone


@strawberry.type(description="What withdrawing a story gave.")
class WithdrawStoryPayload(Payload):
    """All that is left of it."""

    tombstone: Tombstone | None = strawberry.field(
        description="All that stays of the story; null where there was a problem."
    )


async def withdraw_story(info: Info, story_id: StoryId) -> WithdrawStoryPayload:
    """Withdraws one of the viewer's own stories."""
    number: int = key_of(story_id, "Story")

    async def operation(session: AsyncSession) -> Row:
        return await stories.withdraw_story(session, info.context.plan, signed_in(info), number)

    row, problems = await perform(info, operation)
    left = Tombstone(number=row.number, kind=row.kind, gone_at=row.gone_at) if row else None
    return WithdrawStoryPayload(problems=problems, tombstone=left)


@strawberry.type
class StoryMutation:
    """What authors do with their stories."""

    withdraw_story: WithdrawStoryPayload = strawberry.mutation(
        resolver=withdraw_story,
        description="Withdraws a story of the viewer's own for ever, whatever became of it: its text and all that was "
        "written about it are deleted at once, and it can never be published again (P17). This can't be undone.",
    )
