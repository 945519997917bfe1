"""Documents: parsed and validated once, then compiled once for each kind of viewer and shape of variables."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.argument import shape_of, wrapped
from resolvers.build import Build, Question, Selected, selected_roots
from resolvers.error import bad_input, coded
from resolvers.root import ROOTS
from resolvers.statement import Statement, compiled

MAX_TOKENS = 5000
MAX_ERRORS = 10
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Refused(Exception):
    """A request that is not executed; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("refused")
        self.errors = errors


class Cache(Generic[K, V]):
    """The most recently used entries, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The entry, made first where there is none; what raises is not kept."""
        try:
            found = self._entries[key]
            self._entries.move_to_end(key)
        except KeyError:
            found = self._entries[key] = make()
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Failed:
    """A root field that can't be answered with these arguments, or not for this kind of viewer."""

    selected: Selected
    error: GraphQLError


Part = Statement | Failed | Selected


@dataclass(slots=True)
class Operation:
    """One operation of a valid document."""

    schema: GraphQLSchema
    document: DocumentNode
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails] = field(init=False)
    shape: Callable[[Any], tuple[Any, ...]] = field(init=False)
    parts: Cache[Any, list[Part]] = field(init=False)

    def __post_init__(self) -> None:
        definitions = self.document.definitions
        self.fragments = {
            d.name.value: FragmentDetails(d) for d in definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.shape = shape_of(self.schema, self.document, self.node)
        self.parts = Cache(64)

    @property
    def is_query(self) -> bool:
        return self.node.operation is OperationType.QUERY

    def variables(self, given: dict[str, Any]) -> VariableValues:
        """The coerced variables; raises Refused where they don't fit their types."""
        if not self.node.variable_definitions:
            return NO_VARIABLES
        found = get_variable_values(self.schema, self.node.variable_definitions, given, MAX_ERRORS)
        if isinstance(found, list):
            raise Refused([_with_code(error, "BAD_USER_INPUT") for error in found])
        return found

    def compiled(self, question: Callable[["Operation", VariableValues, VariableValues], Question],
                 kind: Hashable, values: VariableValues) -> list[Part]:
        """The parts of the answer: a statement for each root field that is planned."""
        key = (kind, self.shape(values.coerced))
        return self.parts.get(key, lambda: self._compile(question(self, values, wrapped(values))))

    def _compile(self, question: Question) -> list[Part]:
        return [_part(question, selected) for selected in self.roots(question.values)]

    def roots(self, values: VariableValues) -> list[Selected]:
        """The root fields that are selected."""
        root = self.schema.query_type
        assert root is not None
        found = collect_fields(self.schema, self.fragments, values, root, self.node).grouped_field_set
        return list(selected_roots(root.name, found))


NO_VARIABLES = VariableValues({}, {})


def _part(question: Question, selected: Selected) -> Part:
    if selected.name not in ROOTS:
        return selected
    build = Build(question)
    try:
        if build.plan.action("Query", "call", selected.name).is_false:
            return Failed(selected, coded("FORBIDDEN", build.plan.denial("Query", selected.name)))
        return compiled(build, selected.key, ROOTS[selected.name](build, selected))
    except GraphQLError as error:
        return Failed(selected, error)


def _with_code(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


class Documents:
    """Valid documents by their text."""

    def __init__(self, schema: GraphQLSchema, size: int = 1000) -> None:
        self._schema = schema
        self._known: Cache[tuple[str, str | None], Operation] = Cache(size)

    def operation(self, text: str, name: str | None) -> Operation:
        """The operation to run; raises Refused for a text that is no valid document."""
        return self._known.get((text, name), lambda: self._read(text, name))

    def _read(self, text: str, name: str | None) -> Operation:
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLError as error:
            raise Refused([_with_code(error, "GRAPHQL_PARSE_FAILED")]) from None
        except RecursionError:
            raise Refused([coded("TOO_COMPLEX", "The document is nested too deeply.")]) from None
        errors = validate(self._schema, document, max_errors=MAX_ERRORS)
        if errors:
            raise Refused([_with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        return Operation(self._schema, document, _chosen(document, name))


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is not None:
        operations = [d for d in operations if d.name and d.name.value == name]
    if len(operations) != 1:
        asked = f"There is no operation named '{name}'." if name else "Say with `operationName` which operation to run."
        raise Refused([bad_input(asked)])
    return operations[0]
