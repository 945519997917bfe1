"""Filters of the root lists: a row matches only where every field that is looked at may be read in clear."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tests.reference.desk import due, mine
from tests.reference.disclosure import FILTER as DISCLOSURE

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Test = Callable[["Reader", Any, Any], bool]
Filter = tuple[Sequence[str], Test]
TEXT = ("title", "body")


def key(identity: str) -> int:
    return int(identity.partition(":")[2])


def _equal(column: str) -> Test:
    return lambda reader, row, wanted: getattr(row, column) == wanted


def _day(row: Any) -> str:
    """The day of publication in UTC, which sorts as text; nothing where there is none."""
    return row.published_at.astimezone(UTC).date().isoformat() if row.published_at else ""


def _from(reader: "Reader", row: Any, day: str) -> bool:
    return _day(row) != "" and date.fromisoformat(_day(row)) >= date.fromisoformat(day)


def _to(reader: "Reader", row: Any, day: str) -> bool:
    return _day(row) != "" and date.fromisoformat(_day(row)) <= date.fromisoformat(day)


def _criticality(reader: "Reader", row: Any, wanted: Mapping[str, int | None]) -> bool:
    least, most, value = wanted.get("gte"), wanted.get("lte"), row.criticality
    return value is not None and (least is None or value >= least) and (most is None or value <= most)


def _bears(reader: "Reader", row: Any, tag: Mapping[str, str]) -> bool:
    return any((t.kind, t.label) == (tag["kind"], tag["label"]) for t in row.tags)


def _holds(column: str) -> Test:
    return lambda reader, row, words: words.lower() in getattr(row, column).lower()


def _lies_in(reader: "Reader", service: Any, code: str) -> bool:
    return any(area.code == code for area in service.areas)


def _unknown(reader: "Reader", row: Any, wanted: bool) -> bool:
    return row.postcode is not None and (row.postcode not in reader.world.postcodes) == wanted


STORY: Mapping[str, Filter] = {
    "search": (TEXT, lambda reader, row, words: row.id in reader.world.found[words]),
    "status": (("status",), _equal("status")),
    "serviceId": (("services",), lambda reader, row, id_: any(s.id == key(id_) for s in row.services)),
    "organisationId": (
        ("services",),
        lambda reader, row, id_: any(s.organisation_id == key(id_) for s in row.services),
    ),
    "areaCode": (("services",), lambda reader, row, code: any(_lies_in(reader, s, code) for s in row.services)),
    "routing": (("routing",), _equal("routing")),
    "region": (("region",), _equal("region")),
    "tag": (("tags",), _bears),
    "ageGroup": (("ageGroup",), _equal("age_group")),
    "authorRole": (("authorRole",), _equal("author_role")),
    "progress": (("progress",), _equal("progress")),
    "publishedFrom": (("publishedAt",), _from),
    "publishedTo": (("publishedAt",), _to),
    "criticality": (("criticality",), _criticality),
}
SERVICE: Mapping[str, Filter] = {
    "search": (("name",), _holds("name")),
    "organisationId": (("organisation",), lambda reader, row, id_: row.organisation_id == key(id_)),
    "parentId": (("parent",), lambda reader, row, id_: row.parent_id == key(id_)),
    "region": (("region",), _equal("region")),
    "areaCode": (("areas",), _lies_in),
    "specialty": (("specialties",), lambda reader, row, name: name in row.specialties),
    "postcodeUnknown": (("postcode",), _unknown),
}
ORGANISATION: Mapping[str, Filter] = {
    "search": (("name",), _holds("name")),
    "kind": (("kind",), _equal("kind")),
    "region": (("region",), _equal("region")),
}
COMPLAINT: Mapping[str, Filter] = {
    "kind": (("kind",), _equal("kind")),
    "open": (("answeredAt",), lambda reader, row, open_: (row.answered_at is None) == open_),
    "overdue": (
        ("overdue",),
        lambda reader, row, late: (row.answered_at is None and row.due_at < reader.world.now) == late,
    ),
}
AUDIT: Mapping[str, Filter] = {
    **{name: ((name,), _equal(name)) for name in ("kind", "purpose", "reference")},
    "accountId": (("accountId",), lambda reader, row, id_: f"Account:{row.account_id}" == id_),
    "personId": (("personId",), lambda reader, row, id_: f"Account:{row.person_id}" == id_),
    "disclosureId": (("disclosureId",), lambda reader, row, id_: f"Disclosure:{row.disclosure_id}" == id_),
    "field": (("fields",), lambda reader, row, name: name in row.fields),
    "happenedFrom": (("happenedAt",), lambda reader, row, at: row.happened_at >= datetime.fromisoformat(at)),
    "happenedTo": (("happenedAt",), lambda reader, row, at: row.happened_at < datetime.fromisoformat(at)),
}
QUEUE: Mapping[str, Filter] = {
    "status": STORY["status"],
    "assignedToMe": (("assignedToMe",), lambda reader, row, wanted: mine(reader, row, {}) == wanted),
    "unassigned": (("assignedAt",), lambda reader, row, wanted: (row.moderator_id is None) == wanted),
    "routing": STORY["routing"],
    "overdue": (
        ("moderationDueAt",),
        lambda reader, row, late: bool((at := due(reader, row, {})) and at < reader.world.now) == late,
    ),
}
FILTERS: Mapping[str, Mapping[str, Filter]] = {
    "Story": STORY,
    "Service": SERVICE,
    "Organisation": ORGANISATION,
    "AuditEvent": AUDIT,
    "Complaint": COMPLAINT,
    "Disclosure": DISCLOSURE,
    "ModerationQueue": QUEUE,
}


def matching(
    reader: "Reader", type_name: str, rows: Sequence[Any], given: Mapping[str, Any] | None, filters: str = ""
) -> list[Any]:
    """The visible rows that fit all that is given; raises FORBIDDEN for what this viewer can never look at."""
    tests = [
        (*FILTERS[filters or type_name][name], value) for name, value in (given or {}).items() if value is not None
    ]
    for looks_at, _, _ in tests:
        reader.look(type_name, looks_at)
    found = reader.sight.visible(rows)
    for looks_at, test, value in tests:
        readable = [row for row in found if all(reader.sight.clear(row, field) for field in looks_at)]
        found = [row for row in readable if test(reader, row, value)]
    return found
