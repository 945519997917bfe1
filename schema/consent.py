"""What a person agreed to."""

from datetime import datetime

import strawberry

from models.consent import ConsentPurpose
from schema.base import describe

describe(
    ConsentPurpose,
    {
        ConsentPurpose.PUBLISH: "That their stories are published.",
        ConsentPurpose.FEED: "That their stories go into the data feed for organisations and researchers.",
        ConsentPurpose.SOCIAL: "That links to their stories are shared on social media.",
        ConsentPurpose.RESEARCH: "That their stories serve research.",
        ConsentPurpose.EDUCATION: "That their stories serve students in training.",
        ConsentPurpose.SYNDICATION: "That their stories are shown on the national NHS website.",
        ConsentPurpose.STATISTICS: "That their answers about themselves are counted in statistics.",
    },
)


@strawberry.type(description="One decision of a person about one purpose; the latest per purpose counts (P12).")
class Consent:
    """An entry of the consent ledger."""

    purpose: ConsentPurpose = strawberry.field(description="What they were asked to agree to.")
    granted: bool = strawberry.field(description="Whether they agreed; false where they withdrew it.")
    given_at: datetime = strawberry.field(description="When they decided.")
    notice_version: str = strawberry.field(description="The version of the privacy notice that they were shown.")
    given_by: str = strawberry.field(description="Where they decided, e.g. in which form.")
