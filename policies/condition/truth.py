"""What a condition comes to where some of its parts are known, some are not."""

from collections.abc import Callable, Iterator

from policies.condition.node import And, Condition, Not, Or

Known = Callable[[Condition], bool | None]
"""Says of a fact whether it holds; None where that is not known, or not to be told."""


def facts(condition: Condition) -> Iterator[Condition]:
    """The parts that are no mere combination of others: comparisons, and what is said of related rows."""
    if isinstance(condition, And | Or | Not):
        for part in condition.parts:
            yield from facts(part)
    else:
        yield condition


def truth(condition: Condition, known: Known) -> bool | None:
    """Whether the condition holds, whatever the unknown facts are; None where it depends on them."""
    match condition:
        case And(parts):
            return _all([truth(part, known) for part in parts])
        case Or(parts):
            return _opposite(_all([_opposite(truth(part, known)) for part in parts]))
        case Not(part):
            return _opposite(truth(part, known))
    return known(condition)


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """What has to hold, one by one; nothing where the condition always holds."""
    return condition.all if isinstance(condition, And) else (condition,)
