"""From what partial evaluation leaves over to a condition.

Whatever is not known here is an error: a condition is never left empty or open because a part of it was not understood.
"""

from policies.condition import (
    ROW,
    TRUE,
    Compare,
    Condition,
    Const,
    Contains,
    Missing,
    Param,
    Path,
    Term,
    all_of,
    any_of,
    negation,
    some,
)
from policies.error import PolicyError
from policies.expression import Instance, Operation, Value, Variable
from policies.registry import PARAMETER, Attribute, Relation
from policies.rule import READS
from policies.scope import THIS, Reads, Related, Scope, canonical, nest

OPERATORS = {"Unify": "=", "Eq": "=", "Neq": "!=", "Lt": "<", "Leq": "<=", "Gt": ">", "Geq": ">="}
SWAPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def translate(expression: Operation, type_name: str, reads: Reads) -> Condition:
    """The condition on a row of a type under which `expression` holds; raises PolicyError for what is unknown.

    `reads` says where a field of another type may be read in clear, for policies that refer to it.
    """
    return canonical(_conjunction(_conjuncts(expression), Scope(type_name, reads, names={THIS: ROW})))


def _conjuncts(expression: Value) -> list[Operation]:
    if not isinstance(expression, Operation):
        raise PolicyError(f"not a condition: {expression!r}")
    if expression.operator != "And":
        return [expression]
    return [part for argument in expression.arguments for part in _conjuncts(argument)]


def _conjunction(parts: list[Operation], scope: Scope) -> Condition:
    declared = [part for part in parts if _declares(part, scope)]
    _declare(declared, scope)
    found = [_condition(part, scope) for part in parts if not any(part is one for one in declared)]
    return nest(found, scope)


def _declares(part: Operation, scope: Scope) -> bool:
    """Whether a part says that an unknown is one of the rows of a relation."""
    if part.operator != "In" or not isinstance(part.arguments[0], Variable):
        return False
    return part.arguments[0].name not in scope.names


def _declare(parts: list[Operation], scope: Scope) -> None:
    """Gives a name to each related row, the ones that others start from first."""
    waiting = list(parts)
    while waiting:
        ready = [part for part in waiting if _root(part.arguments[1]) in scope.names]
        if not ready:
            raise PolicyError(f"rows that are found nowhere: {waiting}")
        for part in ready:
            waiting.remove(part)
            variable, (row, name) = part.arguments[0], _step(part.arguments[1], scope)
            relation = scope.attribute(row, name)
            if not isinstance(relation, Relation) or not relation.many or not isinstance(variable, Variable):
                raise PolicyError(f"{scope.type_of(row)}.{name} is not a list of rows")
            scope.names[variable.name] = scope.add(Related(row, name, relation.target))


def _root(path: Value) -> str | None:
    while isinstance(path, Operation) and path.operator == "Dot":
        path = path.arguments[0]
    return path.name if isinstance(path, Variable) else None


def _step(path: Value, scope: Scope) -> tuple[str, str]:
    """The row that a path ends at, and the last name of the path."""
    if not isinstance(path, Operation) or path.operator != "Dot" or not isinstance(path.arguments[1], str):
        raise PolicyError(f"not a path: {path!r}")
    return _row(path.arguments[0], scope), path.arguments[1]


def _row(path: Value, scope: Scope) -> str:
    """The row that a path without its last name leads to, one row at a time."""
    if isinstance(path, Variable):
        if path.name not in scope.names:
            raise PolicyError(f"an unknown row {path.name}")
        return scope.names[path.name]
    row, name = _step(path, scope)
    relation = scope.attribute(row, name)
    if not isinstance(relation, Relation) or relation.many:
        raise PolicyError(f"{scope.type_of(row)}.{name} does not lead to one row")
    return scope.one(Related(row, name, relation.target))


def _condition(part: Operation, scope: Scope) -> Condition:
    match part.operator:
        case "And" | "Or" | "Not":
            return _connective(part, scope)
        case "Isa":
            return _is_a(part, scope)
        case "In":
            return _member(part, scope)
        case operator if operator in OPERATORS:
            return _comparison(OPERATORS[operator], part.arguments, scope)
    raise PolicyError(f"an operator that conditions don't have: {part.operator}")


def _connective(part: Operation, scope: Scope) -> Condition:
    inner = [_inside(argument, scope) for argument in part.arguments]
    if part.operator == "Not":
        return negation(inner[0])
    return all_of(inner) if part.operator == "And" else any_of(inner)


def _inside(argument: Value, scope: Scope) -> Condition:
    """A condition of its own, inside "not" or "or": the rows that it introduces are known only there."""
    return _conjunction(_conjuncts(argument), scope.inner())


def _is_a(part: Operation, scope: Scope) -> Condition:
    """Whether what a path leads to is there; its class is known from the models."""
    value, pattern = part.arguments
    if not isinstance(pattern, Instance):
        raise PolicyError(f"not a class: {pattern!r}")
    row = _row(value, scope)
    if scope.type_of(row) != pattern.type and pattern.type != "Record":
        raise PolicyError(f"a {scope.type_of(row)} is never a {pattern.type}")
    return TRUE


def _member(part: Operation, scope: Scope) -> Condition:
    """A value in an array column."""
    value, array = part.arguments
    row, name = _step(array, scope)
    attribute = scope.attribute(row, name)
    if not isinstance(attribute, Attribute) or not attribute.array:
        raise PolicyError(f"{scope.type_of(row)}.{name} is not an array")
    term = _term(value, scope)
    if isinstance(term, Path) or term is None:
        raise PolicyError(f"only a constant or the viewer can be looked for in {name}")
    return Contains(Path(row, name), term)


def _comparison(operator: str, arguments: tuple[Value, ...], scope: Scope) -> Condition:
    left, right = arguments
    if _refers(left) or _refers(right):
        return _referred(right if left is True else left, scope)
    if left is None or right is None:
        return _presence(operator, right if left is None else left, scope)
    one, other = _term(left, scope), _term(right, scope)
    if isinstance(other, Path) and not isinstance(one, Path):
        one, other, operator = other, one, SWAPPED[operator]
    if not isinstance(one, Path):
        raise PolicyError(f"a comparison without a column: {one} {operator} {other}")
    _check(one, operator, other, scope)
    return Compare(operator, one, other)


def _refers(value: Value) -> bool:
    return isinstance(value, Operation) and value.operator == "Dot" and str(value.arguments[1]).startswith(READS)


def _referred(value: Value, scope: Scope) -> Condition:
    """What the plan says of a field of the row that a path leads to."""
    assert isinstance(value, Operation)
    row = _row(value.arguments[0], scope)
    return canonical(scope.reads(scope.type_of(row), str(value.arguments[1]).removeprefix(READS)), {ROW: row})


def _presence(operator: str, value: Value, scope: Scope) -> Condition:
    """A comparison with nil: of a column, or of a relation to one row."""
    row, name = _step(value, scope)
    if operator not in ("=", "!="):
        raise PolicyError(f"{name} {operator} nil")
    found = scope.attribute(row, name)
    if isinstance(found, Attribute):
        return Missing(Path(row, name)) if operator == "=" else negation(Missing(Path(row, name)))
    if found.many:
        raise PolicyError(f"{scope.type_of(row)}.{name} is a list, never nil")
    if operator == "!=":
        _row(value, scope)
        return TRUE
    return negation(some("#there", row, name, TRUE))


def _check(path: Path, operator: str, other: Term, scope: Scope) -> None:
    """Refuses a comparison on which Polar and SQL would not agree, or that no row ever meets."""
    mine = scope.attribute(path.variable, path.column)
    assert isinstance(mine, Attribute)
    if isinstance(other, Path):
        yours = scope.attribute(other.variable, other.column)
        # SECURITY: in Polar two missing values are equal.
        if mine.nullable and isinstance(yours, Attribute) and yours.nullable:
            raise PolicyError(f"{path} and {other} can both be missing: compare one of them with nil first")
    if mine.nullable and operator not in ("=", "!="):
        raise PolicyError(f"{path} can be missing, so that {operator} has no answer")
    if mine.values is not None and isinstance(other, Const) and other.value not in mine.values:
        raise PolicyError(f"{path} is never {other}: it is one of {', '.join(sorted(mine.values))}")


def _term(value: Value, scope: Scope) -> Term:
    if isinstance(value, str) and value.startswith(PARAMETER):
        return Param(value.removeprefix(PARAMETER))
    if isinstance(value, (str, int, bool)):
        return Const(value)
    row, name = _step(value, scope)
    if not isinstance(scope.attribute(row, name), Attribute):
        raise PolicyError(f"{scope.type_of(row)}.{name} is a row, not a value")
    return Path(row, name)
