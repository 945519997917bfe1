"""`policy contract`: the part of the schema that a kind of viewer can use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeNode,
    build_ast_schema,
    parse,
    print_schema,
)

from policies.grant import ROOTS
from policies.plan import AccessPlan, Policies
from policies.viewer import Kind
from resolvers import audit, complaint, disclosure, listing, moderation, organisation, service
from resolvers.access.question import DESCRIBE
from resolvers.filter import Filter
from schema.api import sdl

FILTERS: Mapping[str, tuple[str, Mapping[str, Filter]]] = MappingProxyType(
    {
        "StoryFilter": ("Story", listing.FILTERS),
        "ModerationFilter": ("Story", moderation.FILTERS),
        "ServiceFilter": ("Service", service.FILTERS),
        "OrganisationFilter": ("Organisation", organisation.FILTERS),
        "ComplaintFilter": ("Complaint", complaint.FILTERS),
        "AuditFilter": ("AuditEvent", audit.FILTERS),
        "DisclosureFilter": ("Disclosure", disclosure.FILTERS),
    }
)
"""The inputs that filter lists: rows of which type, and which fields each of their keys looks at."""
DESCRIBED = ("AccessInput", "as")
ROWS = frozenset({"nodes", "node"})
"""The fields of a carrier without which it carries nothing."""


def contract_of(policies: Policies, kind: Kind) -> str:
    """The SDL that viewers of a kind can use: without fields that they never read, and all that only led there."""
    contract = _Contract(policies.plan(kind), {_name(found): found for found in _document().definitions})
    contract.shrink()
    kept = contract.reachable()
    definitions = [found for name, found in contract.definitions.items() if name in kept or name not in contract.types]
    return print_schema(build_ast_schema(DocumentNode(definitions=tuple(definitions)))) + "\n"


@cache
def _document() -> DocumentNode:
    return parse(sdl(), no_location=True)


@dataclass(slots=True)
class _Contract:
    """The definitions that are left so far."""

    plan: AccessPlan
    definitions: dict[str, Any]
    types: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.types = frozenset(name for name, found in self.definitions.items() if _is_type(found))

    def shrink(self) -> None:
        """Takes away what can't be used, and then what led to nothing else, until nothing changes."""
        while True:
            before = dict(self.definitions)
            self.definitions = {name: found for name, old in before.items() if (found := self._shrunk(old)) is not None}
            if self.definitions == before:
                return

    def _shrunk(self, definition: Any) -> Any:
        """The definition without what can't be used; None where nothing is left of it."""
        match definition:
            case ObjectTypeDefinitionNode():
                return self._object(definition)
            case InputObjectTypeDefinitionNode():
                return _with(
                    definition, [one for one in definition.fields or () if self._filters(_name(definition), one)]
                )
        return definition

    def _object(self, definition: ObjectTypeDefinitionNode) -> Any:
        name = _name(definition)
        used = [self._arguments(one) for one in definition.fields or () if self._usable(name, one)]
        lost = {_name(one) for one in definition.fields or ()} - {_name(one) for one in used}
        return None if name in self.plan.policies.carriers and lost & ROWS else _with(definition, used)

    def _usable(self, type_name: str, found: FieldDefinitionNode) -> bool:
        if not self._known(found.type):
            return False
        if type_name in ROOTS:
            return self.plan.may_call(type_name, _name(found))
        return type_name in self.plan.policies.carriers or not self.plan.shown(type_name, _name(found)).is_false

    def _arguments(self, found: FieldDefinitionNode) -> FieldDefinitionNode:
        kept = tuple(one for one in found.arguments or () if self._known(one.type))
        return found if kept == (found.arguments or ()) else _copied(found, arguments=kept)

    def _filters(self, input_name: str, found: InputValueDefinitionNode) -> bool:
        """Whether a key of a filter looks only at fields that the viewer may read somewhere."""
        if (input_name, _name(found)) == DESCRIBED:
            return self.plan.action("Query", DESCRIBE).is_true
        if input_name not in FILTERS:
            return True
        type_name, known = FILTERS[input_name]
        return not any(self.plan.condition(type_name, one).is_false for one in known[_name(found)].looks_at)

    def _known(self, type_: TypeNode) -> bool:
        name = _named(type_)
        return name not in self.types or name in self.definitions

    def reachable(self) -> set[str]:
        """The types that some operation of these viewers can lead to."""
        found: set[str] = set()
        waiting = [root for root in ROOTS if root in self.definitions]
        while waiting:
            name = waiting.pop()
            if name in self.definitions and name not in found:
                found.add(name)
                waiting += _leads_to(self.definitions[name], self.definitions.values())
        return found


def _leads_to(definition: Any, everything: Iterable[Any]) -> Iterator[str]:
    for found in getattr(definition, "fields", None) or ():
        yield _named(found.type)
        yield from (_named(one.type) for one in getattr(found, "arguments", None) or ())
    yield from (_name(one) for one in getattr(definition, "interfaces", None) or ())
    # An interface leads to all that have it.
    for other in everything:
        if _name(definition) in map(_name, getattr(other, "interfaces", None) or ()):
            yield _name(other)


def _name(found: Any) -> str:
    name: str = found.name.value
    return name


def _named(type_: TypeNode) -> str:
    while isinstance(type_, ListTypeNode | NonNullTypeNode):
        type_ = type_.type
    assert isinstance(type_, NamedTypeNode)
    return _name(type_)


def _is_type(definition: DefinitionNode) -> bool:
    return definition.kind.endswith("type_definition")


def _with(definition: Any, fields: Iterable[Any]) -> Any:
    kept = tuple(fields)
    return _copied(definition, fields=kept) if kept else None


def _copied(node: Any, **changed: Any) -> Any:
    return type(node)(**{key: getattr(node, key, None) for key in node.keys} | changed)
