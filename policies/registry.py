"""The classes that policies speak of, and what their attributes are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, Enum
from sqlalchemy import inspect as inspect_model
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import Mapper, RelationshipProperty

import models
from policies.viewer import Kind

PARAMETER = "$viewer."
"""What marks a value as a parameter of the viewer, in partial evaluation."""


class Query:
    """The root of all questions; policies grant its fields under the action `call`."""


class Mutation:
    """The root of all deeds; policies grant its fields under the action `call`."""


class Subscription:
    """The root of all that is told as it happens; policies grant its fields under the action `call`."""


CONCEPTS: Mapping[str, type] = MappingProxyType(
    {
        concept.__name__: concept
        for concept in (
            Query,
            Mutation,
            Subscription,
            models.AccessLogEntry,
            models.Account,
            models.Alert,
            models.Area,
            models.AuditEvent,
            models.Change,
            models.Complaint,
            models.Consent,
            models.Correction,
            models.DataExport,
            models.Demographics,
            models.Disclosure,
            models.IpAddressUse,
            models.Membership,
            models.ModerationEntry,
            models.Organisation,
            models.Reading,
            models.Response,
            models.Service,
            models.Session,
            models.Story,
            models.StoryOriginal,
            models.Tag,
        )
    }
)


class PolarViewer:
    """What Polar sees of a viewer; the names of the subclasses are the viewers' own."""


class PolarAnonymous(PolarViewer):
    """A visitor."""


class PolarSystem(PolarViewer):
    """Candour itself."""


class PolarMember(PolarViewer):
    """A person who is signed in."""

    def __init__(self, kind: Kind, account_id: object, demographics_id: object) -> None:
        self.account_id = account_id
        self.demographics_id = demographics_id
        self.roles = [role.value for role in kind.roles]
        self.staff = kind.staff
        self.recipient = kind.recipient
        self.purpose = kind.purpose.value if kind.purpose else None


VIEWERS: Mapping[str, type[PolarViewer]] = MappingProxyType(
    {"Viewer": PolarViewer, "Anonymous": PolarAnonymous, "Member": PolarMember, "System": PolarSystem}
)
MEMBER_ATTRIBUTES = frozenset({"account_id", "demographics_id", "roles", "staff", "recipient", "purpose"})


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from a row to other rows; `required` means that there always is one."""

    target: str
    many: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column; `values` lists the labels of an enum."""

    nullable: bool
    array: bool
    values: frozenset[str] | None


@cache
def attributes(type_name: str) -> Mapping[str, Relation | Attribute]:
    """The relations and columns of a class, by name; none for a class without a table."""
    mapper = _mapper(CONCEPTS[type_name])
    if mapper is None:
        return {}
    found: dict[str, Relation | Attribute] = {r.key: _relation(r) for r in mapper.relationships}
    columns = ((a.key, a.columns[0]) for a in mapper.column_attrs)
    return found | {key: _attribute(column) for key, column in columns if _known(column)}


def attribute_types(concept: type) -> dict[str, type]:
    """The Python class of each attribute, as Oso wants to know it to type what lies behind a path."""
    found: dict[str, type] = {}
    for name, attribute in attributes(concept.__name__).items():
        if isinstance(attribute, Relation):
            found[name] = list if attribute.many else CONCEPTS.get(attribute.target, object)
        else:
            found[name] = str
    return found


def _mapper(concept: type) -> Mapper[Any] | None:
    try:
        return inspect_model(concept)
    except NoInspectionAvailable:
        return None


def _relation(found: RelationshipProperty[Any]) -> Relation:
    required = not found.uselist and all(not column.nullable for column in found.local_columns)
    return Relation(found.mapper.class_.__name__, bool(found.uselist), required and found.direction.name == "MANYTOONE")


def _known(column: Any) -> bool:
    """Whether policies may look at it: a column, or what is true or false of a row at the moment."""
    return isinstance(column, Column) or isinstance(column.type, Boolean)


def _attribute(column: Any) -> Attribute:
    if not isinstance(column, Column):
        return Attribute(nullable=False, array=False, values=None)
    values = frozenset(column.type.enums) if isinstance(column.type, Enum) else None
    return Attribute(bool(column.nullable), isinstance(column.type, ARRAY), values)
