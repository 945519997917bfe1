"""Execution by graphql-core, for what is no planned query: mutations."""

from collections.abc import Iterator
from typing import Any

from graphql.pyutils import AwaitableOrValue
from orjson import Fragment
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class PlannedExecutionContext(StrawberryGraphQLCoreExecutionContext):
    """Lets JSON that a plan has already made pass through as it is."""

    def complete_value(self, *arguments: Any, **named: Any) -> AwaitableOrValue[Any]:
        """The value itself where it is a Fragment; graphql-core's answer for any other."""
        result = named["result"] if "result" in named else arguments[4]
        if type(result) is Fragment:
            return result
        return super().complete_value(*arguments, **named)


class ReadDocument(SchemaExtension):
    """Takes the document that was parsed and validated already, before it was decided who answers it."""

    def on_operation(self) -> Iterator[None]:
        """Nothing is left to be read or to be found wrong."""
        document = self.execution_context.context.document
        if document is not None:
            self.execution_context.graphql_document = document
            self.execution_context.pre_execution_errors = []
        yield
