"""How a row of the small world is decided on: by Oso itself, and by the compiled plan."""

from functools import cache

from policies.coverage import asked, watched
from policies.evaluation import holds
from policies.grant import CALL, READ, ROW_FIELD
from policies.viewer import Viewer
from tests.policies.people import CLEAR, HIDDEN, policies, settled


@cache
def granted(viewer: Viewer, status: str, answer: str, name: str) -> frozenset[tuple[str, str, str]]:
    """All that Oso lets a viewer read of one row of a settled world."""
    found = policies().engine.grants(viewer, getattr(settled(status, answer), name))
    return frozenset((field, mask, reason) for action, field, mask, reason in found if action == "read")


def settled_by_oso(viewer: Viewer, status: str, answer: str, name: str, field: str) -> str:
    """How a field of a row of a settled world is shown, according to Oso itself."""
    if watched():
        return _planned(viewer, getattr(settled(status, answer), name), field)
    found = granted(viewer, status, answer, name)
    row_field = ROW_FIELD.get(type(getattr(settled(status, answer), name)).__name__, "id")
    there = any(granted_field == row_field for granted_field, _, _ in found)
    return _shown({mask for granted_field, mask, _ in found if granted_field == field} if there else set())


def by_oso(viewer: Viewer, row: object, field: str) -> str:
    """How a field of a row is shown, according to Oso itself on the loaded row.

    Where only coverage is measured, the plan answers for it: that the two agree is proved when the tables are tests.
    """
    if watched():
        return _planned(viewer, row, field)
    engine = policies().engine
    there = engine.allows(viewer, "read", row, ROW_FIELD.get(type(row).__name__, "id"))
    masks = {mask for mask, _ in engine.allows(viewer, "read", row, field)} if there else set()
    return _shown(masks)


def by_plan(viewer: Viewer, row: object, field: str) -> str:
    """The same according to the compiled plan of the viewer's kind."""
    asked(viewer, READ, row, field)
    return _planned(viewer, row, field)


def _planned(viewer: Viewer, row: object, field: str) -> str:
    plan, type_name = policies().plan(viewer), type(row).__name__
    if not holds(plan.row(type_name), row, viewer.parameters):
        return HIDDEN
    cases = plan.cases(type_name, field)
    return _shown({mask for mask, condition in cases if holds(condition, row, viewer.parameters)})


def may(viewer: Viewer, action: str, row: object) -> bool:
    """Whether a viewer may do something with a row; Oso and the plan have to agree."""
    asked(viewer, action, row, action)
    allowed = holds(policies().plan(viewer).action(type(row).__name__, action), row, viewer.parameters)
    assert watched() or bool(policies().engine.allows(viewer, action, row, action)) == allowed, (viewer, action)
    return allowed


def may_call(viewer: Viewer, root: object, field: str) -> bool:
    """Whether a viewer may use a field of a root at all; Oso and the plan have to agree."""
    asked(viewer, CALL, root, field)
    allowed = policies().plan(viewer).may_call(type(root).__name__, field)
    assert watched() or bool(policies().engine.allows(viewer, CALL, root, field)) == allowed, (viewer, field)
    return allowed


def _shown(masks: set[str]) -> str:
    if not masks:
        return HIDDEN
    return CLEAR if "clear" in masks else f"m:{min(masks)}"
