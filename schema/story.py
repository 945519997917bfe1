# mypy: disable-error-code="empty-body"
"""Stories: what people tell, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.region import Region
from models.story import AgeGroup, AuthorRole, Routing, StoryProgress, StoryStatus
from models.tag import TagKind
from schema.area import Area
from schema.base import Node, describe, planned
from schema.change import Change
from schema.connection import After, Before, Connection, First, Last
from schema.moderation import Identifying, ModerationEntry, Restriction, StoryOriginal
from schema.range import IntRange
from schema.response import ResponseConnection
from schema.service import Service
from schema.tag import Tag, TagInput

if TYPE_CHECKING:
    from schema.account import Account


class StoryOrder(StrEnum):
    """In which order stories are listed."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    RELEVANCE = "RELEVANCE"
    MOST_SIMILAR = "MOST_SIMILAR"


describe(
    StoryOrder,
    {
        StoryOrder.NEWEST: "The latest published first; before publication, the latest submitted.",
        StoryOrder.OLDEST: "The earliest first.",
        StoryOrder.RELEVANCE: "The best fit to `filter.search` first, which must be given.",
        StoryOrder.MOST_SIMILAR: "The one with the most marks of a similar experience first.",
    },
)
describe(
    StoryStatus,
    {
        StoryStatus.SUBMITTED: "It waits for a moderator.",
        StoryStatus.IN_REVIEW: "A moderator reads it.",
        StoryStatus.PREVIEW: "The providers that it is about see it before everyone does.",
        StoryStatus.PUBLISHED: "Everyone can read it.",
        StoryStatus.RESTRICTED: "Everyone sees that it is there and why its text is hidden.",
        StoryStatus.REJECTED: "A moderator turned it down.",
        StoryStatus.WITHDRAWN: "Its author took it back; only a tombstone is left.",
    },
)
describe(
    AgeGroup,
    {
        AgeGroup.ADULT: "An adult.",
        AgeGroup.YOUNG_PERSON: "A young person.",
        AgeGroup.CHILD: "A child.",
    },
)
describe(
    AuthorRole,
    {
        AuthorRole.SERVICE_USER: "The person who used the service.",
        AuthorRole.CARER: "A carer of that person.",
        AuthorRole.PARENT: "A parent or guardian.",
        AuthorRole.RELATIVE: "Another relative.",
        AuthorRole.FRIEND: "A friend.",
        AuthorRole.VOLUNTEER: "A volunteer or advocate.",
        AuthorRole.STAFF: "A member of staff, on the person's behalf.",
    },
)
describe(
    StoryProgress,
    {
        StoryProgress.AWAITING_RESPONSE: "Nobody has responded.",
        StoryProgress.RESPONDED: "An organisation responded.",
        StoryProgress.CHANGE_PLANNED: "An organisation plans a change because of it.",
        StoryProgress.CHANGE_MADE: "An organisation made a change because of it.",
    },
)
describe(
    Routing,
    {
        Routing.NO_POSTCODE: "The author gave none.",
        Routing.ROUTED: "It led to the areas in `routedAreas`.",
        Routing.UNKNOWN_POSTCODE: "The directory does not know it.",
    },
)


@strawberry.type(description="What this viewer may do with the story now.")
class StoryPermissions:
    """The actions on a story."""

    respond: bool = strawberry.field(description="Whether they may respond for one of their organisations.")
    withdraw: bool = strawberry.field(description="Whether they may withdraw it, for good.")
    assign: bool = strawberry.field(description="Whether they may take it to moderate it.")
    unassign: bool = strawberry.field(description="Whether they may give it back to be moderated.")
    publish: bool = strawberry.field(description="Whether they may publish it.")
    reject: bool = strawberry.field(description="Whether they may turn it down.")
    preview: bool = strawberry.field(description="Whether they may show it to the providers it is about.")
    hold: bool = strawberry.field(description="Whether they may hold its preview, or let it end by itself again.")
    restrict: bool = strawberry.field(description="Whether they may hide its text from the public.")
    unrestrict: bool = strawberry.field(description="Whether they may show its text again.")
    mark_similar: bool = strawberry.field(description="Whether they may mark it as a similar experience.")


@strawberry.type(description="What a person tells of a service that they used. Who wrote it stays private.")
class Story(Node):
    """A story."""

    number: int = strawberry.field(description="Its public number, which is never used again.")
    status: StoryStatus = strawberry.field(description="Where it stands.")
    region: Region = strawberry.field(description="The nation whose services it is about.")
    url: str = strawberry.field(description="The address of its page on the public site.")
    title: str | None = strawberry.field(description="Its title.")
    body: str | None = strawberry.field(description="Its text, in plain words without markup.")
    restriction: Restriction | None = strawberry.field(
        description="Why its text is hidden from the public; null unless it is."
    )
    submitted_at: datetime | None = strawberry.field(
        description="When it was sent. Not public: it could help to tell who wrote it."
    )
    published_at: datetime | None = strawberry.field(description="When it was published; null before that.")
    age_group: AgeGroup | None = strawberry.field(description="The author's age group.")
    author_role: AuthorRole | None = strawberry.field(description="In what role the author writes.")
    pen_name: str | None = strawberry.field(description="The name under which the author writes, if any.")
    services: list[Service] | None = strawberry.field(description="The services that it is about.")
    response_count: int | None = strawberry.field(description="How many responses to it this viewer may see.")
    changes: list[Change] | None = strawberry.field(description="The changes that followed, earliest first.")
    progress: StoryProgress | None = strawberry.field(
        description="How far it has got with the organisations that it is about."
    )
    similar_experience_count: int | None = strawberry.field(
        description="How many people lived through something similar. Who they are stays private (P05)."
    )
    marked_similar: bool | None = strawberry.field(description="Whether this viewer marked it as a similar experience.")
    criticality: int | None = strawberry.field(
        description="0 to 5: the moderator's view of its most serious statement. Never public."
    )
    routed_areas: list[Area] | None = strawberry.field(
        description="The areas to which the author's postcode led when the story was sent."
    )
    routing: Routing | None = strawberry.field(description="What became of the author's postcode.")
    original: StoryOriginal | None = strawberry.field(
        description="The story as it was sent; null unless a moderator changed it."
    )
    moderation_log: list[ModerationEntry] | None = strawberry.field(
        description="What moderators did to it, in the order in which they did."
    )
    identifying: list[Identifying] | None = strawberry.field(
        description="What in its title and text could identify a person, to help moderators; title first, in its order."
    )
    assigned_to_me: bool | None = strawberry.field(description="Whether this moderator took it to moderate it.")
    assigned_at: datetime | None = strawberry.field(
        description="When a moderator took it; null while nobody has it. Who has it is not shown."
    )
    moderation_due_at: datetime | None = strawberry.field(
        description="By when a moderator decides; null where none has to: after the decision, "
        "and in a preview that ends by itself."
    )
    author: Annotated["Account", strawberry.lazy("schema.account")] | None = strawberry.field(
        description="Who wrote it: private to them (P01). Null also where the account is erased."
    )
    postcode: str | None = strawberry.field(
        description="The author's postcode: private (P02). Moderators see its first half."
    )
    ip_address: str | None = strawberry.field(
        description="The address from which it was sent: private, kept only against abuse of the site (P03)."
    )
    viewer_can: StoryPermissions = strawberry.field(description="What this viewer may do with it now.")

    @planned("The author's tags, in the author's order.")
    def tags(
        self,
        kind: Annotated[
            TagKind | None, strawberry.argument(description="Only the answers to this question.")
        ] = strawberry.UNSET,
    ) -> list[Tag] | None: ...

    @planned("The responses to it, earliest first.")
    def responses(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ResponseConnection | None: ...


@strawberry.type(description="A page of stories.")
class StoryConnection(Connection[Story]):
    """A page of stories."""


@strawberry.input(
    description="Which stories to list: those that fit all that is given. "
    "A story fits a field only where this viewer may read that field of it."
)
class StoryFilter:
    """A filter of stories."""

    search: str | None = strawberry.field(description="Words in title and text.", default=strawberry.UNSET)
    status: StoryStatus | None = strawberry.field(description="Where it stands.", default=strawberry.UNSET)
    service_id: strawberry.ID | None = strawberry.field(
        description="A service that it is about.", default=strawberry.UNSET
    )
    organisation_id: strawberry.ID | None = strawberry.field(
        description="An organisation that runs a service that it is about.", default=strawberry.UNSET
    )
    area_code: str | None = strawberry.field(
        description="The GSS code of an area in which a service that it is about lies.",
        default=strawberry.UNSET,
    )
    routing: Routing | None = strawberry.field(
        description="What became of the author's postcode.", default=strawberry.UNSET
    )
    region: Region | None = strawberry.field(
        description="The nation whose services it is about.", default=strawberry.UNSET
    )
    tag: TagInput | None = strawberry.field(description="A tag that it bears.", default=strawberry.UNSET)
    age_group: AgeGroup | None = strawberry.field(description="The author's age group.", default=strawberry.UNSET)
    author_role: AuthorRole | None = strawberry.field(
        description="In what role the author writes.", default=strawberry.UNSET
    )
    progress: StoryProgress | None = strawberry.field(description="How far it has got.", default=strawberry.UNSET)
    published_from: date | None = strawberry.field(
        description="The first day of publication (UTC) to include.", default=strawberry.UNSET
    )
    published_to: date | None = strawberry.field(
        description="The last day of publication (UTC) to include.", default=strawberry.UNSET
    )
    criticality: IntRange | None = strawberry.field(
        description="The moderator's view of its most serious statement, 0 to 5.", default=strawberry.UNSET
    )


@strawberry.input(description="Which of the stories that wait to list: those that fit all that is given.")
class ModerationFilter:
    """A filter of the moderators' queue."""

    status: StoryStatus | None = strawberry.field(description="Where it stands.", default=strawberry.UNSET)
    assigned_to_me: bool | None = strawberry.field(
        description="Whether this moderator took it.", default=strawberry.UNSET
    )
    unassigned: bool | None = strawberry.field(description="Whether no moderator took it.", default=strawberry.UNSET)
    routing: Routing | None = strawberry.field(
        description="What became of the author's postcode.", default=strawberry.UNSET
    )
    overdue: bool | None = strawberry.field(
        description="Whether the time to moderate it has passed.", default=strawberry.UNSET
    )
