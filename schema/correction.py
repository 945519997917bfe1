"""What a person corrected."""

from datetime import datetime

import strawberry


@strawberry.type(description="That a person changed something that is held about them (P15); never from what to what.")
class Correction:
    """A correction."""

    field: str = strawberry.field(description="Which field of the account, e.g. `postcode`.")
    corrected_at: datetime = strawberry.field(description="When they changed or cleared it.")
