"""How deep a document asks: deeper ones are refused before anything is compiled."""

from collections.abc import Mapping

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode
from graphql.execution.collect_fields import FragmentDetails

MAX_DEPTH = 16
Fragments = Mapping[str, FragmentDetails]


def too_deep(operation: OperationDefinitionNode, fragments: Fragments) -> bool:
    """Whether fields are nested more than MAX_DEPTH deep; introspection, which ends by itself, is not counted."""
    known: dict[str, int] = {}
    return _depth(operation.selection_set, fragments, known) > MAX_DEPTH


def _depth(selections: SelectionSetNode, fragments: Fragments, known: dict[str, int]) -> int:
    deepest = 0
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            below = selection.selection_set
            introspects = selection.name.value.startswith("__")
            found = 1 + (_depth(below, fragments, known) if below and not introspects else 0)
        elif isinstance(selection, InlineFragmentNode):
            found = _depth(selection.selection_set, fragments, known)
        else:
            assert isinstance(selection, FragmentSpreadNode)
            found = _spread(selection.name.value, fragments, known)
        deepest = max(deepest, found)
    return deepest


def _spread(name: str, fragments: Fragments, known: dict[str, int]) -> int:
    if name not in known:
        known[name] = _depth(fragments[name].definition.selection_set, fragments, known)
    return known[name]
