"""The states of a story's life, and every step from one to another; the database refuses all others by a trigger."""

from collections.abc import Mapping
from typing import Any

from models.story import Story, StoryStatus

TRANSITIONS: Mapping[StoryStatus, frozenset[StoryStatus]] = {
    StoryStatus.SUBMITTED: frozenset(
        {
            StoryStatus.IN_REVIEW,
            StoryStatus.PREVIEW,
            StoryStatus.PUBLISHED,
            StoryStatus.REJECTED,
            StoryStatus.WITHDRAWN,
        }
    ),
    StoryStatus.IN_REVIEW: frozenset(
        {
            StoryStatus.SUBMITTED,
            StoryStatus.PREVIEW,
            StoryStatus.PUBLISHED,
            StoryStatus.REJECTED,
            StoryStatus.WITHDRAWN,
        }
    ),
    StoryStatus.PREVIEW: frozenset({StoryStatus.PUBLISHED, StoryStatus.REJECTED, StoryStatus.WITHDRAWN}),
    StoryStatus.PUBLISHED: frozenset({StoryStatus.RESTRICTED, StoryStatus.WITHDRAWN}),
    StoryStatus.RESTRICTED: frozenset({StoryStatus.PUBLISHED, StoryStatus.WITHDRAWN}),
    StoryStatus.REJECTED: frozenset({StoryStatus.WITHDRAWN}),
    StoryStatus.WITHDRAWN: frozenset(),
}
"""Where a story may go from each state."""
OPEN = frozenset({StoryStatus.SUBMITTED, StoryStatus.IN_REVIEW, StoryStatus.PREVIEW})
"""States in which nobody has decided yet."""
HANDLED = frozenset({StoryStatus.IN_REVIEW, StoryStatus.PREVIEW})
"""States in which a moderator can have a story."""


class TransitionError(ValueError):
    """A step that a story's life does not have."""


def become(story: Story, status: StoryStatus, **values: Any) -> None:
    """Take a story to another state, and set what belongs to that state; raises TransitionError for no such step.

    What belongs to the state before is taken away: a decided story has no moderator, only a preview an end. Times are
    the database's, as SQL expressions.
    """
    if status not in TRANSITIONS[story.status]:
        raise TransitionError(f"A story never goes from {story.status} to {status}.")
    story.status = status
    story.preview_until = None
    if status not in HANDLED:
        story.moderator_id = story.assigned_at = None
    if status != StoryStatus.RESTRICTED:
        story.restriction_reason = story.restriction_by = None
    for name, value in values.items():
        setattr(story, name, value)
