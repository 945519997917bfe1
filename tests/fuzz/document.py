"""Documents over the whole schema, of which some are broken on purpose."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputType,
    get_named_type,
    is_enum_type,
    is_interface_type,
    is_leaf_type,
    is_non_null_type,
    is_union_type,
)

from schema.api import core
from tests.fuzz.value import Values

DEEPEST = 3
JUNK = (
    "{",
    "}",
    "(",
    ")",
    "@skip(if: true)",
    "...",
    '"',
    '"""',
    "$x",
    "#",
    "\ufeff",
    "\x00",
    "query",
    "!",
    "[",
    "&",
    "é",
    "@",
)


class Writer:
    """Writes one operation."""

    def __init__(self, chance: Random, identities: Sequence[str]) -> None:
        self.chance, self.values = chance, Values(chance, identities)
        self.variables: dict[str, Any] = {}
        self.declared: list[str] = []

    def query(self) -> str:
        """A query of one to three root fields."""
        root = core().query_type
        assert root is not None
        names = [self.chance.choice(list(root.fields)) for _ in range(self.chance.randint(1, 3))]
        fields = [f"r{place}: {self._field(name, root.fields[name], 0)}" for place, name in enumerate(names)]
        return self._operation("query", fields)

    def mutation(self, name: str) -> str:
        """A call of a mutation."""
        root = core().mutation_type
        assert root is not None
        return self._operation("mutation", [self._field(name, root.fields[name], 1)])

    def _operation(self, kind: str, fields: list[str]) -> str:
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return self._broken(f"{kind}{declared} {{ {' '.join(fields)} }}")

    def _broken(self, text: str) -> str:
        """Sometimes with something left out, put in or repeated."""
        for _ in range(self.chance.choice((0,) * 8 + (1, 3))):
            start = self.chance.randrange(len(text))
            end = min(len(text), start + self.chance.randrange(12))
            text = text[:start] + self.chance.choice((*JUNK, text[start:end] * 3, "")) + text[end:]
        return text

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        arguments = [
            f"{argument}: {self._value(declared.type)}"
            for argument, declared in field.args.items()
            if is_non_null_type(declared.type) or self.values.rare(35)
        ]
        called = f"{name}({', '.join(arguments)})" if arguments else name
        kind = get_named_type(field.type)
        return called if is_leaf_type(kind) else f"{called} {{ {self._selection(kind, depth)} }}"

    def _selection(self, kind: Any, depth: int) -> str:
        if is_interface_type(kind) or is_union_type(kind):
            possible = core().get_possible_types(kind)
            parts = [
                f"... on {one.name} {{ {self._selection(one, depth + 1)} }}" for one in self._some(list(possible), 3)
            ]
            return " ".join(["__typename", *parts])
        fields = [
            (name, field)
            for name, field in kind.fields.items()
            if is_leaf_type(get_named_type(field.type)) or depth < DEEPEST
        ]
        chosen = [self._field(name, field, depth + 1) for name, field in self._some(fields, 6)]
        keyed = [f"f{place}: {text}" if "(" in text.split(" {")[0] else text for place, text in enumerate(chosen)]
        # What a page is made of is not named: it is no row.
        named = [] if kind.name.endswith(("Connection", "Edge")) else ["__typename"]
        return " ".join([*named, *keyed]) or "__typename"

    def _some(self, all_: list[Any], most: int) -> list[Any]:
        return self.chance.sample(all_, min(len(all_), self.chance.randint(1, most)))

    def _value(self, kind: GraphQLInputType) -> str:
        """A value in a variable; sometimes as it is written in a document."""
        value = self.values.of(kind)
        if self.values.rare(20):
            return _literal(value, kind)
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {kind}")
        if not self.values.rare(3):
            self.variables[name] = value
        return f"${name}"


def _literal(value: Any, kind: Any = None) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_literal(part)}' for name, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, str) and (is_enum_type(get_named_type(kind)) if kind else value.isupper()):
        return value
    return json.dumps(value)
