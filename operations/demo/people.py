"""Accounts: the fixed ones, authors, and staff who respond."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.account import Account, IpAddressUse, PlatformRole
from models.consent import Consent, ConsentPurpose
from models.demographics import Demographics, EthnicGroup, Gender, Limitation
from models.key import WrappedKey
from models.membership import Membership, MembershipRole
from models.secret import Keyring, PersonKey
from operations.demo.atlas import Atlas
from operations.demo.cast import HOST, PARTS, Bodies, Part
from operations.demo.dice import NOW, SPAN, Dice, hours
from operations.demo.private import PrivateValues
from operations.demo.rows import Rows

AUTHORS = 120
NOTICE = "2023-11"
USES = ("register", "sign in", "submit story")
OPTIONAL = tuple(purpose for purpose in ConsentPurpose if purpose != ConsentPurpose.PUBLISH)


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the rest of the seed needs it."""

    id: UUID
    key: PersonKey
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Society:
    """Everybody."""

    named: Mapping[str, Person]
    """The fixed accounts by the first half of their address."""
    authors: Sequence[Person]
    responders: Mapping[int, Person]
    """One who answers for an organisation, by organisation; not every organisation has one."""


class Registry:
    """Makes accounts and gathers their rows."""

    def __init__(self, rows: Rows, keyring: Keyring, private: PrivateValues, chance: Dice, password_hash: str) -> None:
        self._rows = rows
        self._keyring = keyring
        self._private = private
        self._dice = chance
        self._password_hash = password_hash

    def register(self, email: str, near: str, created_at: datetime, roles: tuple[PlatformRole, ...] = ()) -> Person:
        """An account with everything that is held about a person; their home is in the district of `near`."""
        id_ = UUID(int=self._dice.getrandbits(128), version=4)
        wrapped = self._keyring.new_person_key(str(id_))
        person = Person(id_, self._keyring.open(wrapped, str(id_)), created_at)
        private = {
            "email": email,
            "postcode": self._private.home(near).postcode,
            "pen_name": self._private.pen_name(),
        }
        answers = self._demographics()
        private["demographics_id"] = str(answers["id"])
        self._rows.add(WrappedKey, id=id_, wrapped=wrapped, made_at=created_at)
        self._rows.add(
            Account,
            id=id_,
            created_at=created_at,
            email_verified_at=created_at,
            email_hash=self._keyring.email_hash(email),
            password_hash=self._password_hash,
            roles=list(roles),
            **{name: person.key.encrypt(value, f"account.{name}:{id_}") for name, value in private.items()},
        )
        self._rows.add(Demographics, counted=self._agree(person), **answers)
        self._leave_traces(person)
        return person

    def join(self, person: Person, organisation: int, role: MembershipRole) -> None:
        """Make the person staff of an organisation."""
        self._rows.number(Membership, account_id=person.id, organisation_id=organisation, role=role)

    def _demographics(self) -> dict[str, Any]:
        chance = self._dice
        return {
            "id": UUID(int=chance.getrandbits(128), version=4),
            "gender": chance.choice([*Gender, Gender.FEMALE, Gender.MALE, None]),
            "birth_year": chance.choice([None, *[chance.randint(1935, 2006)] * 5]),
            "ethnic_group": chance.choice([*EthnicGroup, *[EthnicGroup.WHITE_BRITISH] * 20, None]),
            "limited_by_condition": chance.choice([*Limitation, Limitation.NO, None]),
        }

    def _agree(self, person: Person) -> bool:
        """Enter what they agreed to; whether they may be counted in statistics."""
        self._consent(person, ConsentPurpose.PUBLISH, True, person.created_at)
        standing = {}
        for purpose in OPTIONAL:
            granted = self._dice.random() < 0.7
            self._consent(person, purpose, granted, person.created_at)
            withdrawn = granted and self._dice.random() < 0.1
            if withdrawn:
                self._consent(person, purpose, False, _later(self._dice, person.created_at))
            standing[purpose] = granted and not withdrawn
        return standing[ConsentPurpose.STATISTICS]

    def _consent(self, person: Person, purpose: ConsentPurpose, granted: bool, given_at: datetime) -> None:
        self._rows.number(
            Consent,
            account_id=person.id,
            purpose=purpose,
            granted=granted,
            given_at=given_at,
            notice_version=NOTICE,
            given_by="registration" if given_at == person.created_at else "account page",
        )

    def _leave_traces(self, person: Person) -> None:
        for use in USES[: self._dice.randint(1, len(USES))]:
            id_ = UUID(int=self._dice.getrandbits(128), version=4)
            first = use == USES[0]
            self._rows.add(
                IpAddressUse,
                id=id_,
                account_id=person.id,
                address=person.key.encrypt(self._private.ip_address(), f"ip_address_use.address:{id_}"),
                used_at=person.created_at if first else _later(self._dice, person.created_at),
                use=use,
            )


def populate(registry: Registry, private: PrivateValues, atlas: Atlas, bodies: Bodies, chance: Dice) -> Society:
    """Make everybody. Authors' homes lie in all four nations, `author@`'s in the commissioner's area."""
    long_ago = NOW - SPAN - timedelta(days=30)
    at_home = atlas.districts[bodies.area]
    named = {part.name: _fixed(registry, part, bodies, chance.choice(at_home), long_ago) for part in PARTS}
    everywhere = sorted({postcode for district in atlas.regions.values() for postcode in district})
    authors = [
        registry.register(
            private.email("p", "people.example"), chance.choice(everywhere), long_ago + hours(chance, 1, 600)
        )
        for _ in range(AUTHORS)
    ]
    responders = {bodies.trust: named["staff"], bodies.other_trust: named["other"]}
    for organisation in sorted(atlas.run_by):
        if organisation not in responders and organisation % 3:
            responders[organisation] = registry.register(
                private.email("s", "staff.example"), chance.choice(everywhere), long_ago
            )
            registry.join(responders[organisation], organisation, MembershipRole.RESPONDER)
    return Society(named, authors, responders)


def _fixed(registry: Registry, part: Part, bodies: Bodies, near: str, created_at: datetime) -> Person:
    person = registry.register(f"{part.name}@{HOST}", near, created_at, part.roles)
    organisation = bodies.of(part)
    if part.membership and organisation:
        registry.join(person, organisation, part.membership)
    return person


def _later(chance: Dice, moment: datetime) -> datetime:
    return moment + chance.random() * (NOW - moment)
