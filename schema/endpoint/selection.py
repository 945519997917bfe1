"""What a mutation selects: checked before any of it runs."""

from collections.abc import Callable, Iterator, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

ONCE = frozenset(
    {
        "signIn",
        "startSecondFactor",
        "confirmSecondFactor",
        "removeSecondFactor",
        "verifyEmail",
        "register",
        "requestPasswordReset",
        "resetPassword",
        "changePassword",
        "eraseAccount",
        "complain",
        "requestDisclosure",
    }
)
Fragments = Mapping[str, FragmentDefinitionNode]


def root_fields(operation: OperationDefinitionNode, fragments: Fragments) -> dict[str, list[FieldNode]]:
    """The root fields by name, each as often as it is selected.

    Aliases, inline fragments and every spread of a fragment count, whatever @skip and @include say.
    """
    found: dict[str, list[FieldNode]] = {}
    for node in _fields(operation.selection_set, fragments, ()):
        found.setdefault(node.name.value, []).append(node)
    return found


def refused(selected: Mapping[str, list[FieldNode]], denial: Callable[[str], str | None]) -> Iterator[GraphQLError]:
    """An error for each field that may not be called, for which `denial` has a reason, or not more than once."""
    for name, nodes in selected.items():
        reason = None if name.startswith("__") else denial(name)
        if reason is not None:
            extensions = {"code": "FORBIDDEN", "reason": reason}
            yield GraphQLError(f"You may not do this: {reason}", nodes, extensions=extensions)
        # SECURITY: what costs a hash, a mail or an attempt happens once a request, whatever aliases it has.
        elif name in ONCE and len(nodes) > 1:
            message = f"An operation may select '{name}' only once."
            yield GraphQLError(message, nodes, extensions={"code": "GRAPHQL_VALIDATION_FAILED"})


def _fields(selections: SelectionSetNode, fragments: Fragments, inside: tuple[str, ...]) -> Iterator[FieldNode]:
    for node in selections.selections:
        match node:
            case FieldNode():
                yield node
            case InlineFragmentNode():
                yield from _fields(node.selection_set, fragments, inside)
            case FragmentSpreadNode() if node.name.value in fragments and node.name.value not in inside:
                name = node.name.value
                yield from _fields(fragments[name].selection_set, fragments, (*inside, name))
