"""Documents: parsed and validated once, by their text."""

from collections.abc import Callable

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
from resolvers.cost import Cost, Weigher
from resolvers.depth import extent
from resolvers.error import bad_input
from resolvers.limit import Limits, too_complex

MAX_ERRORS = 10
SHAPES = 64
LONG = 20_000
"""Documents of more characters are read anew for each request, so that they take no memory."""
KEPT_BYTES = 20_000_000
"""How much memory documents take that were read, about."""
BYTES_EACH, BYTES_A_CHARACTER = 40_000, 250
"""What a document takes that was read (measured)."""


class Refused(Exception):
    """A request that is not executed; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("refused")
        self.errors = errors


class Streamed(Exception):
    """A subscription where one answer was asked for."""


class Operation:
    """One operation of a valid document, with what is compiled of it."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode, characters: int
    ) -> None:
        self.schema, self.document, self.node = schema, document, node
        self.kept = characters <= LONG
        """Whether it is remembered, with what is compiled of it."""
        self.size = BYTES_EACH + BYTES_A_CHARACTER * characters
        """How much memory it takes, about."""
        self.is_query = node.operation is OperationType.QUERY
        self.is_subscription = node.operation is OperationType.SUBSCRIPTION
        definitions = document.definitions
        self.fragments = {
            d.name.value: FragmentDetails(d) for d in definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.shape = shape_of(schema, document, node)
        self.costs: Cache[object, Cost] = Cache(SHAPES)

    def variables(self, given: dict[str, object]) -> VariableValues:
        """The coerced variables; raises Refused where they don't fit their types."""
        if not self.node.variable_definitions:
            return NO_VARIABLES
        found = get_variable_values(self.schema, self.node.variable_definitions, given, MAX_ERRORS)
        if isinstance(found, list):
            raise Refused([with_code(error, "BAD_USER_INPUT") for error in found])
        return found

    def cost(self, shape: object, values: VariableValues, page_max: int) -> Cost:
        """What a request costs whose variables have this shape."""

        def weigh() -> Cost:
            return Weigher(self.schema, self.fragments, values.coerced, page_max).operation(self.node)

        return self.costs.get(shape, weigh)

    def roots(self, values: VariableValues) -> list[Selected]:
        """The root fields that are selected, in the order of the document."""
        root = self.schema.get_root_type(self.node.operation)
        assert root is not None
        found = collect_fields(self.schema, self.fragments, values, root, self.node).grouped_field_set
        return [Selected(root.name, details[0].node.name.value, key, (key,), details) for key, details in found.items()]


NO_VARIABLES = VariableValues({}, {})
ABORTED = "Validation aborted."
"""What graphql-core says of a document whose fields it would have to compare too often."""
Charge = Callable[[int], None]


def free(_: int) -> None:
    """Charges nothing."""


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """The same error, with a code unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


class Documents:
    """Valid documents by their text; the most recently used ones are kept, in at most `size` bytes."""

    def __init__(self, schema: GraphQLSchema, size: int = KEPT_BYTES, limits: Limits = Limits()) -> None:  # noqa: B008
        self._schema, self._limits = schema, limits
        self._known: Cache[tuple[str, str | None], Operation] = Cache(size, lambda operation: operation.size)

    def operation(self, text: str, name: str | None, charge: Charge = free) -> Operation:
        """The operation to run; raises Refused for a text that is no valid document.

        A text that has to be read first is charged for, by its length: `charge` raises where that is too much.
        """

        def read() -> Operation:
            if len(text) > self._limits.length:
                raise Refused([too_complex(f"The document is longer than {self._limits.length} characters.")])
            charge(len(text))
            return self._read(text, name)

        return read() if len(text) > LONG else self._known.get((text, name), read)

    def _read(self, text: str, name: str | None) -> Operation:
        try:
            operation = self._valid(text, name)
            self._check(operation)
        except GraphQLError as error:
            raise Refused([with_code(error, "GRAPHQL_PARSE_FAILED")]) from None
        except RecursionError:
            raise Refused([too_complex("The document is nested too deeply.")]) from None
        return operation

    def _valid(self, text: str, name: str | None) -> Operation:
        document = parse(text, max_tokens=self._limits.tokens)
        self._limits.check_written(document)
        errors = validate(self._schema, document, max_errors=MAX_ERRORS)
        if any(error.message == ABORTED for error in errors):
            raise too_complex("The document repeats too many fields.")
        if errors:
            raise Refused([with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        return Operation(self._schema, document, _chosen(document, name), len(text))

    def _check(self, operation: Operation) -> None:
        depth, fields, width = extent(operation.node, operation.fragments)
        if depth > self._limits.depth:
            raise too_complex(f"The document is nested deeper than {self._limits.depth} fields.")
        if fields > self._limits.fields:
            raise too_complex(f"The document selects more than {self._limits.fields} fields.")
        if width > self._limits.roots:
            raise too_complex(f"The operation selects more than {self._limits.roots} root fields.")


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is not None:
        operations = [d for d in operations if d.name and d.name.value == name]
    if len(operations) != 1:
        asked = "There is no operation of that name." if name else "Say with `operationName` which operation to run."
        raise Refused([bad_input(asked)])
    return operations[0]
