"""The access table: access plans asked about an example of each kind of row, for each kind of viewer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from policies.grant import CALL, CLEAR, READ, ROOTS, ROW_FIELD
from policies.plan import Policies
from policies.viewer import MAY_USE, Anonymous, Member, Viewer
from schema.documentation.cast import VIEWERS
from schema.documentation.evaluation import holds
from schema.documentation.rows import Example, examples

NOTHING, SHOWN, PURPOSE = "·", "Y", "p"

HEADER = """# Who sees what

Made from `policies/*.polar` by `python app.py docs`: each access plan is asked about an example of each kind of row.

**Y** shown · **·** denied: null, with the reason · **m:x** shown under the mask x ·
**p** shown only with a fitting purpose of use (`Candour-Purpose` header) · `name()` an action rather than a field.

Viewers: `anon` a visitor · `member` signed in, and a stranger to the row · `author` of the story, or the person of the
account · `staff` of an organisation that the story is about, or a colleague · `other` staff elsewhere · `mod` moderator
· `safe` safeguarding · `abuse` abuse analyst · `dpo` data protection officer · `admin` administrator.
The last column names the promise ([promises](promises.md)) that is told where the field is denied."""

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Fields that are decided alike, with a cell for each viewer."""

    fields: tuple[str, ...]
    cells: Cells
    promise: str

    def __str__(self) -> str:
        named = " ".join(f"`{field}`" for field in self.fields)
        return f"| {' | '.join((named, *self.cells, self.promise))} |"


@dataclass(frozen=True)
class Table:
    """Answers of the policies about rows of the schema's types."""

    policies: Policies
    fields: Mapping[str, Mapping[str, bool]]

    def text(self) -> str:
        """The whole page."""
        titled: dict[tuple[str, tuple[Line, ...]], list[str]] = {}
        for example in examples():
            titled.setdefault((example.type, tuple(self._lines(example))), []).append(example.state)
        parts = [HEADER]
        for (type_name, lines), states in titled.items():
            parts.append(f"## {type_name}{': ' if any(states) else ''}{', '.join(states)}")
            parts.append("\n".join([*_head(), *map(str, lines)]))
        return "\n\n".join(parts) + "\n"

    def _lines(self, example: Example) -> Iterator[Line]:
        if example.type in ROOTS:
            yield from _grouped((f, self._cells(example.row, CALL, f), "") for f in self.fields[example.type])
            return
        shown = [(f, self._read(example, f)) for f in self.fields[example.type]]
        yield from _grouped((f, cells, self._promise(example.type, f, cells)) for f, cells in shown)
        done = ((a, self._cells(example.row, a, a)) for a in self._actions.get(example.type, ()))
        yield from _grouped((f"{a}()", cells, self._promise(example.type, a, cells)) for a, cells in done)

    def _promise(self, type_name: str, field: str, cells: Cells) -> str:
        reason = self.policies.withheld.get((type_name, field), "")
        return reason.split(" ", 1)[0] if NOTHING in cells or PURPOSE in cells else ""

    def _read(self, example: Example, field: str) -> Cells:
        """A field is read only where the row itself is seen."""
        row_field = ROW_FIELD.get(example.type, "id")
        return self._cells(example.row, READ, row_field, field)

    def _cells(self, row: object, action: str, *needed: str) -> Cells:
        return tuple(self._cell(viewer, row, action, needed) for viewer in VIEWERS.values())

    def _cell(self, viewer: Viewer, row: object, action: str, needed: Sequence[str]) -> str:
        plainly = self._answer(viewer, row, action, needed)
        if plainly == NOTHING:
            purposeful = (self._answer(one, row, action, needed) for one in _with_purposes(viewer))
            return PURPOSE if SHOWN in purposeful else NOTHING
        return plainly

    def _answer(self, viewer: Viewer, row: object, action: str, needed: Sequence[str]) -> str:
        plan, type_name = self.policies.plan(viewer), type(row).__name__
        masks: list[str] = []
        for field in needed:
            grants = plan.grants(type_name, field, action)
            masks = [grant.mask for grant in grants if holds(grant.condition, row, viewer.parameters)]
            if not masks:
                return NOTHING
        return SHOWN if CLEAR in masks else "m:" + "/".join(sorted(set(masks)))

    @cached_property
    def _actions(self) -> Mapping[str, list[str]]:
        """What else than reading there are rules about, by type."""
        found: dict[str, list[str]] = {}
        for rule in self.policies.rules:
            action = rule.literal(1)
            if rule.name == "grant" and action not in (None, READ, CALL):
                listed = found.setdefault(rule.type(2) or "", [])
                if action not in listed:
                    listed.append(str(action))
        return found


def _with_purposes(viewer: Viewer) -> Iterator[Viewer]:
    if not isinstance(viewer, Anonymous) and isinstance(viewer, Member):
        for purpose, role in MAY_USE.items():
            if role in viewer.roles:
                yield Member(
                    viewer.account_id, viewer.roles, viewer.staff, purpose, demographics_id=viewer.demographics_id
                )


def _grouped(found: Iterable[tuple[str, Cells, str]]) -> Iterator[Line]:
    """Fields with the same cells and promise together, in the schema's order."""
    groups: dict[tuple[Cells, str], list[str]] = {}
    for field, cells, promise in found:
        groups.setdefault((cells, promise), []).append(field)
    for (cells, promise), names in groups.items():
        yield Line(tuple(names), cells, promise)


def _head() -> list[str]:
    names = ["field", *VIEWERS, "promise"]
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
