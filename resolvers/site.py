"""Sites: the places in an answer that SQL alone can't finish.

Where a field is denied, masked in Python or encrypted, and where a cursor goes, the statement leaves a *marker*: a JSON
string that begins with U+0000, a letter and the number of a site. PostgreSQL text can't hold U+0000, so nothing that a
person wrote can look like a marker. Before it stands a tab: PostgreSQL writes none between JSON values, and escapes
those inside texts, so that one look for a byte tells whether there is a marker; an answer without one is sent as it is.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, get_location
from sqlalchemy import ColumnElement, String, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSON

from operations.audit import Attempt

Path = tuple[str | None, ...]
Signature = Callable[[Any], str]

TAB = "\t"
MARK = b"\t"
OPENING = b'"\\u0000d'
"""What stands between the tab of a marker and its number; the last letter says what is to be done."""
CURSOR_MARK = b'\t"\\u0000c'
SUBJECT = " subject"
"""The key under which a statement names the row whose private fields it read; no response key has a space."""


@dataclass(frozen=True, slots=True)
class Site:
    """One place: its path (None stands for a position in a list) and what is to happen there."""

    path: Path
    type: str
    field: str
    reason: str = ""
    mask: str = "clear"
    place: str = ""
    prefix: str = ""
    """What stands before a value that was opened, e.g. the address of which it is the last part."""
    signature: Signature | None = None
    audited: tuple[tuple[str, str], ...] = ()
    """Response keys and `Type.field`s whose reading is written to the audit log."""
    named: tuple[frozenset[str], ...] = ()
    """For each of these, which fields a disclosure opens it by."""
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    attempt: Attempt | None = None
    """What the audit log says of a denied field, where others may read it for a purpose."""
    work: Callable[[str], Any] | None = None
    """What makes the answer of a value that SQL can't make."""
    error: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What the error of a denied field says, but for its path."""


@dataclass(slots=True)
class Sites:
    """The sites of one statement, and the expressions that mark them."""

    all: list[Site] = dataclasses.field(default_factory=list)

    def denied(self, site: Site, subject: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
        """The marker of a field that the viewer may not read here; `subject` names the row for the audit log."""
        if subject is not None:
            return self._marked("d", site, func.coalesce(subject, literal_column("''")))
        return literal_column(f"'{TAB}\"\\u0000d{self._add(site)}\"'::json", JSON())

    def masked(self, site: Site, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value whose mask is applied in Python."""
        return self._marked("m", site, cast(value, String))

    def worked(self, site: Site, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value, without quotes and backslashes, of which `site.work` makes the answer; null stays null."""
        return self._marked("w", site, value)

    def secret(self, site: Site, parts: list[ColumnElement[Any]]) -> ColumnElement[Any]:
        """A ciphertext with what it takes to open it: person, place, wrapped key, bytes; null stays null."""
        whole: ColumnElement[Any] = parts[0]
        for part in parts[1:]:
            whole = whole.op("||")(literal_column("':'")).op("||")(part)
        return self._marked("e", site, whole)

    def cursor(self, site: Site, keys: list[ColumnElement[Any]]) -> ColumnElement[Any]:
        """The keys of a row in the order of its list, to be sealed."""
        whole: ColumnElement[Any] = cast(keys[0], String)
        for key in keys[1:]:
            whole = whole.op("||")(literal_column("','")).op("||")(cast(key, String))
        return self._marked("c", site, whole)

    def _marked(self, letter: str, site: Site, value: ColumnElement[Any]) -> ColumnElement[Any]:
        opening: ColumnElement[Any] = literal_column(f"'{TAB}\"\\u0000{letter}{self._add(site)}:'")
        return cast(opening.op("||")(value).op("||")(literal_column("'\"'")), JSON())

    def audited(
        self,
        site: Site,
        subject: ColumnElement[Any],
        known: Sequence[ColumnElement[bool]] = (),
        disclosures: ColumnElement[Any] | None = None,
    ) -> ColumnElement[Any]:
        """Names the site and the row for the audit log; the finish takes that out of the answer.

        Rows of several types can stand at one place, so the site goes with each of them. Where something is disclosed
        to the viewer, so do which of the fields are shown without that, and the `disclosures` that name fields of it.
        """
        whole: ColumnElement[Any] = literal_column(f"'{self._add(site)}:'", String)
        for shown in known:
            whole = whole.op("||")(case((shown, literal_column("'1'")), else_=literal_column("'0'")))
        for part in (literal_column("''") if disclosures is None else disclosures, subject):
            whole = whole.op("||")(literal_column("':'")).op("||")(func.coalesce(part, literal_column("''")))
        return whole.label(SUBJECT)

    def _add(self, site: Site) -> int:
        self.all.append(site)
        return len(self.all) - 1


def locations_of(node: FieldNode) -> list[dict[str, int]]:
    """Line and column of a field in its document, as errors show them."""
    if not node.loc:
        return []
    found = get_location(node.loc.source, node.loc.start)
    return [{"line": found.line, "column": found.column}]


def hexed(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Bytes as text within a marker."""
    return func.encode(value, literal_column("'hex'"))
