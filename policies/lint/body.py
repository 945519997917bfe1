"""Whether what a rule says of its viewer and row can be said of them."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from policies.registry import CONCEPTS, MEMBER_ATTRIBUTES, PARAMETER, VIEWERS, Relation, attributes
from policies.rule import Rule, Token

WORDS = frozenset({"and", "or", "not", "in", "if", "nil", "true", "false", "field"})
REFUSED = frozenset({"cut", "forall", "print", "debug", "new", "isa", "matches", "mod", "rem"})
OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "(", ")", "[", "]", ",", "."})


@dataclass(slots=True)
class _Reader:
    """Reads a body from left to right, with the class of each name so far (None where it is not a row or viewer)."""

    tokens: tuple[Token, ...]
    types: dict[str, str | None] = field(default_factory=dict)
    at: int = 0

    def word(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""


def body_problems(rule: Rule, signatures: Set[tuple[str, int]]) -> Iterator[str]:
    """What is wrong in a rule's conditions; `signatures` are names and numbers of arguments of all rules."""
    yield from _word_problems(rule)
    types = {argument.name: argument.type for argument in rule.arguments if argument.name}
    reader = _Reader(rule.body, {**types})
    while reader.at < len(reader.tokens):
        token = reader.tokens[reader.at]
        if token.kind != "name" or token.text in WORDS | REFUSED:
            reader.at += 1
        elif reader.word(1) == "(":
            yield from _call_problems(rule, reader, signatures)
            reader.at += 2
        elif reader.word(1) == "in" and token.text not in reader.types:
            yield from _binding_problems(reader)
        else:
            yield from _path(reader)[1]


def _word_problems(rule: Rule) -> Iterator[str]:
    names = [argument.name for argument in rule.arguments]
    for word in [*names, *(token.text for token in rule.body)]:
        if word == "_":
            yield "the wildcard _ matches anything: give it a name and a type"
    for token in rule.body:
        if token.text in REFUSED or (token.kind == "operator" and token.text not in OPERATORS):
            yield f"{token.text} is not used in policies"
        if token.kind == "text" and token.value.startswith(PARAMETER[0]):
            yield f"the text {token.text} could be taken for a value of the viewer"


def _call_problems(rule: Rule, reader: _Reader, signatures: Set[tuple[str, int]]) -> Iterator[str]:
    name = reader.word()
    arguments = _call_arguments(reader)
    if (name, len(arguments)) not in signatures:
        yield f"there is no rule {name} with {len(arguments)} arguments"
    for argument in arguments:
        if len(argument) == 1 and argument[0].kind == "name" and argument[0].text.startswith("_"):
            reader.types.setdefault(argument[0].text, None)
    # SECURITY: what another viewer may read is nobody's business here.
    if name == "reads" and arguments and arguments[0][0].text != rule.arguments[0].name:
        yield f"reads asks for the rule's own viewer, not for {arguments[0][0].text}"


def _call_arguments(reader: _Reader) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    depth = 0
    for token in reader.tokens[reader.at + 1 :]:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0:
            break
        if token.text == "," and depth == 1:
            found.append([])
        elif not (token.text == "(" and depth == 1):
            found[-1].append(token)
    return [argument for argument in found if argument]


def _binding_problems(reader: _Reader) -> Iterator[str]:
    """`service in story.services` makes `service` known."""
    name = reader.word()
    reader.at += 2
    if reader.tokens[reader.at : reader.at + 1] and reader.tokens[reader.at].kind != "name":
        yield f"{name} is known from nowhere"
        return
    found, problems = _path(reader)
    yield from problems
    if isinstance(found, Relation) and found.many:
        reader.types[name] = found.target
    elif not problems:
        yield f"{name} is looked for in something that is not a list of rows"
    reader.types.setdefault(name, None)


def _path(reader: _Reader) -> tuple[object, list[str]]:
    """Reads `name.attribute.attribute` and gives what it leads to, with the problems on the way."""
    name = reader.word()
    if name not in reader.types:
        reader.at += 1
        _skip_path(reader)
        return None, [f"{name} is known from nowhere"]
    type_name = reader.types[name]
    found: object = None
    reader.at += 1
    while reader.word() == ".":
        attribute = reader.word(1)
        reader.at += 2
        if isinstance(found, Relation):
            type_name = found.target if not found.many else None
        elif found is not None:
            type_name = None
        found = _attribute(type_name, attribute)
        if found is None:
            _skip_path(reader)
            return None, [f"{type_name or 'what comes before it'} has no attribute {attribute}"]
    return found, []


def _skip_path(reader: _Reader) -> None:
    while reader.word() == ".":
        reader.at += 2


def _attribute(type_name: str | None, attribute: str) -> object:
    if type_name == "Member":
        return attribute if attribute in MEMBER_ATTRIBUTES else None
    if type_name is None or type_name in VIEWERS or type_name not in CONCEPTS:
        return None
    return attributes(type_name).get(attribute)
