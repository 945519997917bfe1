"""Which disclosures let a recipient read what of a row, for the audit log."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, cast, func, literal_column, select

from models import Disclosure, Membership, MembershipRole
from resolvers.mapping import Row, fresh
from resolvers.viewer import of_viewer

if TYPE_CHECKING:
    from resolvers.build import Build

Expression = ColumnElement[Any]
BETWEEN, NAMES, NAME = ";", "=", ","
OF: Mapping[str, Callable[[Row, Row], Expression]] = {
    "Story": lambda disclosure, story: disclosure.story_id == story.id,
    "Account": lambda disclosure, account: disclosure.account_id == account.id,
    "IpAddressUse": lambda disclosure, used: disclosure.account_id == used.account_id,
    "Reading": lambda disclosure, reading: disclosure.account_id == reading.account_id,
}
"""Of which rows of a type a disclosure is."""


def disclosures(build: "Build", type_name: str, row: Row) -> Expression | None:
    """The active disclosures of a row to the viewer as text, `id=field,field;id=…`, the one approved first first."""
    if type_name not in OF:
        return None
    disclosure, membership = fresh(Disclosure), fresh(Membership)
    me = build.computed(lambda _variables, viewer: of_viewer(viewer, "account_id"), Uuid())
    manages = select(membership.id).where(
        membership.organisation_id == disclosure.organisation_id,
        membership.account_id == me,
        membership.role == literal_column(f"'{MembershipRole.MANAGER}'"),
    )
    names = func.array_to_string(disclosure.fields, literal_column(f"'{NAME}'"))
    one = cast(disclosure.id, String).op("||")(literal_column(f"'{NAMES}'")).op("||")(names)
    theirs = select(one).where(OF[type_name](disclosure, row), disclosure.active, manages.exists())
    ordered = theirs.order_by(disclosure.approved_at, disclosure.id).correlate_except(disclosure)
    return func.array_to_string(func.array(ordered.scalar_subquery()), literal_column(f"'{BETWEEN}'"))


def by_disclosure(
    text: str, shown: Sequence[int], named: Sequence[frozenset[str]]
) -> Mapping[UUID | None, tuple[int, ...]]:
    """The places of fields that were shown, by the first disclosure that names them; None for what no disclosure does.

    `text` is what `disclosures` made; `named` says for each place which names open it.
    """
    found: dict[UUID | None, tuple[int, ...]] = {}
    left = list(shown)
    for one in text.split(BETWEEN) if text else ():
        id_, _, fields = one.partition(NAMES)
        mine = [place for place in left if named[place] & set(fields.split(NAME))]
        if mine:
            found[UUID(id_)] = tuple(mine)
            left = [place for place in left if place not in mine]
    return found | ({None: tuple(left)} if left else {})
