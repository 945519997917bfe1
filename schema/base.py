"""What every declaration shares: planned fields, described enums, the Node interface."""

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, cast

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.enum import WithStrawberryEnumDefinition

from schema.context import Info


class Planning(FieldExtension):
    """Hands a field with its whole sub-selection to the planner of the request."""

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        return info.context.planner.resolve(info._raw_info)


def planned(description: str) -> Callable[[Callable[..., Any]], Any]:
    """Declares a field by the signature of a function whose body never runs: the planner answers it."""
    return lambda signature: strawberry.field(signature, description=description, extensions=[Planning()])


def resolved(description: str) -> Callable[[Callable[..., Any]], Any]:
    """Declares a field of a payload by the function that answers it."""
    return lambda resolver: strawberry.field(resolver, description=description)


def describe(kind: type[StrEnum], values: Mapping[Any, str]) -> None:
    """Makes an enum a GraphQL enum: described by its docstring, its values by `values`.

    Raises KeyError where a value is not described.
    """
    strawberry.enum(kind, description=inspect.getdoc(kind))
    definition = cast(WithStrawberryEnumDefinition, kind).__strawberry_definition__
    for value in definition.values:
        value.description = values[kind(value.value)]


@strawberry.interface(description="Anything with an id of its own, which `node` finds again.")
class Node:
    """A row with a global id."""

    id: strawberry.ID = strawberry.field(
        description="The global id, unique over the whole API and for good. Treat it as opaque."
    )


Identity = Annotated[
    strawberry.ID | None,
    strawberry.argument(name="id", description="Its global id, as another query gave it."),
]
Slug = Annotated[str | None, strawberry.argument(description="The last part of its public page's address.")]
OdsCode = Annotated[str | None, strawberry.argument(description="Its code from the NHS Organisation Data Service.")]
