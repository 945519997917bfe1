"""Which rule decides."""

import strawberry

from schema.viewer import ViewerInput


@strawberry.input(description="A question to the access policies: may a viewer do something with a field?")
class AccessInput:
    """What is asked of the policies."""

    type: str = strawberry.field(description="The name of a type of this schema, e.g. `Story`.")
    field: str = strawberry.field(
        description="The name of a field of that type, e.g. `postcode`; `*` for all; beside an action, its name."
    )
    id: strawberry.ID | None = strawberry.field(
        description="The global id of a row to decide about; without it the answer is about the type.",
        default=strawberry.UNSET,
    )
    action: str | None = strawberry.field(
        description="What they want to do with it: `read`, or an action such as `withdraw`.", default="read"
    )
    as_: ViewerInput | None = strawberry.field(
        name="as",
        description="The viewer to ask for, if not oneself: for the data protection officer and admins.",
        default=strawberry.UNSET,
    )


@strawberry.type(description="A rule of a policy file.")
class PolicyRule:
    """Where a rule stands."""

    file: str = strawberry.field(description="The policy file's name.")
    line: int = strawberry.field(description="The line on which the rule begins.")
    text: str = strawberry.field(description="The rule as it is written.")


@strawberry.type(description="Something that a rule asks of the viewer or of the row.")
class AccessCondition:
    """A condition of a rule."""

    text: str = strawberry.field(description="What has to be so, e.g. `the story's status is PUBLISHED`.")
    met: bool | None = strawberry.field(
        description="Whether it is so; null where it depends on the row and none was named, on who exactly the "
        "described viewer is, or on what the asker may not read."
    )


@strawberry.type(description="A rule that grants it, and all that it asks.")
class AccessGrant:
    """A way in which it would be allowed."""

    rule: PolicyRule = strawberry.field(description="The rule.")
    mask: str | None = strawberry.field(description="How it masks the value; null where it shows it in clear.")
    reason: str = strawberry.field(description="Its reason, with the promise that it keeps.")
    promise: str = strawberry.field(description="The promise that it keeps, e.g. `P02`.")
    conditions: list[AccessCondition] = strawberry.field(
        description="All that has to be so, of the viewer and then of the row."
    )


@strawberry.type(description="What the access policies decide, and why.")
class AccessDecision:
    """A decision."""

    type: str = strawberry.field(description="The type that was asked about.")
    field: str = strawberry.field(description="The field that was asked about.")
    allowed: bool = strawberry.field(
        description="Whether it is allowed; if `conditional`, whether it is for some rows or viewers; for `*`, whether "
        "the row is there at all."
    )
    conditional: bool = strawberry.field(
        description="Whether it depends on the row, if none was named, or on who the described viewer is."
    )
    mask: str | None = strawberry.field(description="How the value is masked; null where it is shown in clear.")
    reason: str = strawberry.field(description="The reason, with the promise that it keeps.")
    promise: str | None = strawberry.field(description="The promise that decides, e.g. `P02`.")
    rule: PolicyRule | None = strawberry.field(
        description="The rule that allows it, or else the one that says why not; null where no rule names it."
    )
    would_grant: list[str] = strawberry.field(description="What would allow it, each in a few words.")
    grants: list[AccessGrant] = strawberry.field(
        description="Every rule that grants it to anybody, the ones nearest to the viewer first."
    )
    fields: list["AccessDecision"] = strawberry.field(
        description="For `*`, the decision on each field of the type; else empty."
    )
