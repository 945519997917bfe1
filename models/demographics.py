"""Demographics: kept apart from the account, under an id that only the person's own key reveals."""

from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.base import pg_enum


class Gender(StrEnum):
    """The answers offered to the question about gender."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    NON_BINARY = "NON_BINARY"
    OTHER = "OTHER"
    PREFER_NOT_TO_SAY = "PREFER_NOT_TO_SAY"


class EthnicGroup(StrEnum):
    """The 16+1 ethnic categories of the NHS Data Dictionary (A to S, and Z for not stated)."""

    WHITE_BRITISH = "WHITE_BRITISH"
    WHITE_IRISH = "WHITE_IRISH"
    WHITE_OTHER = "WHITE_OTHER"
    WHITE_AND_BLACK_CARIBBEAN = "WHITE_AND_BLACK_CARIBBEAN"
    WHITE_AND_BLACK_AFRICAN = "WHITE_AND_BLACK_AFRICAN"
    WHITE_AND_ASIAN = "WHITE_AND_ASIAN"
    MIXED_OTHER = "MIXED_OTHER"
    INDIAN = "INDIAN"
    PAKISTANI = "PAKISTANI"
    BANGLADESHI = "BANGLADESHI"
    ASIAN_OTHER = "ASIAN_OTHER"
    CARIBBEAN = "CARIBBEAN"
    AFRICAN = "AFRICAN"
    BLACK_OTHER = "BLACK_OTHER"
    CHINESE = "CHINESE"
    OTHER = "OTHER"
    NOT_STATED = "NOT_STATED"


class Limitation(StrEnum):
    """How much a condition of 12 months or more limits day-to-day activities."""

    A_LOT = "A_LOT"
    A_LITTLE = "A_LITTLE"
    NO = "NO"


def _answer(meaning: str) -> dict[str, object]:
    return {"comment": f"P07: {meaning}. Shown to the person alone.", "info": {"promise": "P07", "encrypted": False}}


class Demographics(SQLModel, table=True):
    """Optional answers about a person; nothing in the row says whose they are.

    `counted` repeats what the person's ledger says of STATISTICS: whoever counts cannot ask whose answers these are.
    """

    __table_args__ = (CheckConstraint("birth_year between 1900 and 2100", name="birth_year"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    gender: Gender | None = Field(default=None, sa_type=pg_enum(Gender), sa_column_kwargs=_answer("gender"))
    birth_year: int | None = Field(default=None, sa_column_kwargs=_answer("year of birth"))
    ethnic_group: EthnicGroup | None = Field(
        default=None, sa_type=pg_enum(EthnicGroup), sa_column_kwargs=_answer("ethnic group")
    )
    limited_by_condition: Limitation | None = Field(
        default=None, sa_type=pg_enum(Limitation), sa_column_kwargs=_answer("being limited by a condition")
    )
    counted: bool = Field(
        default=False,
        sa_column_kwargs={
            "server_default": "false",
            "comment": "P12: whether the person agreed to be counted in statistics. Shown to the person alone.",
        },
    )
