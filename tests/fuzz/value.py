"""Values that nobody would send in good faith, and some that anybody would, for every input type of the schema."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLInputType,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

TEXTS = (
    "", " ", "x", "a story", "ward", "XX1 9XX", "2026-01-01", "2026-13-45", "2026-01-01T00:00:00Z", "0", "-1", "NaN",
    "'; drop table story; --", '"', "\\", "\\u0000", "%s %n {0} ${x}", "<script>alert(1)</script>", "../../etc/passwd",
    "a" * 300, "ab " * 4_000, "\u202e\u200b\ufeff", "\U0001f4a9" * 50, "e\u0301" * 20, "\x7f\x1b[31m\r\n", "\ud7ff\ue000",
    "& | ! ( :* <->", "not and or", "Ⅷ①ﬀ", "İı", "nobody@x.example", "a@b", "@", "null", "true", "[]", "{}", "NHS_TRUST",
)  # fmt: skip
NUMBERS = (0, 1, 2, 5, 20, 100, 101, -1, -(2**31), 2**31 - 1, 2**31, 2**63, 10**400, 1.5, -0.0, 1e308)
IDENTITIES = (
    "", "Story:0", "Story:-1", "Story:1", "Story:99999999999999999999", "Story:1 ", "story:1", "Story:", ":1", "Story:١",
    "Service:1", "Organisation:1", "Tag:1", "Area:1", "Account:00000000-0000-4000-8000-000000000001", "Session:x",
    "Account:{0}", "Query:1", "__Schema:1", "Story:1:2", "Response:1", "Alert:' or 1=1", "Story:\x00",
)  # fmt: skip
WRONG: tuple[Any, ...] = (None, True, [], {}, [[]], {"a": {"b": [None]}}, "text", 7, 1.5, [1, "x", None])
DEEP = 60


class Values:
    """Draws values; `identities` are those of rows that are there."""

    def __init__(self, chance: Random, identities: Sequence[str]) -> None:
        self.chance, self._identities = chance, identities

    def rare(self, percent: int) -> bool:
        """True as often."""
        return self.chance.randrange(100) < percent

    def of(self, kind: GraphQLInputType, depth: int = 0) -> Any:
        """A value for an input type, mostly of the right shape."""
        if self.rare(4):
            return self._wrong()
        if not is_non_null_type(kind) and self.rare(15):
            return None
        named = get_nullable_type(kind)
        if is_list_type(named):
            return [self.of(named.of_type, depth + 1) for _ in range(self.chance.choice((0, 1, 2, 3, 30)))]
        if is_input_object_type(named):
            return self._object(named, depth)
        if is_enum_type(named):
            return self.chance.choice([*named.values, "NO_SUCH"])
        return self._scalar(str(named))

    def _object(self, kind: Any, depth: int) -> dict[str, Any]:
        found = {
            name: self.of(field.type, depth + 1)
            for name, field in kind.fields.items()
            if (is_non_null_type(field.type) or self.rare(40)) and not self.rare(2)
        }
        return {**found, "noSuch": 1} if self.rare(3) else found

    def _scalar(self, name: str) -> Any:
        drawn: dict[str, Callable[[], Any]] = {
            "ID": lambda: self.chance.choice([*IDENTITIES, *self._identities]),
            "Int": lambda: self.chance.choice(NUMBERS),
            "Boolean": lambda: self.chance.choice((True, False)),
        }
        return drawn.get(name, lambda: self.chance.choice(TEXTS))()

    def _wrong(self) -> Any:
        if not self.rare(10):
            return self.chance.choice(WRONG)
        deep: Any = 1
        for _ in range(DEEP):
            deep = [deep] if self.rare(50) else {"a": deep}
        return deep
