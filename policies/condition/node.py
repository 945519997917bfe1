"""What conditions consist of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

ROW = "row"
ALWAYS, NEVER = "always", "never"


@dataclass(frozen=True)
class Const:
    """A value that the policy names."""

    value: str | int | bool

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Param:
    """A value of the viewer that is known per request, e.g. `account_id`."""

    name: str

    def __str__(self) -> str:
        return f"viewer.{self.name}"


@dataclass(frozen=True)
class Path:
    """A column of the row, or of a related row that `variable` stands for."""

    variable: str
    column: str

    def __str__(self) -> str:
        return f"{self.variable}.{self.column}"


Term = Const | Param | Path


class Condition(ABC):
    """True or false for a row and a viewer. Conditions are equal when their texts are."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def text(self) -> str:
        return self._text()

    @abstractmethod
    def _text(self) -> str: ...

    @property
    def is_true(self) -> bool:
        return self.text == ALWAYS

    @property
    def is_false(self) -> bool:
        return self.text == NEVER

    @property
    def parts(self) -> tuple["Condition", ...]:
        return ()


@dataclass(frozen=True, eq=False)
class Compare(Condition):
    """Two values compared; `!=` holds where one of them is missing, the others don't."""

    operator: str
    left: Term
    right: Term

    def _text(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, eq=False)
class In(Condition):
    """A column that has one of several values, sorted."""

    path: Path
    values: tuple[str | int | bool, ...]

    def _text(self) -> str:
        return f"{self.path} in ({', '.join(map(repr, self.values))})"


@dataclass(frozen=True, eq=False)
class Missing(Condition):
    """A column without a value."""

    path: Path

    def _text(self) -> str:
        return f"{self.path} is missing"


@dataclass(frozen=True, eq=False)
class Contains(Condition):
    """An array column that holds a value."""

    path: Path
    value: Const | Param

    def _text(self) -> str:
        return f"{self.path} contains {self.value}"


@dataclass(frozen=True, eq=False)
class Some(Condition):
    """There is a row `variable` in `relation` of the row `source`, such that `where` holds."""

    variable: str
    source: str
    relation: str
    where: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.where,)

    def _text(self) -> str:
        return f"some {self.variable} in {self.source}.{self.relation} has ({self.where})"


@dataclass(frozen=True, eq=False)
class Not(Condition):
    """The opposite."""

    part: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        return (self.part,)

    def _text(self) -> str:
        return f"not ({self.part})"


@dataclass(frozen=True, eq=False)
class And(Condition):
    """All hold; of nothing: true."""

    all: tuple[Condition, ...]

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.all

    def _text(self) -> str:
        return " and ".join(f"({p})" if isinstance(p, Or) else str(p) for p in self.all) or ALWAYS


@dataclass(frozen=True, eq=False)
class Or(Condition):
    """At least one holds; of nothing: false."""

    any: tuple[Condition, ...]

    @property
    def parts(self) -> tuple[Condition, ...]:
        return self.any

    def _text(self) -> str:
        return " or ".join(f"({p})" if isinstance(p, And) else str(p) for p in self.any) or NEVER


TRUE = And(())
FALSE = Or(())
