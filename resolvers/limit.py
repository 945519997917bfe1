"""Limits of documents: what asks for too much is refused before it is validated, planned or run."""

from dataclasses import dataclass

from graphql import DocumentNode, FieldNode, GraphQLError, Node
from graphql.validation.rules import overlapping_fields_can_be_merged

from policies.viewer import Anonymous, Viewer
from resolvers.error import coded

# SECURITY: validation compares fields of the same name with each other, so that repeating them costs its square.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 30_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a document may have; `cost` and `member_cost` are in units of `resolvers.cost`."""

    length: int = 200_000
    tokens: int = 5_000
    aliases: int = 100
    directives: int = 50
    depth: int = 16
    roots: int = 20
    fields: int = 2_000
    cost: int = 40_000
    member_cost: int = 60_000

    def maximum(self, viewer: Viewer) -> int:
        """What one request of this viewer may cost."""
        return self.cost if isinstance(viewer, Anonymous) else self.member_cost

    def check_written(self, document: DocumentNode) -> None:
        """Raises TOO_COMPLEX for more aliases or directives than a document may have."""
        aliases, directives = _written(document)
        if aliases > self.aliases:
            raise too_complex(f"The document has more than {self.aliases} aliases.")
        if directives > self.directives:
            raise too_complex(f"The document has more than {self.directives} directives.")


def too_complex(message: str) -> GraphQLError:
    """The error of whatever asks for too much."""
    return coded("TOO_COMPLEX", message)


def _written(document: DocumentNode) -> tuple[int, int]:
    """How many aliases and directives are written in a document; what fragments repeat is counted as fields."""
    aliases = directives = 0
    waiting: list[Node] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        directives += len(getattr(node, "directives", None) or ())
        aliases += isinstance(node, FieldNode) and node.alias is not None
        waiting += getattr(node, "variable_definitions", None) or ()
        below = getattr(node, "selection_set", None)
        if below is not None:
            waiting += below.selections
    return aliases, directives
