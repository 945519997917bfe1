"""The access table: access plans asked about an example of each kind of row, for each kind of viewer."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.condition import Condition, Contains, walk
from policies.evaluation import holds
from policies.grant import CALL, CLEAR, READ, ROOTS, ROW_FIELD, Grant
from policies.plan import Policies
from policies.viewer import MAY_USE, Anonymous, Member, Viewer
from schema.documentation.cast import VIEWERS
from schema.documentation.rows import Example, examples

NOTHING, SHOWN, PURPOSE, DISCLOSED = "·", "Y", "p", "d"

WHO = """`anon` a visitor · `member` signed in, and a stranger to the row · `author` of the story, or the person of the
account · `staff` of an organisation that the story is about, or a colleague · `other` staff elsewhere · `mod` moderator
· `safe` safeguarding · `abuse` abuse analyst · `dpo` data protection officer · `admin` administrator · `recip` manager
of an organisation to which the row is disclosed."""

HEADER = f"""# Who sees what

Made from `policies/*.polar` by `python app.py docs`: each access plan is asked about an example of each kind of row.

**Y** shown · **·** denied: null, with the reason · **m:x** shown under the mask x ·
**p** shown only with a fitting purpose of use (`Candour-Purpose` header) · **d** shown only while an active disclosure
to the viewer's organisation names this very field · `name()` an action rather than a field.

Viewers: {WHO}
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


@dataclass(frozen=True, slots=True)
class Section:
    """The table of a type's rows in the states that are decided alike."""

    title: str
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return f"## {self.title}\n\n" + "\n".join([*_head(), *map(str, self.lines)])


@dataclass(frozen=True)
class Table:
    """Answers of the policies about rows of the schema's types."""

    policies: Policies
    fields: Mapping[str, Mapping[str, bool]]

    def text(self) -> str:
        """The whole page."""
        return "\n\n".join([HEADER, *map(str, self.sections())]) + "\n"

    def sections(self, types: Collection[str] = ()) -> Iterator[Section]:
        """The tables one by one, of these types only if some are named."""
        titled: dict[tuple[str, tuple[Line, ...]], list[str]] = {}
        for example in examples():
            if not types or example.type in types:
                titled.setdefault((example.type, tuple(self._lines(example))), []).append(example.state)
        for (type_name, lines), states in titled.items():
            yield Section(f"{type_name}{': ' if any(states) else ''}{', '.join(states)}", lines)

    def _lines(self, example: Example) -> Iterator[Line]:
        if example.type in ROOTS:
            yield from _grouped((f, self._cells(example.row, CALL, f), "") for f in self.fields[example.type])
            return
        shown = [(f, self._read(example, f)) for f in self.fields[example.type]]
        yield from _grouped((f, cells, self._promise(example.type, f, cells)) for f, cells in shown)
        done = ((a, self._cells(example.row, a, a)) for a in self.policies.actions.get(example.type, ()))
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
        held: list[Grant] = []
        for field in needed:
            grants = plan.grants(type_name, field, action)
            held = [grant for grant in grants if holds(grant.condition, row, viewer.parameters)]
            if not held:
                return NOTHING
        if all(_names_field(grant.condition) for grant in held):
            return DISCLOSED
        masks = {grant.mask for grant in held}
        return SHOWN if CLEAR in masks else "m:" + "/".join(sorted(masks))


def _names_field(condition: Condition) -> bool:
    """Whether it takes a disclosure that names the field itself."""
    return any(isinstance(part, Contains) for part in walk(condition))


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
