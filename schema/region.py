"""The four nations."""

from models.region import Region
from schema.base import describe

describe(
    Region,
    {
        Region.ENGLAND: "England.",
        Region.SCOTLAND: "Scotland.",
        Region.WALES: "Wales.",
        Region.NORTHERN_IRELAND: "Northern Ireland.",
    },
)
