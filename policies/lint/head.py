"""Whether each rule says who, what and why in a form that can be checked."""

import re
from collections.abc import Iterator, Mapping, Sequence

from policies.grant import CALL, CLEAR, READ
from policies.lint.body import body_problems
from policies.mask import MASKS
from policies.registry import CONCEPTS, VIEWERS
from policies.rule import FIELD_AT, Argument, Rule

Fields = Mapping[str, Mapping[str, bool]]
REASON = re.compile(r"P\d\d \S.*")
ARITY = {"grant": 6, "withheld": 3, "carrier": 2}
# What may be defined although no rule calls it.
ENTRIES = frozenset({*ARITY, "allow", "allow_field", "reads"})
CLASSES = frozenset({*CONCEPTS, *VIEWERS, "String", "Record"})


def rule_problems(rules: Sequence[Rule], fields: Fields) -> list[str]:
    """One line for each thing in the rules that is not what it seems; `fields` are the API's."""
    signatures = {(rule.name, len(rule.arguments)) for rule in rules}
    called = {name for rule in rules for name in rule.calls}
    found: list[str] = []
    for rule in rules:
        problems = [*_head_problems(rule, fields), *body_problems(rule, signatures)]
        if rule.name not in ENTRIES | called:
            problems.append(f"rule {rule.name} is called by no other: is the name misspelt?")
        found += [f"{rule.place}: {problem}" for problem in problems]
    return found


def _head_problems(rule: Rule, fields: Fields) -> Iterator[str]:
    wanted = ARITY.get(rule.name)
    if wanted is not None and len(rule.arguments) != wanted:
        yield f"{rule.name} takes {wanted} arguments, not {len(rule.arguments)}"
        return
    for index, argument in enumerate(rule.arguments):
        if index != FIELD_AT.get(rule.name):
            yield from _argument_problems(argument)
    match rule.name:
        case "grant":
            yield from _grant_problems(rule, fields)
        case "withheld":
            yield from _withheld_problems(rule, fields)
        case "carrier" if rule.literal(0) not in fields:
            yield f"the schema has no type {rule.literal(0)}"


def _argument_problems(argument: Argument) -> Iterator[str]:
    if argument.literal is None and argument.type is None:
        # SECURITY: an untyped argument matches everything, and nil with it.
        yield f"argument {argument.name} has no type: it would match anything, even nil"
    elif argument.type is not None and argument.type not in CLASSES:
        yield f"there is no class {argument.type}"


def _grant_problems(rule: Rule, fields: Fields) -> Iterator[str]:
    if rule.type(0) is not None and rule.type(0) not in VIEWERS:
        yield f"the first argument of a grant is a viewer, not a {rule.type(0)}"
    if rule.type(2) is None or rule.literal(1) is None:
        yield "a grant is for one written action on one class"
        return
    yield from _field_problems(rule, rule.type(2) or "", fields)
    mask = rule.literal(4)
    if mask != CLEAR and mask not in MASKS:
        yield f"there is no mask {mask}"
    yield from _reason_problems(rule.literal(5))


def _withheld_problems(rule: Rule, fields: Fields) -> Iterator[str]:
    type_name = rule.literal(0)
    if type_name is None or type_name not in fields:
        yield f"the schema has no type {type_name}"
        return
    if not rule.fields:
        yield 'the fields are left open: write `field in ["…"]`'
    unknown = sorted(set(rule.fields) - set(fields[type_name]) - _actions(type_name, fields) - {"describe"})
    yield from (f"the schema has no field {type_name}.{field}" for field in unknown)
    yield from _reason_problems(rule.literal(2))


def _field_problems(rule: Rule, type_name: str, fields: Fields) -> Iterator[str]:
    action = rule.literal(1) or ""
    if not rule.fields:
        yield 'the fields are left open: write `field in ["…"]`'
    elif action not in (READ, CALL):
        yield from _action_problems(rule, type_name, action, fields)
    elif type_name not in fields:
        yield f"the schema has no type {type_name}"
    else:
        unknown = sorted(set(rule.fields) - set(fields[type_name]))
        yield from (f"the schema has no field {type_name}.{field}" for field in unknown)


def _action_problems(rule: Rule, type_name: str, action: str, fields: Fields) -> Iterator[str]:
    """An action is granted under its own name; where the schema lists what may be done with a type, it is listed."""
    if rule.fields != (action,):
        yield f"the action {action} is granted as a field of the same name"
    listed = _actions(type_name, fields)
    if listed and action not in listed:
        yield f"the schema's {type_name}Permissions do not list {action}"


def _actions(type_name: str, fields: Fields) -> set[str]:
    return set(fields.get(f"{type_name}Permissions", ()))


def _reason_problems(reason: str | None) -> Iterator[str]:
    if reason is None or not REASON.fullmatch(reason):
        yield f'a reason begins with a promise, e.g. "P06 public once moderated", not {reason!r}'
