"""A small invented world full of edges: every status, ties in time, erased authors, odd texts, lists without rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from sqlmodel import SQLModel

from models import (
    Account,
    Area,
    AreaKind,
    AreaSuccessor,
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
    PlatformRole,
    PostcodeArea,
    Region,
    Service,
    ServiceArea,
    Tag,
    TagKind,
    WrappedKey,
)
from models.secret import Keyring, PersonKey
from tests.reference.invented_disclosure import disclosures
from tests.reference.invented_person import belongings
from tests.reference.invented_right import rights
from tests.reference.invented_story import story_rows

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
TEXTS = (
    "Kind staff", "Waiting, waiting", 'She said "no"', "back\\slash", "Tŷ Gwyn – café ☕", "tab\tand\nline", "</script>",
    "{braces}", "'quoted'", "%s $1 :name", "a", "waiting room waiting list", "e\u0301 combining", "\u2028separator", ",",
)  # fmt: skip
Item = TypeVar("Item")


class Inventor:
    """Chance that falls the same way for the same seed, and the rows made so far."""

    def __init__(self, seed: int, keyring: Keyring) -> None:
        self.chance = Random(seed)
        self.keyring = keyring
        self.rows: list[SQLModel] = []
        self.keys: dict[UUID, PersonKey] = {}

    def add(self, *rows: SQLModel) -> None:
        self.rows += rows

    def maybe(self, value: Item, chance: float = 0.5) -> Item | None:
        return value if self.chance.random() < chance else None

    def some(self, items: Sequence[Item], most: int) -> list[Item]:
        return self.chance.sample(items, self.chance.randint(0, min(most, len(items))))

    def text(self) -> str:
        return " ".join(self.chance.choices(TEXTS, k=self.chance.randint(1, 4)))

    def moment(self) -> datetime:
        """One of few, so that many rows share theirs; some differ by a microsecond only."""
        return NOON + timedelta(hours=12 * self.chance.randint(0, 6), microseconds=self.chance.randint(0, 2))

    def far(self) -> datetime:
        """A century away from now, before or after it, for times that the clock decides about."""
        return NOON.replace(year=self.chance.choice((1926, 2126)))

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


def invented(seed: int, keyring: Keyring, stories: int = 50) -> list[SQLModel]:
    """The rows of a world, in an order in which they can be written."""
    inventor = Inventor(seed, keyring)
    _bodies(inventor)
    _services(inventor)
    people = _people(inventor)
    inventor.add(*(Tag(id=n, kind=kind, label=label) for n, (kind, label) in enumerate(_labels(), 1)))
    for number in range(1, stories + 1):
        story_rows(inventor, number, people)
    for person in people:
        belongings(inventor, person, stories)
    rights(inventor, people)
    disclosures(inventor, people)
    return inventor.rows


def _labels() -> list[tuple[TagKind, str]]:
    return [(kind, label) for kind in TagKind for label in ("Zeal", "apple", *TEXTS[1:8])]


def _bodies(inventor: Inventor) -> None:
    chance = inventor.chance
    kinds = list(OrganisationKind)
    for number in range(1, 8):
        inventor.add(
            Organisation(
                id=number,
                ods_code=inventor.maybe(f"O{number:03}"),
                name=f"Body {inventor.text()}",
                slug=f"{chance.choice('abc')}-body-{number}",
                kind=kinds[number],
                region=chance.choice(list(Region)),
                parent_id=inventor.maybe(chance.randint(1, number - 1), 0.3) if number > 1 else None,
                opened_on=inventor.maybe(date(2001, 2, 3)),
                closed_on=inventor.maybe(date(2026, 2, 28), 0.2),
            )
        )
    for number in range(1, 6):
        inventor.add(_area(inventor, number))
    inventor.add(AreaSuccessor(area_id=1, successor_id=2), AreaSuccessor(area_id=1, successor_id=3))
    inventor.add(*(PostcodeArea(postcode=f"QX{n} 1AA", area_id=n % 5 + 1) for n in range(1, 7)))
    inventor.add(*(PostcodeArea(postcode=f"LS{n} 4AP", area_id=n % 5 + 1) for n in range(2, 9)))
    inventor.add(PostcodeArea(postcode="LS2 4AP", area_id=5))


def _area(inventor: Inventor, number: int) -> Area:
    return Area(
        id=number,
        code=f"{'ESWNE'[number - 1]}5400000{number}",
        name=f"Area {inventor.text()}",
        kind=inventor.chance.choice(list(AreaKind)),
        organisation_id=inventor.maybe(inventor.chance.randint(1, 7), 0.8),
        valid_from=date(2020, 4, 1),
        valid_to=inventor.maybe(date(2026, 3, 31), 0.3),
    )


def _services(inventor: Inventor) -> None:
    chance = inventor.chance
    for number in range(1, 13):
        inventor.add(
            Service(
                id=number,
                ods_code=inventor.maybe(f"S{number:03}"),
                name=f"Ward {inventor.text()}",
                slug=f"{chance.choice('xyz')}-ward-{number}",
                organisation_id=chance.randint(1, 7),
                parent_id=inventor.maybe(chance.randint(1, number - 1), 0.4) if number > 1 else None,
                region=chance.choice(list(Region)),
                specialties=inventor.some(["cancer", "eyes", "Hüfte"], 3),
                postcode=inventor.maybe(f"QX{chance.randint(1, 9)} 1AA", 0.8),
                latitude=inventor.maybe(53.25),
                longitude=inventor.maybe(-1.5),
                closed_on=inventor.maybe(date(2025, 12, 31), 0.2),
            )
        )
        inventor.add(*(ServiceArea(service_id=number, area_id=n) for n in inventor.some(range(1, 6), 2)))


def _people(inventor: Inventor) -> list[UUID]:
    """Three people without roles, then one of each role, then staff; the last is both moderator and staff."""
    roles: list[list[PlatformRole]] = [[], [], [], *([role] for role in PlatformRole), [], [], []]
    roles += [[PlatformRole.MODERATOR]]
    people = [_person(inventor, number, held) for number, held in enumerate(roles)]
    for number, person in enumerate(people[8:], 1):
        for organisation in {number, inventor.chance.randint(1, 7)}:
            role = inventor.chance.choice(list(MembershipRole))
            inventor.add(Membership(account_id=person, organisation_id=organisation, role=role))
    return people


def _person(inventor: Inventor, number: int, roles: list[PlatformRole]) -> UUID:
    id_ = inventor.uuid()
    wrapped = inventor.keyring.new_person_key(str(id_))
    key = inventor.keys[id_] = inventor.keyring.open(wrapped, str(id_))
    email = f"person{number}@people.example"

    def sealed(column: str, value: str | None) -> bytes | None:
        return None if value is None else key.encrypt(value, f"account.{column}:{id_}")

    inventor.add(WrappedKey(id=id_, wrapped=wrapped))
    inventor.add(
        Account(
            id=id_,
            created_at=inventor.moment(),
            email_verified_at=inventor.moment(),
            email_hash=inventor.keyring.email_hash(email),
            email=sealed("email", email),
            postcode=sealed("postcode", inventor.maybe(f"LS{number} 4AP", 0.8)),
            pen_name=sealed("pen_name", inventor.maybe(f"pen {number}")),
            demographics_id=sealed("demographics_id", inventor.maybe(str(inventor.uuid()), 0.7)),
            roles=roles,
        )
    )
    return id_
