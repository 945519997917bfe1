"""Conditions on a row: what is left of a policy once the kind of viewer is known.

Conditions are small, immutable and in a canonical order, so that equal ones are equal values with equal text. They have
two truth values: a comparison with a missing value (SQL's NULL) is false, and so is never a way in.
Make them with `all_of`, `any_of`, `negation` and `some`, which simplify.
"""

from policies.condition.algebra import all_of, any_of, implies, names_viewer, negation, some, walk
from policies.condition.node import (
    FALSE,
    ROW,
    TRUE,
    And,
    Compare,
    Condition,
    Const,
    Contains,
    In,
    Missing,
    Not,
    Or,
    Param,
    Path,
    Some,
    Term,
)

__all__ = [
    "FALSE",
    "ROW",
    "TRUE",
    "And",
    "Compare",
    "Condition",
    "Const",
    "Contains",
    "In",
    "Missing",
    "Not",
    "Or",
    "Param",
    "Path",
    "Some",
    "Term",
    "all_of",
    "any_of",
    "implies",
    "names_viewer",
    "negation",
    "some",
    "walk",
]
