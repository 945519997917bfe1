"""Encrypted fields: the statement takes out ciphertexts, the finish opens them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String, cast, select

from models import WrappedKey
from resolvers.mapping import Row, fresh
from resolvers.site import Site, hexed

if TYPE_CHECKING:
    from resolvers.build import Build, Selected

Expression = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Secret:
    """A field that is encrypted under a person's key; `place` names its column, `row_id` its row."""

    place: str
    of: Callable[[Row], Expression]
    row_id: Callable[[Row], Expression]
    person: Callable[[Row], Expression]
    prefix: Callable[["Build"], str] = lambda _build: ""

    def value(self, build: "Build", row: Row, selected: "Selected", mask: str) -> Expression:
        site = Site(
            selected.path,
            selected.parent,
            selected.name,
            build.plan.mask_reason(selected.parent, selected.name, mask),
            mask,
            self.place,
            self.prefix(build),
        )
        person = self.person(row)
        parts = [
            cast(person, String),
            cast(self.row_id(row), String),
            hexed(_key(person)),
            hexed(self.of(row)),
        ]
        return build.sites.secret(site, parts)


def _key(person: Expression) -> Expression:
    key = fresh(WrappedKey)
    return select(key.wrapped).where(key.id == person).correlate_except(key).scalar_subquery()
