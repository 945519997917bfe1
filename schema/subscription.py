# mypy: disable-error-code="empty-body"
"""What is told as it happens."""

from collections.abc import AsyncGenerator, Callable
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.base import describe
from schema.story import Story, StoryFilter


class ModerationQueueChange(StrEnum):
    """What happened in the queue of moderators."""

    ARRIVED = "ARRIVED"
    TAKEN = "TAKEN"
    GIVEN_BACK = "GIVEN_BACK"
    PREVIEWED = "PREVIEWED"
    HELD = "HELD"
    RELEASED = "RELEASED"
    LEFT = "LEFT"


describe(
    ModerationQueueChange,
    {
        ModerationQueueChange.ARRIVED: "A story came in.",
        ModerationQueueChange.TAKEN: "A moderator took it.",
        ModerationQueueChange.GIVEN_BACK: "It waits for any moderator again.",
        ModerationQueueChange.PREVIEWED: "It was shown to the providers that it is about.",
        ModerationQueueChange.HELD: "Its preview does not end by itself any more.",
        ModerationQueueChange.RELEASED: "Its preview ends by itself again.",
        ModerationQueueChange.LEFT: "It waits for nobody any more: it was published or turned down, or it is gone.",
    },
)


@strawberry.type(description="Something that happened in the queue of moderators.")
class ModerationQueueEvent:
    """An event of the queue."""

    change: ModerationQueueChange = strawberry.field(description="What happened.")
    number: int = strawberry.field(description="The number of the story to which it happened.")
    story: Story | None = strawberry.field(
        description="The story as it is now; null where there is none any more that this viewer may see."
    )
    waiting: int = strawberry.field(description="How many stories wait for a moderator's decision now.")


def told(description: str) -> Callable[[Callable[..., Any]], Any]:
    """Declares a subscription by the signature of a function whose body never runs: `resolvers/live` answers it."""
    return lambda signature: strawberry.subscription(signature, description=description)


@strawberry.type(
    description="What is told as it happens, over WebSocket (graphql-transport-ws) or server-sent events. Each event "
    "holds what the access policies let this viewer read at that moment; where they may see nothing, there is none."
)
class Subscription:
    """The root of subscriptions."""

    @told("Each story that is published and that `filter` asks for.")
    def story_published(
        self,
        where: Annotated[
            StoryFilter | None, strawberry.argument(name="filter", description="Which of them to be told of.")
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[Story, None]: ...

    @told(
        "A story, each time that something happened to it and what is asked for differs from before. Ends with the "
        "error `NOT_FOUND` once it may not be seen any more."
    )
    def story_changed(
        self,
        id_: Annotated[strawberry.ID, strawberry.argument(name="id", description="The story's id.")],
    ) -> AsyncGenerator[Story, None]: ...

    @told("What happens in the queue of moderators.")
    def moderation_queue_changed(self) -> AsyncGenerator[ModerationQueueEvent, None]: ...
