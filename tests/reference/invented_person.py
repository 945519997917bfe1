"""What belongs to an invented person: answers about themselves, consents, addresses, readings and marks."""

from typing import TYPE_CHECKING
from uuid import UUID

from models import (
    Account,
    Consent,
    ConsentPurpose,
    Demographics,
    EthnicGroup,
    Gender,
    IpAddressUse,
    Limitation,
    Reading,
    SimilarExperience,
)

if TYPE_CHECKING:
    from tests.reference.invented import Inventor


def belongings(inventor: "Inventor", person: UUID, stories: int) -> None:
    """The rows of one person that hang on no story's text."""
    _demographics(inventor, person)
    _addresses(inventor, person)
    for _ in range(inventor.chance.randint(0, 4)):
        inventor.add(
            Consent(
                account_id=person,
                purpose=inventor.chance.choice(list(ConsentPurpose)),
                granted=inventor.chance.random() < 0.7,
                given_at=inventor.moment(),
                notice_version="2026-01",
                given_by=inventor.text(),
            )
        )
    numbers = range(1, stories + 1)
    for number in inventor.some(numbers, 15):
        inventor.add(Reading(account_id=person, story_id=number, read_at=inventor.moment()))
    for number in inventor.some(numbers, 15):
        inventor.add(SimilarExperience(account_id=person, story_id=number, marked_at=inventor.moment()))


def _demographics(inventor: "Inventor", person: UUID) -> None:
    account = next(row for row in inventor.rows if isinstance(row, Account) and row.id == person)
    if account.demographics_id is None:
        return
    place = f"account.demographics_id:{person}"
    inventor.add(
        Demographics(
            id=UUID(inventor.keys[person].decrypt(account.demographics_id, place)),
            gender=inventor.maybe(Gender.NON_BINARY),
            birth_year=inventor.maybe(1950 + inventor.chance.randint(0, 50)),
            ethnic_group=inventor.maybe(EthnicGroup.WHITE_OTHER),
            limited_by_condition=inventor.maybe(Limitation.A_LITTLE),
        )
    )


def _addresses(inventor: "Inventor", person: UUID) -> None:
    for _ in range(inventor.chance.randint(0, 3)):
        id_ = inventor.uuid()
        address = f"2001:db8::{inventor.chance.getrandbits(16):x}"
        inventor.add(
            IpAddressUse(
                id=id_,
                account_id=person,
                address=inventor.keys[person].encrypt(address, f"ip_address_use.address:{id_}"),
                used_at=inventor.moment(),
                use=inventor.text(),
            )
        )
