"""`policy explain`: why a kind of viewer may or may not, in the terminal."""

import sys
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from policies.explanation import Explanation, Way
from policies.grant import CALL, CLEAR, READ
from policies.plan import AccessPlan, Policies
from policies.rule import Rule
from policies.viewer import Kind
from schema.api import fields
from schema.policy.matrix import terminal

ALL = "*"
MET, MISSING, OPEN = "[green]✓[/]", "[red]✗[/]", "[yellow]?[/]"


def explained(policies: Policies, kind: Kind, named: str, action: str) -> None:
    """Prints the explanation of a field named `Type.field`, or a table of all fields for `Type.*`."""
    type_name, _, field = named.partition(".")
    _check(policies, type_name, field, action)
    plan = policies.plan(kind)
    if field == ALL:
        terminal().print(_overview(plan, action, type_name))
        return
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in _lines(plan, plan.explain(action, type_name, field), f"{named} for {kind}"):
        console.print(line)


def _check(policies: Policies, type_name: str, field: str, action: str) -> None:
    known = fields().get(type_name)
    if known is None:
        raise typer.BadParameter(f"--field begins with a type of the schema, e.g. Story.postcode; {type_name} is none.")
    if action not in (READ, CALL):
        if action not in policies.actions.get(type_name, ()):
            listed = ", ".join(policies.actions.get(type_name, ())) or "none"
            raise typer.BadParameter(f"The actions on {type_name} are: {listed}.")
        if field not in (ALL, action):
            raise typer.BadParameter(f"The action {action} is asked about as {type_name}.{action}.")
    elif field != ALL and field not in known:
        raise typer.BadParameter(f"{type_name} has no field {field}; its fields are {', '.join(known)}.")


def _overview(plan: AccessPlan, action: str, type_name: str) -> Table:
    table = Table(title=f"{type_name} for {plan.kind}", title_justify="left", box=None, pad_edge=False)
    for name in ("field", "decision", "rule", "reason"):
        table.add_column(name, no_wrap=name != "reason")
    for field in fields()[type_name] if action in (READ, CALL) else (action,):
        found = plan.explain(action, type_name, field)
        table.add_row(field, _decision(found), found.rule.place if found.rule else "", escape(found.reason))
    return table


def _decision(found: Explanation) -> str:
    if not found.allowed:
        return "[red]denied[/]"
    masked = f" (masked: {found.mask})" if found.mask else ""
    return f"[yellow]for some rows[/]{masked}" if found.conditional else f"[green]allowed[/]{masked}"


def _lines(plan: AccessPlan, found: Explanation, title: str) -> Iterator[str]:
    yield f"[bold]{escape(title)}[/]: {_decision(found)}"
    yield escape(found.reason)
    if found.rule:
        yield from _text(found.rule)
    if found.ways:
        yield "\n[bold]Rules that grant it[/], and what they ask of the viewer and of the row:"
    for way in found.ways:
        yield from _way(way)
    if found.would_grant:
        yield f"\n[bold]It would be granted by[/] {escape('; '.join(found.would_grant))}."


def _text(rule: Rule) -> Iterator[str]:
    yield f"\n[cyan]{rule.place}[/]"
    yield from (f"    {escape(line)}" for line in rule.text.splitlines())


def _way(way: Way) -> Iterator[str]:
    mask = "" if way.grant.mask == CLEAR else f" (masked: {way.grant.mask})"
    yield f"\n  [cyan]{way.grant.rule.place}[/]{mask}  {escape(way.grant.reason)}"
    for need in way.needs:
        yield f"    {MET if need.met else MISSING} {escape(need.text)}"
    for part in way.parts:
        yield f"    {OPEN} {escape(part.text)}"
