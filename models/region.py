"""The four nations: each has its own site, areas and bodies."""

from enum import StrEnum


class Region(StrEnum):
    """A nation of the United Kingdom."""

    ENGLAND = "ENGLAND"
    SCOTLAND = "SCOTLAND"
    WALES = "WALES"
    NORTHERN_IRELAND = "NORTHERN_IRELAND"
