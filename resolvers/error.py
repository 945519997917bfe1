"""The errors of the API, each with its code."""

from collections.abc import Collection
from typing import Any

from graphql import GraphQLError, Node


def coded(code: str, message: str, nodes: Collection[Node] | Node | None = None, **extra: Any) -> GraphQLError:
    """A GraphQL error with `extensions.code` (one of the codes in the schema's documentation)."""
    return GraphQLError(message, nodes, extensions={"code": code, **extra})


def bad_input(message: str, nodes: Collection[Node] | Node | None = None) -> GraphQLError:
    """What the client sent can't be used; the message says what to mend."""
    return coded("BAD_USER_INPUT", message, nodes)


def forbidden(reason: str, nodes: Collection[Node] | Node | None = None) -> GraphQLError:
    """The policies say no; `reason` names the promise."""
    return coded("FORBIDDEN", f"You may not read this: {reason}", nodes, reason=reason)
