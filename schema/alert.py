"""Alerts: which stories staff want to hear of by e-mail."""

from datetime import datetime

import strawberry

from models.alert import AlertFrequency
from models.region import Region
from models.story import AgeGroup, AuthorRole, Routing, StoryProgress
from schema.area import Area
from schema.base import Node, describe
from schema.organisation import Organisation
from schema.service import Service
from schema.story import StoryFilter
from schema.tag import Tag

describe(
    AlertFrequency,
    {
        AlertFrequency.AT_ONCE: "As soon as a story can be read.",
        AlertFrequency.DAILY: "Every morning at 7, if there is something.",
        AlertFrequency.WEEKLY: "Every Monday morning at 7, if there is something.",
    },
)


@strawberry.type(description="That a member of staff wants e-mails about stories that meet all of these conditions.")
class Alert(Node):
    """An alert; a condition that is null is none."""

    name: str = strawberry.field(description="What its owner calls it, as e-mails repeat it.")
    frequency: AlertFrequency = strawberry.field(description="When e-mails are sent.")
    created_at: datetime = strawberry.field(description="When it was set.")
    search: str | None = strawberry.field(description="Words in title and text.")
    service: Service | None = strawberry.field(description="A service that stories are about.")
    organisation: Organisation | None = strawberry.field(
        description="An organisation that runs a service that stories are about."
    )
    area: Area | None = strawberry.field(description="An area in which a service lies that stories are about.")
    tag: Tag | None = strawberry.field(description="A tag that stories bear.")
    region: Region | None = strawberry.field(description="The nation whose services stories are about.")
    age_group: AgeGroup | None = strawberry.field(description="The author's age group.")
    author_role: AuthorRole | None = strawberry.field(description="In what role the author writes.")
    progress: StoryProgress | None = strawberry.field(description="How far a story has got when it can be read first.")
    routing: Routing | None = strawberry.field(description="What became of the author's postcode.")
    criticality_from: int | None = strawberry.field(description="The least criticality.")
    criticality_to: int | None = strawberry.field(description="The greatest criticality.")


@strawberry.input(description="An alert to set.")
class AlertInput:
    """Which stories, and how soon."""

    name: str = strawberry.field(description="What to call it, in e-mails too: one line of 1 to 100 characters.")
    filter: StoryFilter = strawberry.field(
        description="Which stories: those that meet all that is given, as in `stories`; an empty one is met by every "
        "story. `status`, `publishedFrom` and `publishedTo` mean nothing here. A story meets a condition only where "
        "the viewer may read what it looks at, as staff."
    )
    frequency: AlertFrequency = strawberry.field(description="When e-mails are sent.", default=AlertFrequency.AT_ONCE)
