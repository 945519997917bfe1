"""Which rule decides."""

import strawberry

from schema.viewer import ViewerInput


@strawberry.input(description="A question to the access policies: may a viewer do something with a field?")
class AccessInput:
    """What is asked of the policies."""

    type: str = strawberry.field(description="The name of a type of this schema, e.g. `Story`.")
    field: str = strawberry.field(description="The name of a field of that type, e.g. `postcode`.")
    id: strawberry.ID | None = strawberry.field(
        description="The global id of a row to decide about; without it the answer is about the type.",
        default=strawberry.UNSET,
    )
    action: str | None = strawberry.field(description="What they want to do with it.", default="read")
    as_: ViewerInput | None = strawberry.field(
        name="as",
        description="The viewer to ask for, if not oneself: for the data protection officer and admins.",
        default=strawberry.UNSET,
    )


@strawberry.type(description="The rule of a policy file that decides.")
class PolicyRule:
    """Where a rule stands."""

    file: str = strawberry.field(description="The policy file's name.")
    line: int = strawberry.field(description="The line on which the rule begins.")
    text: str = strawberry.field(description="The rule as it is written.")


@strawberry.type(description="What the access policies decide, and why.")
class AccessDecision:
    """A decision."""

    allowed: bool = strawberry.field(
        description="Whether it is allowed; if `conditional`, whether it is for some rows."
    )
    conditional: bool = strawberry.field(description="Whether it depends on the row.")
    mask: str | None = strawberry.field(description="How the value is masked; null where it is shown in clear.")
    reason: str = strawberry.field(description="The reason, with the promise that it keeps.")
    promise: str | None = strawberry.field(description="The promise that decides, e.g. `P02`.")
    rule: PolicyRule | None = strawberry.field(description="The rule that allows it; null where no rule does.")
    would_grant: list[str] = strawberry.field(description="What would allow it, each in a few words.")
