"""What moderators did to a story."""

from datetime import datetime

import strawberry

from models.moderation import ModerationAction
from operations.detection import IdentifyingField, IdentifyingKind
from schema.base import describe

describe(
    ModerationAction,
    {
        ModerationAction.SUBMITTED: "The story came in.",
        ModerationAction.ASSIGNED: "A moderator took it.",
        ModerationAction.UNASSIGNED: "A moderator gave it back.",
        ModerationAction.EDITED: "A moderator changed it.",
        ModerationAction.PREVIEWED: "It was shown to the providers that it is about.",
        ModerationAction.HELD: "Its preview does not end by itself any more.",
        ModerationAction.RELEASED: "Its preview ends by itself again.",
        ModerationAction.PUBLISHED: "It was published.",
        ModerationAction.REJECTED: "It was turned down.",
        ModerationAction.RESTRICTED: "Its text was hidden from the public.",
        ModerationAction.UNRESTRICTED: "Its text was shown again.",
    },
)


describe(
    IdentifyingKind,
    {
        IdentifyingKind.EMAIL: "An email address.",
        IdentifyingKind.PHONE: "A telephone number.",
        IdentifyingKind.POSTCODE: "A whole postcode.",
        IdentifyingKind.NHS_NUMBER: "A number with the checksum of an NHS number.",
        IdentifyingKind.URL: "A web address.",
        IdentifyingKind.BIRTH_DATE: "A date near a word about birth or age.",
        IdentifyingKind.NAME: "A name after a title.",
        IdentifyingKind.SHOUTING: "Several words in capitals: this identifies nobody, but reads badly.",
    },
)
describe(
    IdentifyingField,
    {IdentifyingField.TITLE: "In its title.", IdentifyingField.BODY: "In its text."},
)


@strawberry.type(
    description="A part of a story that could identify a person, with what could stand there instead. "
    "Nothing is changed by itself: a moderator decides."
)
class Identifying:
    """A finding."""

    kind: IdentifyingKind = strawberry.field(description="What was found.")
    field: IdentifyingField = strawberry.field(description="Where it was found.")
    start: int = strawberry.field(
        description="How many characters stand before it, counted in Unicode code points (not UTF-16 units)."
    )
    length: int = strawberry.field(description="How many characters it has, counted in Unicode code points.")
    suggestion: str = strawberry.field(description="What could stand there instead.")


@strawberry.type(description="One step of a story through moderation. Which moderator took it is never shown.")
class ModerationEntry:
    """An entry of the moderation log."""

    action: ModerationAction = strawberry.field(description="What was done.")
    done_at: datetime = strawberry.field(description="When it was done.")
    note: str | None = strawberry.field(description="The reason, where one was given.")


@strawberry.type(
    description="A story as it was sent, where a moderator changed it. It is deleted 6 months after the story was "
    "published or turned down (P11)."
)
class StoryOriginal:
    """The story before moderation."""

    title: str = strawberry.field(description="The title as sent.")
    body: str = strawberry.field(description="The text as sent.")
    purge_after: datetime | None = strawberry.field(
        description="When it will be deleted; null until the story is published or turned down."
    )


@strawberry.type(description="Why a story's text is hidden from the public.")
class Restriction:
    """A restriction."""

    reason: str = strawberry.field(description="The reason.")
    by: str = strawberry.field(description="On whose behalf it was hidden.")
