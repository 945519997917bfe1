"""Demographics: optional answers, shown to the person alone."""

import strawberry

from models.demographics import EthnicGroup, Gender, Limitation
from schema.base import describe

describe(
    Gender,
    {
        Gender.FEMALE: "Female.",
        Gender.MALE: "Male.",
        Gender.NON_BINARY: "Non-binary.",
        Gender.OTHER: "Another gender.",
        Gender.PREFER_NOT_TO_SAY: "The person prefers not to say.",
    },
)
describe(
    EthnicGroup,
    {
        EthnicGroup.WHITE_BRITISH: "A: White British.",
        EthnicGroup.WHITE_IRISH: "B: White Irish.",
        EthnicGroup.WHITE_OTHER: "C: any other White background.",
        EthnicGroup.WHITE_AND_BLACK_CARIBBEAN: "D: White and Black Caribbean.",
        EthnicGroup.WHITE_AND_BLACK_AFRICAN: "E: White and Black African.",
        EthnicGroup.WHITE_AND_ASIAN: "F: White and Asian.",
        EthnicGroup.MIXED_OTHER: "G: any other mixed background.",
        EthnicGroup.INDIAN: "H: Indian.",
        EthnicGroup.PAKISTANI: "J: Pakistani.",
        EthnicGroup.BANGLADESHI: "K: Bangladeshi.",
        EthnicGroup.ASIAN_OTHER: "L: any other Asian background.",
        EthnicGroup.CARIBBEAN: "M: Caribbean.",
        EthnicGroup.AFRICAN: "N: African.",
        EthnicGroup.BLACK_OTHER: "P: any other Black background.",
        EthnicGroup.CHINESE: "R: Chinese.",
        EthnicGroup.OTHER: "S: any other ethnic group.",
        EthnicGroup.NOT_STATED: "Z: not stated.",
    },
)
describe(
    Limitation,
    {
        Limitation.A_LOT: "Limited a lot.",
        Limitation.A_LITTLE: "Limited a little.",
        Limitation.NO: "Not limited.",
    },
)


@strawberry.type(description="Optional answers about a person, shown to them alone. Others get statistics only (P07).")
class Demographics:
    """A person's answers."""

    gender: Gender | None = strawberry.field(description="Their gender; null where they did not answer.")
    birth_year: int | None = strawberry.field(description="The year of their birth; null where they did not answer.")
    ethnic_group: EthnicGroup | None = strawberry.field(
        description="Their ethnic group; null where they did not answer."
    )
    limited_by_condition: Limitation | None = strawberry.field(
        description="How much a condition of 12 months or more limits them; null where they did not answer."
    )
