"""The API as one GraphQL schema."""

from collections.abc import Mapping
from functools import cache

import strawberry
from graphql import GraphQLSchema, is_non_null_type, is_object_type, print_schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

import schema.region  # noqa: F401
from schema.mutation import Mutation
from schema.query import Query
from schema.scalar import SCALARS
from schema.subscription import Subscription


@cache
def build(
    execution_context: type[StrawberryGraphQLCoreExecutionContext] | None = None, *extensions: type[SchemaExtension]
) -> strawberry.Schema:
    """The schema; `execution_context` is graphql-core's, for an executor that passes planned JSON through."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        execution_context_class=execution_context,
        extensions=extensions,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def core(built: strawberry.Schema | None = None) -> GraphQLSchema:
    """The same schema as graphql-core sees it: what the planner reads."""
    return (built or build())._schema


def sdl() -> str:
    """The schema in GraphQL's own language."""
    return print_schema(core()) + "\n"


def fields() -> Mapping[str, Mapping[str, bool]]:
    """The fields of each object type, and whether each can be null: what the policies must name."""
    return {
        name: {field: not is_non_null_type(declared.type) for field, declared in kind.fields.items()}
        for name, kind in core().type_map.items()
        if is_object_type(kind) and not name.startswith("__")
    }
