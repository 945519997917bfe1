"""Arguments: which of them shape a statement, and how the others reach it as parameters.

A statement is compiled once for each *shape* of the variables: which are null, and the values of those that the SQL
text depends on (booleans, enums, page sizes, the type in a global id). All other values are parameters. To know where
a value came from, the variables are wrapped in `Leaf`s before graphql-core puts them into the arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
    visit,
)
from graphql.execution.values import VariableValues

PAGE_SIZES = frozenset({"first", "last"})
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of this request that came from a variable, and the way to find it in the next request."""

    value: Any
    variable: str
    path: tuple[str, ...]

    def __call__(self, variables: Variables) -> Any:
        found: Any = variables[self.variable]
        for step in self.path:
            found = found[step]
        return found


def plain(argument: Any) -> Any:
    """The value itself, whether it was written in the document or came from a variable."""
    if isinstance(argument, list):
        return [plain(part) for part in argument]
    return argument.value if isinstance(argument, Leaf) else argument


def getter(argument: Any) -> Callable[[Variables], Any]:
    """How to find the argument's value in any request of the same shape."""
    if isinstance(argument, list):
        parts = [getter(part) for part in argument]
        return lambda variables: [part(variables) for part in parts]
    return argument if isinstance(argument, Leaf) else lambda _variables: argument


def wrapped(values: VariableValues) -> VariableValues:
    """The same variables with each scalar or list value in a `Leaf`; nulls and objects stay as they are."""
    leaves = {name: _wrap(value, name, ()) for name, value in values.coerced.items()}
    return VariableValues(values.sources, leaves)


def _wrap(value: Any, name: str, path: tuple[str, ...]) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: _wrap(part, name, (*path, key)) for key, part in value.items()}
    return Leaf(value, name, path)


class _PageSizeVariables(Visitor):
    """Collects the variables that are given as `first` or `last`."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        for argument in node.arguments or ():
            if argument.name.value in PAGE_SIZES and isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


Shape = Callable[[Any], Any]


def shape_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Callable[[Variables], tuple[Any, ...]]:
    """A function from variables to the key under which their compiled statements are found."""
    if not operation.variable_definitions:
        return lambda _variables: ()
    sizes = _PageSizeVariables()
    visit(document, TypeInfoVisitor(TypeInfo(schema), sizes))
    shapes: list[tuple[str, Shape]] = []
    for definition in operation.variable_definitions:
        name = definition.variable.name.value
        kind = type_from_ast(schema, definition.type)
        shapes.append((name, _same if name in sizes.names else _shape(kind)))  # type: ignore[arg-type]
    return lambda variables: tuple(shape(variables[name]) if name in variables else ... for name, shape in shapes)


def _same(value: Any) -> Any:
    return value


def _presence(value: Any) -> Any:
    return value is not None


def _type_in_id(value: Any) -> Any:
    return value.partition(":")[0][:32] if isinstance(value, str) else value is not None


def _shape(kind: GraphQLInputType) -> Shape:
    if is_non_null_type(kind):
        return _shape(kind.of_type)
    if is_list_type(kind):
        return _presence
    named = get_named_type(kind)
    if is_input_object_type(named):
        return _object_shape
    if is_enum_type(named) or named.name == "Boolean":
        return _same
    return _type_in_id if named.name == "ID" else _presence


def _object_shape(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((key, _object_shape(part)) for key, part in value.items())
    return value if isinstance(value, Enum | bool) or value is None else True
