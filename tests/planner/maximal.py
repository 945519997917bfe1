"""Documents that ask for everything: every field of every type that a root field leads to, down to some depth."""

from functools import cache

from graphql import GraphQLSchema, get_named_type, is_interface_type, is_leaf_type, is_required_argument

from schema.api import core


@cache
def _schema() -> GraphQLSchema:
    return core()


def everything(type_name: str, depth: int) -> str:
    """A selection set with all fields of a type; objects are entered `depth` times, fields with required arguments never."""
    kind = _schema().type_map[type_name]
    if is_interface_type(kind):
        possible = sorted(found.name for found in _schema().get_possible_types(kind))
        return (
            "{ __typename " + " ".join(f"... on {name} {_fields(name, depth, f'{name}_')}" for name in possible) + " }"
        )
    return _fields(type_name, depth)


def _fields(type_name: str, depth: int, prefix: str = "") -> str:
    parts = ["__typename"]
    for name, field in _schema().type_map[type_name].fields.items():  # type: ignore[union-attr]
        below = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        alias = f"{prefix}{name}: " if prefix else ""
        if is_leaf_type(below):
            parts.append(f"{alias}{name}")
        elif depth > 0:
            parts.append(f"{alias}{name} {everything(below.name, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


def root(field: str, arguments: str, depth: int, key: str = "") -> str:
    """A root field with everything below it."""
    query = _schema().query_type
    assert query is not None
    kind = get_named_type(query.fields[field].type)
    return f"{key + ': ' if key else ''}{field}{arguments} {everything(kind.name, depth)}"
