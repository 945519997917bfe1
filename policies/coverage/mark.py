"""Marks on the rules that others call, so that what partial evaluation leaves over tells which of them it came from.

Each such rule also asks for an attribute of its row that names the rule: `kept(story: Story) if …` becomes
`kept(story: Story) if story.mark__story_165 = true and (…)`. What is left over then holds the marks of all rules that
had a part in it; they are taken out again before it becomes a condition.
"""

import re
from collections.abc import Iterable, Mapping

from policies.expression import Operation, Value
from policies.registry import CONCEPTS
from policies.rule import Rule, rules_of

MARK = "mark__"
QUESTIONS = frozenset({"grant", "withheld", "carrier", "allow", "allow_field", "reads"})
"""Rules that are asked from outside, or stand in `grant.polar` for all others."""
NOT_A_WORD = re.compile(r"\W")
TRUE = Operation("And", ())


def helpers(rules: Iterable[Rule]) -> dict[str, Rule]:
    """The rules that others call and that speak of a row, by their marks."""
    return {_mark(rule): rule for rule in rules if rule.name not in QUESTIONS and _row(rule)}


def marked(texts: Mapping[str, str]) -> dict[str, str]:
    """The policy files with marks; every rule stands where it stood."""
    found = dict(texts)
    for mark, rule in reversed(helpers(rules_of(texts)).items()):
        text, end = found[rule.file], rule.start + len(rule.text) - 1
        asks = f"{_row(rule)}.{mark} = true"
        begin = rule.body[0].start if rule.body else end
        body = f"{asks} and ({text[begin:end]})" if rule.body else f" if {asks}"
        found[rule.file] = text[:begin] + body + text[end:]
    return found


def unmarked(expression: Operation) -> tuple[frozenset[str], Operation]:
    """The marks in what is left over, and the rest."""
    marks: set[str] = set()
    rest = _rest(expression, marks)
    assert isinstance(rest, Operation)
    return frozenset(marks), rest


def _rest(value: Value, marks: set[str]) -> Value:
    if not isinstance(value, Operation):
        return value
    for side in value.arguments:
        if isinstance(side, Operation) and side.operator == "Dot" and str(side.arguments[1]).startswith(MARK):
            marks.add(str(side.arguments[1]))
            return TRUE
    return Operation(value.operator, tuple(_rest(argument, marks) for argument in value.arguments))


def _mark(rule: Rule) -> str:
    return MARK + NOT_A_WORD.sub("_", rule.file.removesuffix(".polar")) + f"_{rule.line}"


def _row(rule: Rule) -> str | None:
    """The rule's first argument that is a row."""
    return next((argument.name for argument in rule.arguments if argument.type in CONCEPTS), None)
