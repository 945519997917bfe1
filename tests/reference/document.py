"""Documents that nobody thought of: valid, with aliases, fragments, directives, variables, and arguments that fit.

The packaged generator (hypothesis-graphql) draws arguments without knowing which fit together, and writes neither
variables nor named fragments nor directives; so documents are written here, from the same schema.
"""

import json
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLInputType,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from hypothesis import strategies as st

from policies.viewer import Viewer
from tests.reference.executor import plain_schema
from tests.reference.place import Cursors
from tests.reference.stock import Draw, Stock
from tests.reference.world import World

DEEPEST = 5
MOST_FIELDS = 45
LONG = "a_name_longer_than_the_63_bytes_that_postgresql_takes_for_the_name_of_a_column"
UNPLANNED = {"access", "privacyNotice"}
"""Answered from the policies; they have tests of their own."""
INTROSPECTION = "about_%s: __type(name: %s) { name kind fields { name type { name } } }"


@dataclass(frozen=True)
class Asked:
    """A request, to be put to both executors."""

    viewer: Viewer
    document: str
    variables: dict[str, Any]
    denied_null: bool = False


class Writer:
    """Writes one document."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.schema = plain_schema()
        self.variables: dict[str, Any] = {}
        self.declared: dict[str, tuple[str, str]] = {}
        self.fragments: dict[str, tuple[str, str]] = {}
        self.keys: set[str] = set()
        self.left = MOST_FIELDS

    def document(self) -> str:
        """The whole text."""
        roots = [self._root() for _ in range(self.stock.number(1, 3))]
        declared = ", ".join(f"${name}: {kind}{default}" for name, (kind, default) in self.declared.items())
        head = f"query Generated({declared})" if declared else "query Generated"
        fragments = "".join(f"\nfragment {name} on {on} {text}" for name, (on, text) in self.fragments.items())
        return f"{head} {{ {' '.join(roots)} }}{fragments}"

    def _root(self) -> str:
        names = [name for name in plain_schema().query_type.fields if name not in UNPLANNED]  # type: ignore[union-attr]
        if self.stock.rare(4):
            self.keys.add(f"about_{len(self.keys)}")
            return INTROSPECTION % (len(self.keys), self._value("Story", GraphQLNonNull(self._type("String"))))
        return self._field("Query", self.stock.one(names), 0, aliased=True)

    def _type(self, name: str) -> Any:
        return self.schema.get_type(name)

    def selection(self, type_name: str, depth: int) -> str:
        """A selection set of a type."""
        if is_interface_type(self._type(type_name)):
            return self._of_interface(type_name, depth)
        parts = [self._part(type_name, depth) for _ in range(self.stock.number(1, 5))]
        return f"{{ {' '.join(parts)} }}"

    def _of_interface(self, type_name: str, depth: int) -> str:
        kinds = sorted(kind.name for kind in self.schema.get_possible_types(self._type(type_name)))
        parts = [self.stock.one(("id", "__typename", "me: id"))]
        for _ in range(self.stock.number(1, 3)):
            kind = self.stock.one(kinds)
            fields = " ".join(self._pick(kind, depth, aliased=True) for _ in range(self.stock.number(1, 4)))
            parts.append(f"... on {kind}{self._directive()} {{ {fields} }}")
        return f"{{ {' '.join(parts)} }}"

    def _part(self, type_name: str, depth: int) -> str:
        """A field, or fields in a fragment."""
        if not self.stock.rare(15) or depth > DEEPEST:
            return self._pick(type_name, depth)
        if self.stock.rare(40):
            return f"... {self.stock.one(('', f'on {type_name}'))}{self._directive()} {self.selection(type_name, depth + 1)}"
        return f"...{self._fragment(type_name, depth)}{self._directive()}"

    def _fragment(self, type_name: str, depth: int) -> str:
        known = [name for name, (on, _) in self.fragments.items() if on == type_name]
        if known and self.stock.rare(60):
            return self.stock.one(known)
        text = self.selection(type_name, depth + 1)
        name = f"Part{len(self.fragments)}"
        self.fragments[name] = (type_name, text)
        return name

    def _pick(self, type_name: str, depth: int, aliased: bool = False) -> str:
        fields = self._type(type_name).fields
        names = [n for n, f in fields.items() if self._room(depth) or is_leaf_type(get_named_type(f.type))]
        return self._field(type_name, self.stock.one([*names, "__typename"]), depth, aliased)

    def _room(self, depth: int) -> bool:
        return depth < DEEPEST and self.left > 0

    def _field(self, parent: str, name: str, depth: int, aliased: bool = False) -> str:
        self.left -= 1
        if name == "__typename":
            return f"{name}{self._directive()}"
        definition = self._type(parent).fields[name]
        kind = get_named_type(definition.type)
        arguments = self._arguments(definition, self.stock.of(parent, name))
        alias = self._alias(name, aliased or (bool(definition.args) and name in self.keys))
        below = "" if is_leaf_type(kind) else f" {self.selection(kind.name, depth + 1)}"
        return f"{alias}{name}{arguments}{self._directive()}{below}"

    def _alias(self, name: str, needed: bool) -> str:
        """Another key in the answer, where the field's own would clash, and sometimes where not."""
        if not needed and not self.stock.rare(10):
            self.keys.add(name)
            return ""
        key = f"{LONG if self.stock.rare(3) else name}_{len(self.keys)}"
        self.keys.add(key)
        return f"{key}: "

    def _directive(self) -> str:
        if not self.stock.rare(8):
            return ""
        name, wanted = self.stock.one(("include", "skip")), self.stock.rare(50)
        return f" @{name}(if: {self._value(wanted, GraphQLNonNull(self._type('Boolean')))})"

    def _arguments(self, definition: Any, given: dict[str, Any]) -> str:
        # An argument that another one or the field depends on must not get lost.
        kept = {"id", "number", "slug", "odsCode", "orderBy", "filter"}
        parts = [f"{n}: {self._value(value, definition.args[n].type, n in kept)}" for n, value in given.items()]
        return f"({', '.join(parts)})" if parts else ""

    def _value(self, value: Any, kind: GraphQLInputType, kept: bool = True) -> str:
        """The value as a literal or as a variable, which may be left out unless it is `kept`."""
        if not self.stock.rare(35):
            return self._literal(value, kind)
        if not is_non_null_type(kind) and not kept and self.stock.rare(10):
            return self._declare(str(kind))
        name = self._declare(str(kind), self._default(value, kind))
        self.variables[name[1:]] = value
        return name

    def _default(self, value: Any, kind: GraphQLInputType) -> str:
        """A default that the given value overrides."""
        return f" = {self._literal(value, kind, alone=True)}" if value is not None and self.stock.rare(10) else ""

    def _declare(self, kind: str, default: str = "") -> str:
        name = f"v{len(self.declared)}"
        self.declared[name] = (kind, default)
        return f"${name}"

    def _literal(self, value: Any, kind: GraphQLInputType, alone: bool = False) -> str:
        """The value as it is written in a document; parts of it may be variables, unless it stands `alone`."""
        nullable = get_nullable_type(kind)
        if value is None:
            return "null"
        if is_list_type(nullable):
            return f"[{', '.join(self._inner(v, nullable.of_type, alone) for v in value)}]"
        if is_input_object_type(nullable):
            fields = nullable.fields
            return f"{{{', '.join(f'{n}: {self._inner(v, fields[n].type, alone)}' for n, v in value.items())}}}"
        return str(value) if is_enum_type(nullable) else json.dumps(value, ensure_ascii=False)

    def _inner(self, value: Any, kind: GraphQLInputType, alone: bool) -> str:
        return self._literal(value, kind, alone) if alone else self._value(value, kind)


@st.composite
def requests(draw: Draw, world: World, cursors: Cursors, viewers: list[Viewer]) -> Asked:
    """A document by one of the viewers."""
    stock = Stock(draw, world, cursors)
    viewer = stock.one(viewers)
    writer = Writer(stock)
    return Asked(viewer, writer.document(), writer.variables, stock.rare(20))
