"""The parts of an operation: its root fields, compiled for a kind of viewer, each to what answers it."""

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, SelectionSetNode, execute_sync
from graphql.execution.values import VariableValues

from models.watch import WATCHED
from policies.compare.shadow import Seen
from policies.viewer import Anonymous, Viewer
from resolvers.answer import Draft
from resolvers.build import Build, Question, Selected
from resolvers.error import forbidden
from resolvers.live.root import LIVE, SUBSCRIPTION
from resolvers.root import ROOTS
from resolvers.statement import Statement, compiled

ELSEWHERE = frozenset({"access", "privacyNotice", "site"})
"""Root fields that are answered from the policies or the request, without a statement of the planner's."""
BYTES_EACH = 3_000
"""What a compiled root field takes beside its statement."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A root field that can't be answered with these arguments, or not for this kind of viewer."""

    selected: Selected
    error: GraphQLError


@dataclass(frozen=True, slots=True)
class InMemory:
    """A root field that is not planned: introspection, `__typename`, `access`, `privacyNotice`, `site`."""

    selected: Selected
    question: Question


Part = Statement | Failed | InMemory


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation compiled for one kind of viewer and one shape of its variables."""

    parts: list[Part]
    document: int
    """What the document takes, which lives as long as its plans."""
    seen: tuple[Seen, ...] = ()
    """What a shadow would decide in another way about it."""

    @property
    def size(self) -> int:
        """How much memory it takes, about, in bytes."""
        sizes = [part.size for part in self.parts if isinstance(part, Statement)]
        return self.document + sum(sizes) + BYTES_EACH * len(self.parts)


def public(parts: list[Part], viewer: Viewer, draft: Draft) -> frozenset[str] | None:
    """The tables on which alone an answer depends that is everybody's; None for any other answer."""
    # SECURITY: whoever showed credentials has answers of their own, and so has who was denied something.
    if type(viewer) is not Anonymous or draft.errors or draft.denied or draft.masked or draft.cost:
        return None
    tables: frozenset[str] = frozenset()
    for part in parts:
        if isinstance(part, Statement) and part.tables is not None:
            tables |= part.tables
        elif not (isinstance(part, InMemory) and part.selected.name.startswith("__")):
            return None
    return tables if tables <= WATCHED else None


def part_of(question: Question, selected: Selected) -> Part:
    """Compiles one root field."""
    if selected.name.startswith("__"):
        return InMemory(selected, question)
    build = Build(question)
    try:
        # SECURITY: root fields have rules of their own, before anything of them is planned.
        if not question.plan.may_call(selected.parent, selected.name):
            raise forbidden(question.plan.denial(selected.parent, selected.name))
        if selected.name in ELSEWHERE:
            return InMemory(selected, question)
        roots = LIVE if selected.parent == SUBSCRIPTION else ROOTS
        return compiled(build, selected, roots[selected.name](build, selected))
    except GraphQLError as error:
        return Failed(selected, error)


def in_memory(part: InMemory, values: VariableValues) -> bytes:
    """`__schema`, `__type` and `__typename`: answered from the schema by graphql-core."""
    question, selected = part.question, part.selected
    nodes = tuple(details.node for details in selected.details)
    operation = OperationDefinitionNode(
        operation=question.operation.operation,
        variable_definitions=question.operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=nodes),
    )
    fragments = [details.definition for details in question.fragments.values()]
    document = DocumentNode(definitions=(operation, *fragments))
    given: dict[str, Any] = {name: source.value for name, source in values.sources.items()}
    result = execute_sync(question.schema, document, variable_values=given)
    assert result.data is not None, result.errors
    return orjson.dumps(result.data[selected.key])
