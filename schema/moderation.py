"""What moderators did to a story."""

from datetime import datetime

import strawberry

from models.moderation import ModerationAction
from schema.base import describe

describe(
    ModerationAction,
    {
        ModerationAction.SUBMITTED: "The story came in.",
        ModerationAction.ASSIGNED: "A moderator took it.",
        ModerationAction.EDITED: "A moderator changed it.",
        ModerationAction.PREVIEWED: "It was shown to the providers that it is about.",
        ModerationAction.PUBLISHED: "It was published.",
        ModerationAction.REJECTED: "It was turned down.",
        ModerationAction.RESTRICTED: "Its text was hidden from the public.",
        ModerationAction.UNRESTRICTED: "Its text was shown again.",
    },
)


@strawberry.type(description="One step of a story through moderation. Which moderator took it is never shown.")
class ModerationEntry:
    """An entry of the moderation log."""

    action: ModerationAction = strawberry.field(description="What was done.")
    done_at: datetime = strawberry.field(description="When it was done.")
    note: str | None = strawberry.field(description="The reason, where one was given.")


@strawberry.type(
    description="A story as it was sent, where a moderator changed it. It is deleted 6 months after publication (P11)."
)
class StoryOriginal:
    """The story before moderation."""

    title: str = strawberry.field(description="The title as sent.")
    body: str = strawberry.field(description="The text as sent.")
    purge_after: datetime | None = strawberry.field(
        description="When it will be deleted; null while the story is unpublished."
    )


@strawberry.type(description="Why a story's text is hidden from the public.")
class Restriction:
    """A restriction."""

    reason: str = strawberry.field(description="The reason.")
    by: str = strawberry.field(description="On whose behalf it was hidden.")
