"""The privacy notice: what is held about people, who sees it, why, and for how long."""

from datetime import datetime

import strawberry


@strawberry.type(description="A part of the notice that people read first.")
class PrivacySection:
    """Paragraphs under a heading."""

    key: str = strawberry.field(description="What the section is about, in a word that stays, e.g. `rights`.")
    title: str = strawberry.field(description="Its heading.")
    text: list[str] = strawberry.field(description="Its paragraphs, in plain English.")
    promises: list[str] = strawberry.field(description="The promises that it is about, e.g. `P14`.")


@strawberry.type(
    description="One thing that is held about people: a field of this API, or what no field shows to anybody."
)
class PrivacyField:
    """What the notice says of a field."""

    type: str = strawberry.field(description="The type in this schema, e.g. `Story`, or what the stored row is called.")
    field: str = strawberry.field(description="The field of that type, e.g. `postcode`.")
    meaning: str = strawberry.field(description="What it holds.")
    audience: list[str] = strawberry.field(
        description="Who sees it, as the access policies decide; “you” is the person whom it is about."
    )
    purpose: list[str] = strawberry.field(description="What it is held for.")
    reasons: list[str] = strawberry.field(description="Why it is shown to them, as the policies' rules say.")
    retention: str = strawberry.field(description="How long it is kept; completes the sentence “Kept …”.")
    promises: list[str] = strawberry.field(description="The promises that the rules and the stored column name.")


@strawberry.type(description="What one version of the notice changed.")
class PrivacyChange:
    """An entry of the notice's history."""

    version: str = strawberry.field(description="The version.")
    at: datetime = strawberry.field(description="Since when it is in force.")
    what: list[str] = strawberry.field(description="What changed, a sentence each.")


@strawberry.type(
    description="The privacy notice, made from the access policies, the stored columns and how long they are kept, "
    "so that it says what the software does. It is the same for every viewer."
)
class PrivacyNotice:
    """The notice that people are shown now."""

    version: str = strawberry.field(
        description="The version in force: what forms send as `noticeVersion` after they showed `short`."
    )
    updated_at: datetime = strawberry.field(description="Since when this version is in force.")
    summary: str = strawberry.field(description="What the notice is, in a few sentences.")
    short: str = strawberry.field(description="The short notice for forms, with the address of the full one.")
    url: str = strawberry.field(description="The address of the page with the full notice.")
    controller: str = strawberry.field(description="Who decides what happens to personal information here.")
    contact: str = strawberry.field(description="How to reach the data protection officer.")
    sections: list[PrivacySection] = strawberry.field(description="The notice in plain English.")
    fields: list[PrivacyField] = strawberry.field(description="Everything that is held, field by field.")
    changes: list[PrivacyChange] = strawberry.field(description="What each version changed, the newest first.")
