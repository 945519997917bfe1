"""Authors of the big seed: one account for about ten stories, with keys and private values of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from models.demographics import EthnicGroup, Gender, Limitation
from models.secret import Keyring, PersonKey
from operations.demo.dice import NOW, SPAN, dice

GROUP = 20
"""Stories whose numbers follow each other share a few authors."""
AUTHORS = 2
START = NOW - SPAN
GENDERS = (*Gender, Gender.FEMALE, Gender.MALE, None)
ETHNIC_GROUPS = (*EthnicGroup, *[EthnicGroup.WHITE_BRITISH] * 20, None)
LIMITATIONS = (*Limitation, Limitation.NO, None)
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Author:
    """An account that stories of one group come from."""

    id: UUID
    key: PersonKey


def group_of(number: int) -> int:
    """The group that a story's number is in."""
    return (number - 1) // GROUP


def account_id(group: int, place: int) -> UUID:
    """The id of the account of a group's author, whose `place` is from 0 to AUTHORS - 1."""
    return _id(b"account %d %d" % (group, place))


def account_ids(group: int) -> Iterator[UUID]:
    """The ids of all the group's authors."""
    return (account_id(group, place) for place in range(AUTHORS))


class Crowd:
    """Makes the authors of a group."""

    def __init__(self, keyring: Keyring, homes: list[str], password_hash: str) -> None:
        """`homes` are postcodes to live at."""
        self._keyring = keyring
        self._homes = homes
        self._password_hash = password_hash

    def authors(self, rows: Rows, group: int, known: Mapping[UUID, bytes]) -> list[Author]:
        """The group's authors; rows are added for those whose wrapped key is not `known`."""
        found = []
        for place, id_ in enumerate(account_ids(group)):
            person = str(id_)
            wrapped = known.get(id_) or self._keyring.new_person_key(person)
            author = Author(id_, self._keyring.open(wrapped, person))
            if id_ not in known:
                self._register(rows, author, wrapped, AUTHORS * group + place)
            found.append(author)
        return found

    def _register(self, rows: Rows, author: Author, wrapped: bytes, number: int) -> None:
        chance = dice(-number)
        person, seal = str(author.id), author.key.encrypt
        email = f"m{number}@many.example"
        demographics, address = _id(b"demographics %d" % number), _id(b"address %d" % number)
        created_at = START - timedelta(minutes=number % 40_000)
        rows["demographics"].append(
            (
                demographics, chance.choice(GENDERS), 1935 + int(chance.random() * 70),
                chance.choice(ETHNIC_GROUPS), chance.choice(LIMITATIONS),
            )
        )  # fmt: skip
        rows["person_key"].append((author.id, wrapped))
        rows["account"].append(
            (
                author.id, created_at, created_at, self._keyring.email_hash(email), self._password_hash,
                seal(email, f"account.email:{person}"),
                seal(chance.choice(self._homes), f"account.postcode:{person}"),
                seal(f"writer{number}", f"account.pen_name:{person}"),
                seal(str(demographics), f"account.demographics_id:{person}"),
            )
        )  # fmt: skip
        sealed = seal(f"2001:db8:1:{number >> 16:x}::{number & 0xFFFF:x}", f"ip_address_use.address:{address}")
        rows["ip_address_use"].append((address, author.id, sealed, created_at, "register"))


def _id(name: bytes) -> UUID:
    return UUID(bytes=blake2b(name, digest_size=16).digest(), version=4)
