"""What a difference between two versions of the rules comes to on a database."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Column, Table

from models.database.connection import engine
from policies.compare import Difference
from policies.compare.impact import Impact, Tell, impacts
from policies.grant import CLEAR
from policies.viewer import Kind
from schema.policy.difference import who


async def counted(dsn: str, found: Sequence[Difference], seconds: int, tell: Tell) -> list[Impact]:
    """The differences about fields, with the numbers of rows."""
    database = engine(dsn, size=1)
    try:
        return await impacts(database, found, seconds, tell)
    finally:
        await database.dispose()


def show(found: Sequence[Impact], console: Console) -> None:
    """Write the numbers of rows, and in how many cases there are none."""
    changed = [one for one in found if (one.readable, one.unreadable) != (0, 0)]
    if changed:
        console.print(as_table(changed))
    none = len(found) - len(changed)
    console.print(f"{len(found):,} pairs of viewers and fields differ; in {none:,} of them no row changes.")


def as_table(found: Iterable[Impact]) -> Table:
    """The numbers; fields and kinds of viewers for which they are the same stand together."""
    fields: dict[tuple[Kind, str, str, str, str], list[str]] = {}
    for difference, readable, unreadable in found:
        key = (difference.kind, difference.type, difference.mask, _number(readable), _number(unreadable))
        fields.setdefault(key, []).append(difference.field)
    kinds: dict[tuple[str, str, str, str, str], list[Kind]] = {}
    for (kind, type_name, mask, readable_, unreadable_), names in fields.items():
        kinds.setdefault((type_name, " ".join(names), mask, readable_, unreadable_), []).append(kind)
    numbers = (Column("rows gained", justify="right"), Column("rows lost", justify="right"))
    table = Table("viewers", "fields", *numbers, show_lines=True)
    for (type_name, listed, mask, *counts), group in kinds.items():
        table.add_row(who(group), f"{type_name}: {listed}{'' if mask == CLEAR else f' (mask {mask})'}", *counts)
    return table


def _number(count: int | None) -> str:
    return "too slow" if count is None else f"{count:,}"
