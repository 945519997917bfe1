"""`policy matrix`: who sees what, in the terminal, as Markdown, or as a page with colours."""

import re
import sys
from collections.abc import Sequence
from html import escape

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from schema.documentation.access import HEADER, NOTHING, SHOWN, WHO, Section
from schema.documentation.cast import VIEWERS

WIDTH = 150
"""So wide a table is where the output is no terminal."""
STYLES = {SHOWN: "green", NOTHING: "dim", "m": "yellow"}
PRIVATE = "magenta"
"""Shown only with a purpose of use, or by a disclosure."""
LEGEND = (
    ("shown", "Y", "shown"),
    ("denied", "·", "denied: null, with the reason"),
    ("masked", "m:x", "shown under the mask x"),
    ("private", "p, d", "only with a purpose of use, or by an active disclosure; each reading is on the audit log"),
)
NAME = re.compile(r"`(\w+)`")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Who sees what</title>
<style>
:root {{ color-scheme: light dark; --line: #8884; --shown: #1a7f37; --masked: #9a6700; --private: #8250df;
  --denied: #8889 }}
@media (prefers-color-scheme: dark) {{ :root {{ --shown: #4ac26b; --masked: #d4a72c; --private: #bf91f7 }} }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 0 0 2rem; width: 100% }}
caption {{ font-size: 1.2rem; font-weight: 600; padding: .5rem 0; text-align: left }}
th, td {{ border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: center }}
th:first-child, td:first-child {{ text-align: left }}
tbody th {{ font-weight: 400 }}
thead th {{ background: Canvas; position: sticky; top: 0 }}
code {{ font-size: .9em; margin-right: .5em }}
.shown {{ background: color-mix(in srgb, var(--shown) 18%, transparent); color: var(--shown); font-weight: 600 }}
.masked {{ background: color-mix(in srgb, var(--masked) 18%, transparent); color: var(--masked); font-weight: 600 }}
.private {{ background: color-mix(in srgb, var(--private) 18%, transparent); color: var(--private); font-weight: 600 }}
.denied {{ color: var(--denied) }}
li span {{ border-radius: .25rem; display: inline-block; margin-right: .5rem; min-width: 3rem; text-align: center }}
@media print {{ thead th {{ position: static }} table {{ break-inside: avoid }} }}
</style>
<h1>Who sees what</h1>
<ul>
{legend}
</ul>
<p>{who} The last column names the promise that is told where the field is denied; <code>name()</code> is an action.</p>
{tables}
</html>
"""


def as_markdown(sections: Sequence[Section]) -> str:
    """The page `docs/access.md`."""
    return "\n\n".join([HEADER, *map(str, sections)]) + "\n"


def as_html(sections: Sequence[Section]) -> str:
    """One page that needs nothing else."""
    legend = "\n".join(f'<li><span class="{name}">{sign}</span>{escape(text)}</li>' for name, sign, text in LEGEND)
    who = NAME.sub(r"<b>\1</b>", escape(WHO))
    return PAGE.format(legend=legend, who=who, tables="\n".join(map(_table, sections)))


def _table(section: Section) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("field", *VIEWERS, "promise"))
    rows: list[str] = []
    for line in section.lines:
        named = " ".join(f"<code>{escape(field)}</code>" for field in line.fields)
        cells = "".join(f'<td class="{_class(cell)}">{escape(cell)}</td>' for cell in line.cells)
        rows.append(f'<tr><th scope="row">{named}</th>{cells}<td>{line.promise}</td></tr>')
    caption = f"<caption>{escape(section.title)}</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"


def _class(cell: str) -> str:
    if cell.startswith("m:"):
        return "masked"
    return {SHOWN: "shown", NOTHING: "denied"}.get(cell, "private")


def on_terminal(sections: Sequence[Section]) -> None:
    """Prints the tables with colours, where the terminal has them."""
    console = terminal()
    for section in sections:
        console.print(_grid(section))
        console.print()
    for _, sign, text in LEGEND:
        console.print(f"{sign}  {text}", style="dim")


def terminal() -> Console:
    """Where tables are printed."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    return console


def _grid(section: Section) -> Grid:
    grid = Grid(title=section.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    grid.add_column("field", ratio=1)
    for name in (*VIEWERS, "promise"):
        grid.add_column(name, justify="center", no_wrap=True)
    for line in section.lines:
        cells = [Text(cell, style=STYLES.get(cell.partition(":")[0], PRIVATE)) for cell in line.cells]
        grid.add_row(Text(" ".join(line.fields)), *cells, line.promise)
    return grid
