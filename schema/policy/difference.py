"""Differences between two versions of the rules, put together and written to be read."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console

from policies.compare import Difference
from policies.condition import Condition
from policies.grant import CLEAR
from policies.viewer import Kind, all_kinds
from policies.wording import sentence

LABELS = {"gained": "green", "lost": "yellow", "private": "red"}


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of one type that the same kinds of viewers gain (or lose) in the same rows."""

    verb: str
    type: str
    names: tuple[str, ...]
    mask: str
    where: Condition
    private: bool
    kinds: tuple[Kind, ...]

    @property
    def title(self) -> str:
        """The fields, and the mask if there is one."""
        mask = "" if self.mask == CLEAR else f" under the mask {self.mask}"
        return f"{self.type}: {' '.join(self.names)}{mask}"


def changes(found: Iterable[Difference]) -> list[Change]:
    """What is gained first, private fields before all."""
    kinds: dict[tuple[str, str, str, str, Condition, bool], list[Kind]] = {}
    for one in found:
        for verb, where in (("gained", one.gained), ("lost", one.lost)):
            if not where.is_false:
                private = one.private and verb == "gained"
                key = (verb, one.type, one.name.partition(".")[2], one.mask, where, private)
                kinds.setdefault(key, []).append(one.kind)
    names: dict[tuple[str, str, str, Condition, bool, tuple[Kind, ...]], list[str]] = {}
    for (verb, type_name, name, mask, where, private), who in kinds.items():
        names.setdefault((verb, type_name, mask, where, private, tuple(who)), []).append(name)
    made = [
        Change(verb, type_name, tuple(fields), mask, where, private, who)
        for (verb, type_name, mask, where, private, who), fields in names.items()
    ]
    return sorted(made, key=lambda change: (not change.private, change.verb, change.type))


def who(kinds: Collection[Kind]) -> str:
    """Kinds of viewers in short: each that is not more of another one among them."""
    every = all_kinds()
    if set(every) <= set(kinds):
        return "everybody"
    if {kind for kind in every if kind.name == "Member"} == set(kinds):
        return "everybody who is signed in"
    least = [kind for kind in kinds if not any(_is_more(kind, other) for other in kinds)]
    more = len(kinds) - len(least)
    tail = f", and {more} kinds that are more than that" if more > 1 else ", and one kind that is more" if more else ""
    return ", ".join(map(str, least)) + tail


def show(found: Iterable[Change], console: Console) -> None:
    """Write the changes, a paragraph each, and how many there are."""
    written = list(found)
    for change in written:
        label = "gained, private" if change.private else change.verb
        colour = LABELS["private" if change.private else change.verb]
        console.print(f"[bold {colour}]{label:16}[/][bold]{change.title}[/]")
        for name, text in _lines(change):
            console.print(f"  {name:14}{text}", markup=False)
    private = sum(change.private for change in written)
    gained = sum(change.verb == "gained" for change in written)
    console.print(f"{gained} gained ({private} of them private), {len(written) - gained} lost.")


def _lines(change: Change) -> Iterator[tuple[str, str]]:
    yield "by", who(change.kinds)
    yield "where", sentence(change.where, change.type) or "in every row"


def _is_more(kind: Kind, other: Kind) -> bool:
    """Whether whoever is of this kind has all that makes the other one, and more."""
    has = (
        kind.name == other.name
        and set(other.roles) <= set(kind.roles)
        and kind.staff >= other.staff
        and kind.recipient >= other.recipient
        and other.purpose in (None, kind.purpose)
    )
    return has and kind != other
