"""Fields that an operation may select once: each alias of a sign-in would be one more guess of a password."""

from collections.abc import Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

ONCE = frozenset({"signIn"})
Fragments = Mapping[str, FragmentDefinitionNode]


def repeated(document: DocumentNode) -> list[GraphQLError]:
    """An error for each field that may be selected once and that an operation selects more often.

    Aliases, inline fragments and every spread of a fragment count, whatever @skip and @include say.
    """
    definitions = document.definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
    return [error for operation in operations for error in _repeated(operation, fragments)]


def _repeated(operation: OperationDefinitionNode, fragments: Fragments) -> Iterator[GraphQLError]:
    selected: dict[str, list[FieldNode]] = {}
    for node in _fields(operation.selection_set, fragments):
        selected.setdefault(node.name.value, []).append(node)
    for name, nodes in selected.items():
        # SECURITY: one request is one attempt, so that attempts can be counted by requests.
        if len(nodes) > 1:
            message = f"An operation may select '{name}' only once."
            yield GraphQLError(message, nodes, extensions={"code": "GRAPHQL_VALIDATION_FAILED"})


def _fields(
    selections: SelectionSetNode, fragments: Fragments, inside: tuple[str, ...] = ()
) -> Iterator[FieldNode]:
    for node in selections.selections:
        match node:
            case FieldNode() if node.name.value in ONCE:
                yield node
            case InlineFragmentNode():
                yield from _fields(node.selection_set, fragments, inside)
            case FragmentSpreadNode() if node.name.value in fragments and node.name.value not in inside:
                name = node.name.value
                yield from _fields(fragments[name].selection_set, fragments, (*inside, name))
