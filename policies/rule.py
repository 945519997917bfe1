"""The rules as they are written: where each stands, what its head says, and which fields it lists."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from policies.error import PolicyError

TOKEN = re.compile(
    r"(?P<blank>\s+|#[^\n]*)|(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<operator>!=|<=|>=|==|:=|\?=|[-+*/=<>()\[\]{},.;:|])|(?P<unknown>.)",
    re.DOTALL,
)
FIELD_AT = {"grant": 3, "withheld": 1}
SEPARATOR = ","
READS = "reads__"
READS_CALL = re.compile(r"\breads\(\s*(\w+)\s*,\s*([\w.]+)\s*,\s*\"(\w+)\"\s*\)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a policy, with its place in the file."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """A string without its quotes, anything else as it is."""
        return self.text[1:-1] if self.kind == "text" else self.text


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument in a rule's head: a literal, or a name with the class that it is limited to."""

    literal: str | None
    name: str | None
    type: str | None


@dataclass(frozen=True)
class Rule:
    """One rule of a policy file."""

    file: str
    line: int
    text: str
    name: str
    arguments: tuple[Argument, ...]
    body: tuple[Token, ...]
    start: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def literal(self, index: int) -> str | None:
        """The text at a position of the head, where it is written out."""
        return self.arguments[index].literal if index < len(self.arguments) else None

    def type(self, index: int) -> str | None:
        """The class that a position of the head is limited to."""
        return self.arguments[index].type if index < len(self.arguments) else None

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The API's fields that a `grant` or `withheld` rule is about."""
        at = FIELD_AT.get(self.name)
        if at is None or at >= len(self.arguments):
            return ()
        literal = self.arguments[at].literal
        if literal is not None:
            return (literal,)
        listed = self._listed()
        return tuple(token.value for token in self.body[slice(*listed)] if token.kind == "text") if listed else ()

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of the rules that this one asks."""
        pairs = zip(self.body, self.body[1:], strict=False)
        return frozenset(name.text for name, after in pairs if name.kind == "name" and after.text == "(")

    @cached_property
    def reads(self) -> tuple[tuple[str, str], ...]:
        """The relations of its row that it asks `reads` about, each with the field."""
        found = READS_CALL.findall(self.text)
        return tuple((path.partition(".")[2], field) for _, path, field in found if path.count(".") == 1)

    def grouped(self) -> str:
        """The rule as partial evaluation likes it: once for all its fields, and without asking for other rows' rules.

        It is for its own type and action alone, its list of fields becomes one text, and `reads(viewer, story, "f")`
        becomes the attribute `story.reads__f`, which stands for what the plan says of that field. A last argument says
        where the rule stands.
        """
        name = grouped_name(self.type(2) or "", self.literal(1) or "")
        body = self.text[self.text.index(")") + 1 :]
        head = self.text[: len(self.text) - len(body) - 1].replace("grant", name, 1) + f', "{self.place}")'
        if listed := self._listed():
            first, last = self.body[listed[0] - 2], self.body[listed[1]]
            shift = self.start + len(self.text) - len(body)
            fields = f'= "{SEPARATOR.join(self.fields)}"'
            body = body[: first.start - shift] + fields + body[last.end - shift :]
        return head + READS_CALL.sub(rf"\1 matches Viewer and \2.{READS}\3 = true", body)

    def _listed(self) -> tuple[int, int] | None:
        """Where in the body the texts of `field in [ … ]` stand."""
        words = [token.text for token in self.body]
        for i in range(len(words) - 3):
            if words[i : i + 3] == ["field", "in", "["] and "]" in words[i:]:
                return i + 3, words.index("]", i)
        return None


def grouped_name(type_name: str, action: str) -> str:
    """What the grouped rules of a type and an action are called."""
    return f"grant_{action}_{type_name}"


def rules_of(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """All rules of policy files, by name and text; raises PolicyError for anything that is not a rule."""
    return tuple(rule for file, text in sorted(texts.items()) for rule in _rules(file, text))


def _rules(file: str, text: str) -> Iterator[Rule]:
    statement: list[Token] = []
    for token in _tokens(file, text):
        if token.text != ";":
            statement.append(token)
            continue
        yield _rule(file, text, statement, token.end)
        statement = []
    if statement:
        raise PolicyError(f"{file}:{_line(text, statement[0].start)}: a rule ends with ;")


def _rule(file: str, text: str, tokens: list[Token], end: int) -> Rule:
    start = tokens[0].start if tokens else end
    line = _line(text, start)
    words = [token.text for token in tokens]
    if len(tokens) < 3 or tokens[0].kind != "name" or words[1] != "(" or ")" not in words:
        raise PolicyError(f"{file}:{line}: only rules of the form name(…) if …; are used here")
    close = words.index(")")
    if words[close + 1 : close + 2] not in ([], ["if"]):
        raise PolicyError(f"{file}:{line}: after a rule's head comes `if` or ;")
    arguments = tuple(_arguments(tokens[2:close]))
    return Rule(file, line, text[start:end], words[0], arguments, tuple(tokens[close + 2 :]), start)


def _arguments(tokens: list[Token]) -> Iterator[Argument]:
    for comma, group in groupby(tokens, lambda token: token.text == ","):
        if comma:
            continue
        match list(group):
            case [Token(kind="text") as literal]:
                yield Argument(literal.value, None, None)
            case [Token(kind="name") as name]:
                yield Argument(None, name.text, None)
            case [Token(kind="name") as name, Token(text=":"), Token(kind="name") as type_]:
                yield Argument(None, name.text, type_.text)
            case other:
                yield Argument(None, " ".join(token.text for token in other), None)


def _tokens(file: str, text: str) -> Iterator[Token]:
    for found in TOKEN.finditer(text):
        kind = found.lastgroup or "unknown"
        if kind == "unknown":
            raise PolicyError(f"{file}:{_line(text, found.start())}: unexpected {found.group()!r}")
        if kind != "blank":
            yield Token(kind, found.group(), found.start(), found.end())


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
