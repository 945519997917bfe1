"""Stock: arguments that fit their fields, from what is in a world."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

import models
from models.region import Region
from tests.reference.place import Cursors
from tests.reference.world import SEARCHES, World

Item = TypeVar("Item")
Draw = Callable[[st.SearchStrategy[Any]], Any]
Arguments = dict[str, Any]
WORDS = ("a", "ward", "Body", "kind", "WAIT", '"', "\\", "%", "zz")
ORDERS = ("NEWEST", "OLDEST", "MOST_SIMILAR", "RELEVANCE")


class Stock:
    """Draws the arguments of one document."""

    def __init__(self, draw: Draw, world: World, cursors: Cursors) -> None:
        self._draw = draw
        self.world = world
        self.cursors = cursors

    def one(self, items: Sequence[Item]) -> Item:
        return self._draw(st.sampled_from(items))  # type: ignore[no-any-return]

    def number(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))  # type: ignore[no-any-return]

    def rare(self, percent: int) -> bool:
        """True in about so many cases of a hundred; the simplest document has none of them."""
        return self.number(0, 99) >= 100 - percent

    def of(self, parent: str, field: str) -> Arguments:
        """The arguments for a field; none where it takes none."""
        found = getattr(self, f"_{parent}_{field}".lower(), None)
        if found is not None:
            return found()  # type: ignore[no-any-return]
        return self._page(f"{parent}.{field}") if (parent, field) in PAGED else {}

    def _query_node(self) -> Arguments:
        return {"id": self._any_id()}

    def _query_nodes(self) -> Arguments:
        return {"ids": [self._any_id() for _ in range(self.number(0, 4))]}

    def _query_story(self) -> Arguments:
        number = self.number(1, len(self.world.all(models.Story)) + 1)
        return {"number": number} if self.rare(50) else {"id": f"Story:{number}"}

    def _query_service(self) -> Arguments:
        return self._found_by(models.Service)

    def _query_organisation(self) -> Arguments:
        return self._found_by(models.Organisation)

    def _query_area(self) -> Arguments:
        return {"code": self.one([area.code for area in self.world.all(models.Area)] + ["E00000000"])}

    def _query_stories(self) -> Arguments:
        found: Arguments = {}
        order = self.one(ORDERS) if self.rare(40) else "NEWEST"
        if self.rare(60) or order == "RELEVANCE":
            found["filter"] = self._story_filter()
        name = f"stories:{order}"
        if order == "RELEVANCE":
            search = found["filter"]["search"] = self.one(SEARCHES)
            name += f":{search}"
        if order != "NEWEST" or self.rare(20):
            found["orderBy"] = order
        return found | self._page(name)

    def _query_services(self) -> Arguments:
        keys = ("search", "organisationId", "parentId", "region", "areaCode", "specialty", "postcodeUnknown")
        return self._filtered(self._some(keys)) | self._page("services")

    def _query_organisations(self) -> Arguments:
        return self._filtered(self._some(("search", "kind", "region"))) | self._page("organisations")

    def _query_complaints(self) -> Arguments:
        return self._filtered(self._some(("complaint", "open", "overdue"))) | self._page("complaints")

    def _query_auditevents(self) -> Arguments:
        keys = ("audit", "accountId", "personId", "purpose", "reference", "field", "happenedFrom", "happenedTo")
        return self._filtered(self._some(keys)) | self._page("auditEvents")

    def _query_moderationqueue(self) -> Arguments:
        keys = ("status", "assignedToMe", "unassigned", "routing", "overdue")
        return self._filtered(self._some(keys)) | self._page("moderationQueue")

    def _query_tags(self) -> Arguments:
        return self._kind() | ({"search": self.one(WORDS)} if self.rare(30) else {}) | self._page("tags")

    def _story_tags(self) -> Arguments:
        return self._kind()

    def _kind(self) -> Arguments:
        return {"kind": self.one(list(models.TagKind)).value} if self.rare(50) else {}

    def _any_id(self) -> str:
        model = self.one(IDENTIFIED)
        rows = self.world.all(model)
        return f"{model.__name__}:{self.one(rows).id}" if rows and self.rare(90) else self.one(NOWHERE)

    def _found_by(self, model: type) -> Arguments:
        row = self.one(self.world.all(model))
        way = self.one(("id", "slug", "odsCode"))
        found = {"id": f"{model.__name__}:{row.id}", "slug": row.slug, "odsCode": row.ods_code or "NONE"}
        return {way: found[way]}

    def _some(self, keys: Sequence[str]) -> list[str]:
        return [key for key in keys if self.rare(25)]

    def _filtered(self, keys: Sequence[str]) -> Arguments:
        given = {NAMES.get(key, key): self._filter_value(key) for key in keys}
        return {"filter": given} if keys or self.rare(10) else {}

    def _story_filter(self) -> Arguments:
        found = {key: self._filter_value(key) for key in STORY_KEYS if self.rare(14)}
        if self.rare(20):
            found["search"] = self.one(SEARCHES)
        if self.rare(10):
            found["tag"] = {"kind": self.one(list(models.TagKind)).value, "label": self.one(self._labels())}
        if self.rare(10):
            ends = (("gte", self.number(0, 5)), ("lte", self.number(0, 5)))
            found["criticality"] = {name: value for name, value in ends if self.rare(70)}
        return found

    def _labels(self) -> list[str]:
        return [tag.label for tag in self.world.all(models.Tag)]

    def _filter_value(self, key: str) -> Any:
        if self.rare(6):
            return None
        return self.one(self._choices(key))

    def _choices(self, key: str) -> Sequence[Any]:
        if key in ENUMS:
            return [member.value for member in ENUMS[key]]
        if key == "areaCode":
            return [area.code for area in self.world.all(models.Area)]
        if key in ("accountId", "personId"):
            return [f"Account:{row.id}" for row in self.world.all(models.Account)]
        if key.startswith("happened"):
            return sorted({row.happened_at.isoformat() for row in self.world.all(models.AuditEvent)})
        if key.endswith("Id"):
            model = models.Organisation if key == "organisationId" else models.Service
            return [f"{model.__name__}:{row.id}" for row in self.world.all(model)]
        if key.startswith("published"):
            days = {
                story.published_at.date().isoformat() for story in self.world.all(models.Story) if story.published_at
            }
            return sorted(days)
        return {"search": WORDS, "specialty": ("cancer", "eyes", "Hüfte", "none"), **BOOLEAN, **AUDIT}[key]

    def _page(self, name: str) -> Arguments:
        found: Arguments = {}
        if self.rare(60):
            found[self.one(("first", "last"))] = self.number(20, 40) if self.rare(10) else self.number(0, 6)
        known = self.cursors.by_list.get(name, ())
        for end in ("after", "before"):
            if known and self.rare(15):
                found[end] = self.one(known)
        return found


IDENTIFIED = (
    models.Story, models.Response, models.Service, models.Organisation, models.Area, models.Account, models.Session,
    models.DataExport, models.Complaint, models.Alert, models.AuditEvent,
)  # fmt: skip
NOBODY = "00000000-0000-4000-8000-000000000999"
NOWHERE = ("Story:999", "Response:999", "Service:999", "Area:999", f"Account:{NOBODY}", f"Complaint:{NOBODY}")
BOOLEAN = dict.fromkeys(("postcodeUnknown", "open", "overdue", "assignedToMe", "unassigned"), (True, False))
AUDIT = {
    "purpose": ("abuse", "complaint", "nothing"),
    "reference": WORDS,
    "field": ("Account.email", "Story.author", "nothing"),
}
NAMES = {"complaint": "kind", "audit": "kind"}
"""Filters of the same name choose from other values."""
PAGED = frozenset(
    {
        ("Story", "responses"),
        ("Service", "stories"),
        ("Organisation", "stories"),
        ("Organisation", "services"),
        ("Account", "stories"),
        ("Account", "similarExperiences"),
        ("Account", "readingHistory"),
        ("Account", "accessLog"),
    }  # fmt: skip
)
ENUMS: Mapping[str, Any] = {
    "status": models.StoryStatus,
    "routing": models.Routing,
    "region": Region,
    "ageGroup": models.AgeGroup,
    "authorRole": models.AuthorRole,
    "progress": models.StoryProgress,
    "kind": models.OrganisationKind,
    "complaint": models.ComplaintKind,
    "audit": models.AuditKind,
}
STORY_KEYS = (
    "status", "serviceId", "organisationId", "areaCode", "routing", "region", "ageGroup", "authorRole", "progress",
    "publishedFrom", "publishedTo",
)  # fmt: skip
