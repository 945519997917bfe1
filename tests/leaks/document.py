"""Documents that ask for everything: all fields of every type, down to some depth, as fragments."""

import re
from functools import cache

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_object_type

from schema.api import core

SPREAD = re.compile(r"\.\.\.([A-Za-z]+)_(\d)")
PAGES = re.compile(r"(Connection|Edge)$")


def complete(operation: str) -> str:
    """The document of an operation that spreads `...Type_depth`, with these fragments."""
    found: dict[tuple[str, str], str] = {}
    wanted = SPREAD.findall(operation)
    while wanted:
        spread = wanted.pop()
        if spread not in found:
            found[spread] = _fields(spread[0], int(spread[1]))
            wanted += SPREAD.findall(found[spread])
    parts = [f"fragment {name}_{depth} on {name} {{ {text} }}" for (name, depth), text in found.items()]
    return "\n".join([operation, *parts])


@cache
def object_type(name: str) -> GraphQLObjectType:
    """A type of the schema by its name."""
    found = core().type_map[name]
    assert is_object_type(found)
    return found


def object_types() -> list[str]:
    """The names of all object types but those of introspection."""
    return [name for name, kind in core().type_map.items() if is_object_type(kind) and not name.startswith("__")]


def _fields(type_name: str, depth: int) -> str:
    fields = object_type(type_name).fields.items()
    return " ".join(["__typename", *(_field(type_name, name, declared, depth) for name, declared in fields)])


def _field(parent: str, name: str, declared: GraphQLField, depth: int) -> str:
    kind = get_named_type(declared.type)
    if is_leaf_type(kind):
        return name
    if name == "edges":
        return "edges { cursor }"
    # A page is no row: what is on it lies no deeper.
    left = depth if PAGES.search(parent) else depth - 1
    pages = "(first: 100)" if "first" in declared.args else ""
    return f"{name}{pages} {{ ...{kind.name}_{left} }}" if left >= 0 else ""
