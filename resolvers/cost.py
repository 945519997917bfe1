"""What a request costs, worked out from the document and its page sizes before anything is planned or run.

One unit is about 3 µs of the server or the database. The cost has two parts: `planning`, for the statement that is made
of the document once, and `rows`, for what the database may have to gather for each answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.collect_fields import FragmentDetails

from resolvers.argument import Variables
from resolvers.connection import PAGE

REQUEST = 50
"""Any request at all."""
LEAF, OBJECT, PAGED = 50, 250, 500
"""To plan a value, an object or a list, and what a list with pages takes beside."""
MUTATION = 500
"""A transaction."""
COUNT, ROOT_COUNT = 20, 2_000
"""To count the rows that belong to a row, and those of a whole table."""
SEARCH = 2_000
"""To look for words."""
SHORT = 5
"""Entries of a list without pages."""
LENGTHS = {
    "__Schema.types": 100,
    "__Schema.directives": 10,
    "__Type.fields": 8,
    "__Type.inputFields": 3,
    "__Type.enumValues": 4,
    "__Type.interfaces": 1,
    "__Type.possibleTypes": 1,
    "__Field.args": 1,
    "__Directive.args": 1,
}
"""Entries of the lists of introspection, which needs no database: about half of what they are."""
COUNTED = frozenset({"totalCount", "storyCount", "responseCount", "waiting"})
MOST = 10**12
"""Whatever costs more costs this."""


class Cost(NamedTuple):
    """What a selection costs, in units."""

    planning: int
    rows: int

    @property
    def requested(self) -> int:
        """What a request costs whose document was never planned before."""
        return min(REQUEST + self.planning + self.rows, MOST)

    @property
    def known(self) -> int:
        """What a request costs whose statements are there already."""
        return min(REQUEST + self.rows, MOST)


class Place(NamedTuple):
    """Where a selection stands: its type, the size of the page around it, and whether that is a root field's."""

    type: GraphQLNamedType
    page: int = SHORT
    root: bool = False


@dataclass(slots=True)
class Weigher:
    """Weighs the selections of one operation; what @skip and @include say does not count."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDetails]
    variables: Variables
    page_max: int
    known: dict[tuple[str, int, bool], Cost] = field(default_factory=dict)

    def operation(self, node: OperationDefinitionNode) -> Cost:
        """What the whole operation costs."""
        root = self.schema.get_root_type(node.operation)
        assert root is not None
        return self._selected(node.selection_set, Place(root))

    def _selected(self, selections: SelectionSetNode, place: Place) -> Cost:
        planning = rows = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found = self._field(node, place)
            elif isinstance(node, InlineFragmentNode):
                found = self._inside(node.selection_set, node, place)
            else:
                assert isinstance(node, FragmentSpreadNode)
                found = self._spread(node.name.value, place)
            planning, rows = planning + found.planning, rows + found.rows
        return Cost(planning, rows)

    def _inside(self, selections: SelectionSetNode, fragment: Any, place: Place) -> Cost:
        condition = fragment.type_condition
        kind = place.type if condition is None else self.schema.type_map[condition.name.value]
        return self._selected(selections, place._replace(type=kind))

    def _spread(self, name: str, place: Place) -> Cost:
        """SECURITY: worked out once for each place it stands in, or fragments that double would take for ever here."""
        key = (name, place.page, place.root)
        if key not in self.known:
            fragment = self.fragments[name].definition
            self.known[key] = self._inside(fragment.selection_set, fragment, place)
        return self.known[key]

    def _field(self, node: FieldNode, place: Place) -> Cost:
        name, parent = node.name.value, place.type
        definition = self.schema.get_field(parent, name)  # type: ignore[arg-type]
        assert definition is not None, name
        kind = get_named_type(definition.type)
        hidden = kind.name.startswith("__") or parent.name.startswith("__")
        if node.selection_set is None or is_leaf_type(kind):
            return Cost(0 if hidden else LEAF, _count(name, place.root))
        paged = "first" in definition.args
        page = self._size(node) if paged else place.page
        below = self._selected(node.selection_set, Place(kind, page, place.root if not paged else _is_root(parent)))
        entries = self._entries(node, place) if is_list_type(get_nullable_type(definition.type)) else 1
        rows = entries * (1 + below.rows) + (SEARCH if self._searches(node) else 0)
        if parent.name == "Mutation":
            rows += MUTATION
        planning = 0 if hidden else below.planning + OBJECT + (PAGED if paged else 0)
        return Cost(planning, min(rows, MOST))

    def _entries(self, node: FieldNode, place: Place) -> int:
        """How many entries a list may have."""
        name, parent = node.name.value, place.type.name
        if name in ("nodes", "edges") and parent.endswith("Connection"):
            return place.page
        for argument in node.arguments or ():
            if argument.name.value == "ids":
                return len(argument.value.values) if isinstance(argument.value, ListValueNode) else self.page_max
        return LENGTHS.get(f"{parent}.{name}", SHORT)

    def _size(self, node: FieldNode) -> int:
        """How many entries a page may have; sizes that make no page are refused elsewhere."""
        given = {argument.name.value: self._value(argument.value) for argument in node.arguments or ()}
        sizes = [given[name] for name in ("first", "last") if isinstance(given.get(name), int)]
        return min(max([0, *sizes]) if sizes else PAGE, self.page_max)

    def _searches(self, node: FieldNode) -> bool:
        for argument in node.arguments or ():
            if argument.name.value == "search" and self._value(argument.value) is not None:
                return True
            if argument.name.value == "filter" and self._filters_words(argument.value):
                return True
        return False

    def _filters_words(self, value: ValueNode) -> bool:
        if isinstance(value, ObjectValueNode):
            return any(f.name.value == "search" and self._value(f.value) is not None for f in value.fields)
        given = self._value(value)
        return isinstance(given, dict) and given.get("search") is not None

    def _value(self, value: ValueNode) -> Any:
        """The value of an argument: exact for numbers and variables, None for null, the node itself for any other."""
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            return self.variables.get(value.name.value)
        return None if isinstance(value, NullValueNode) else value


def _is_root(parent: GraphQLNamedType) -> bool:
    return parent.name in ("Query", "Subscription")


def _count(name: str, root: bool) -> int:
    if name not in COUNTED:
        return 0
    return ROOT_COUNT if root and name == "totalCount" else COUNT
