"""The state of one statement while it is built: selection, access plan, parameters and sites."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from sqlalchemy import ColumnElement, Enum, bindparam, literal
from sqlalchemy.types import TypeEngine

from models.secret import Keyring
from policies.plan import AccessPlan
from policies.viewer import Viewer
from resolvers.argument import Variables, getter, plain
from resolvers.error import bad_input
from resolvers.operator import NOBODY, Operator
from resolvers.site import Path, Sites

Parameter = Callable[[Variables, Viewer], Any]


def storable(text: str) -> str:
    """The text, if PostgreSQL can hold it; raises BAD_USER_INPUT for U+0000 and lone surrogates."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_input("A text holds a character that no text has.")
    return text


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Selected:
    """One selected field: where it stands in the answer, and its nodes in the document."""

    parent: str
    name: str
    key: str
    path: Path
    details: list[FieldDetails]

    @property
    def node(self) -> FieldNode:
        return self.details[0].node

    def below(self, *steps: str | None) -> Path:
        """A path under this field; None stands for a position in a list."""
        return (*self.path, *steps)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by which kind of viewer: everything that a statement depends on."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    values: VariableValues
    leaves: VariableValues
    plan: AccessPlan
    keyring: Keyring
    address: str
    page_max: int
    moderation_hours: int
    operator: Operator = NOBODY


@dataclass(slots=True)
class Build:
    """Collects the parameters and sites of the statement that answers one root field."""

    question: Question
    sites: Sites = field(default_factory=Sites)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    personal: bool = False
    """Whether the answer says something of the viewer, so that it is theirs alone."""

    @property
    def plan(self) -> AccessPlan:
        return self.question.plan

    def type(self, name: str) -> GraphQLObjectType:
        found = self.question.schema.get_type(name)
        assert isinstance(found, GraphQLObjectType), name
        return found

    def arguments(self, selected: Selected) -> dict[str, Any]:
        """The field's arguments; values that came from variables are `Leaf`s."""
        definition = self.type(selected.parent).fields[selected.name]
        return get_argument_values(definition, selected.node, self.question.leaves)

    def subfields(self, selected: Selected, type_name: str, path: Path) -> list[Selected]:
        """What is selected of an object of `type_name` under a field, merged by response key."""
        q = self.question
        found = collect_subfields(
            q.schema, q.fragments, q.values, q.operation, self.type(type_name), selected.details
        ).grouped_field_set
        return [
            Selected(type_name, details[0].node.name.value, key, (*path, key), details)
            for key, details in found.items()
        ]

    def parameter(
        self, argument: Any, type_: TypeEngine[Any], convert: Callable[[Any], Any] | None = None
    ) -> ColumnElement[Any]:
        """A parameter that takes its value from an argument, in this request and in later ones.

        Enum values are part of a request's shape (see `shape_of`), so they stand in the statement's text.
        """
        if isinstance(type_, Enum):
            return literal(plain(argument), type_, literal_execute=True)
        get, read = getter(argument), convert or _storable
        read(plain(argument))
        return self.computed(lambda variables, _viewer: read(get(variables)), type_, personal=False)

    def computed(self, get: Parameter, type_: TypeEngine[Any], *, personal: bool = True) -> ColumnElement[Any]:
        """A parameter that is worked out of the request; of the viewer too, unless it is said to be not `personal`."""
        self.personal |= personal
        name = f"p{len(self.parameters)}"
        self.parameters[name] = get
        return bindparam(name, type_=type_)
