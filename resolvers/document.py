"""Documents: parsed and validated once, by their text."""

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

from resolvers.argument import shape_of
from resolvers.build import Selected
from resolvers.cache import Cache
from resolvers.depth import MAX_DEPTH, MAX_FIELDS, extent
from resolvers.error import bad_input, coded

MAX_TOKENS = 5000
MAX_ERRORS = 10
SHAPES = 64
LONG = 20_000
"""Documents of more characters are read anew for each request, so that they take no memory."""


class Refused(Exception):
    """A request that is not executed; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("refused")
        self.errors = errors


class Streamed(Exception):
    """A subscription where one answer was asked for."""


class Operation:
    """One operation of a valid document, with what is compiled of it."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self.schema, self.document, self.node = schema, document, node
        self.is_query = node.operation is OperationType.QUERY
        self.is_subscription = node.operation is OperationType.SUBSCRIPTION
        definitions = document.definitions
        self.fragments = {
            d.name.value: FragmentDetails(d) for d in definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.shape = shape_of(schema, document, node)
        self.compiled: Cache[object, list[object]] = Cache(SHAPES)

    def variables(self, given: dict[str, object]) -> VariableValues:
        """The coerced variables; raises Refused where they don't fit their types."""
        if not self.node.variable_definitions:
            return NO_VARIABLES
        found = get_variable_values(self.schema, self.node.variable_definitions, given, MAX_ERRORS)
        if isinstance(found, list):
            raise Refused([with_code(error, "BAD_USER_INPUT") for error in found])
        return found

    def roots(self, values: VariableValues) -> list[Selected]:
        """The root fields that are selected, in the order of the document."""
        root = self.schema.get_root_type(self.node.operation)
        assert root is not None
        found = collect_fields(self.schema, self.fragments, values, root, self.node).grouped_field_set
        return [Selected(root.name, details[0].node.name.value, key, (key,), details) for key, details in found.items()]


NO_VARIABLES = VariableValues({}, {})


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """The same error, with a code unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


class Documents:
    """Valid documents by their text; the most recently used ones are kept."""

    def __init__(self, schema: GraphQLSchema, size: int = 1000) -> None:
        self._schema = schema
        self._known: Cache[tuple[str, str | None], Operation] = Cache(size)

    def operation(self, text: str, name: str | None) -> Operation:
        """The operation to run; raises Refused for a text that is no valid document."""
        if len(text) > LONG:
            return self._read(text, name)
        return self._known.get((text, name), lambda: self._read(text, name))

    def _read(self, text: str, name: str | None) -> Operation:
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
            errors = validate(self._schema, document, max_errors=MAX_ERRORS)
        except GraphQLError as error:
            raise Refused([with_code(error, "GRAPHQL_PARSE_FAILED")]) from None
        except RecursionError:
            raise Refused([coded("TOO_COMPLEX", "The document is nested too deeply.")]) from None
        if errors:
            raise Refused([with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        operation = Operation(self._schema, document, _chosen(document, name))
        depth, fields = extent(operation.node, operation.fragments)
        if depth > MAX_DEPTH:
            raise Refused([coded("TOO_COMPLEX", f"The document is nested deeper than {MAX_DEPTH} fields.")])
        if fields > MAX_FIELDS:
            raise Refused([coded("TOO_COMPLEX", f"The document selects more than {MAX_FIELDS} fields.")])
        return operation


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is not None:
        operations = [d for d in operations if d.name and d.name.value == name]
    if len(operations) != 1:
        asked = "There is no operation of that name." if name else "Say with `operationName` which operation to run."
        raise Refused([bad_input(asked)])
    return operations[0]
