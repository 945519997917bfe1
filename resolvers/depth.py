"""How much a document asks for: how deep it goes, and how wide it is, once every fragment is put in its places."""

from collections.abc import Mapping
from typing import NamedTuple

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode
from graphql.execution.collect_fields import FragmentDetails

Fragments = Mapping[str, FragmentDetails]


class Extent(NamedTuple):
    """How deep fields are nested, how many there are, and how many of them stand at the top."""

    depth: int
    fields: int
    width: int


def extent(operation: OperationDefinitionNode, fragments: Fragments) -> Extent:
    """What an operation asks for; of introspection, which ends by itself, only the root fields count.

    SECURITY: fragments that spread others twice each double the fields with every level, in a document of a few lines.
    """
    return _extent(operation.selection_set, fragments, {})


def _extent(selections: SelectionSetNode, fragments: Fragments, known: dict[str, Extent]) -> Extent:
    depth = fields = width = 0
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            found = _field(selection, fragments, known)
        elif isinstance(selection, InlineFragmentNode):
            found = _extent(selection.selection_set, fragments, known)
        else:
            assert isinstance(selection, FragmentSpreadNode)
            found = _spread(selection.name.value, fragments, known)
        depth, fields, width = max(depth, found.depth), fields + found.fields, width + found.width
    return Extent(depth, fields, width)


def _field(node: FieldNode, fragments: Fragments, known: dict[str, Extent]) -> Extent:
    if node.selection_set is None or node.name.value.startswith("__"):
        return Extent(1, 1, 1)
    below = _extent(node.selection_set, fragments, known)
    return Extent(1 + below.depth, 1 + below.fields, 1)


def _spread(name: str, fragments: Fragments, known: dict[str, Extent]) -> Extent:
    if name not in known:
        known[name] = _extent(fragments[name].definition.selection_set, fragments, known)
    return known[name]
