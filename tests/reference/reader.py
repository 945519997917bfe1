"""The reader: what one request of one viewer gets, field by field."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from graphql import GraphQLError, GraphQLResolveInfo
from sqlmodel import SQLModel

import models
from models.secret import Keyring
from policies.viewer import Member
from tests.reference.field import BY_SLUG, FIELDS, NEWEST
from tests.reference.filter import TEXT, key, matching
from tests.reference.place import Cursors, Order, page
from tests.reference.sight import CLEAR, Sight
from tests.reference.world import World

Arguments = Mapping[str, Any]
MASKS = {"outward": lambda postcode: postcode.split()[0]}
NATIONS = {"E": "ENGLAND", "N": "NORTHERN_IRELAND", "S": "SCOTLAND", "W": "WALES"}
QUEUED = ("SUBMITTED", "IN_REVIEW", "PREVIEW")
ORDERED_BY = {
    "NEWEST": ("publishedAt",),
    "OLDEST": ("publishedAt",),
    "MOST_SIMILAR": ("similarExperienceCount",),
    "RELEVANCE": TEXT,
}


class Reader:
    """Resolves every field of a request, and notes what was denied and masked."""

    def __init__(
        self, world: World, sight: Sight, keyring: Keyring, cursors: Cursors, address: str, quiet: bool = False
    ) -> None:
        """`quiet` asks for denied paths in `denied` instead of errors."""
        self.world, self.sight, self.keyring, self.cursors, self.address = world, sight, keyring, cursors, address
        self.quiet = quiet
        self.denied: list[dict[str, Any]] = []
        self.masked: list[dict[str, Any]] = []

    def resolve(self, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        """The field's value, to be completed by graphql-core."""
        if source is None:
            if not self.sight.may_call(info.field_name):
                self.forbid("Query", info.field_name)
            return getattr(self, f"query_{info.field_name}")(arguments)
        if isinstance(source, SQLModel | models.AccessLogEntry):
            return self._guarded(source, info, arguments)
        value = source[info.field_name]
        return value() if callable(value) else value

    def _guarded(self, row: Any, info: GraphQLResolveInfo, arguments: Arguments) -> Any:
        type_name, field = type(row).__name__, info.field_name
        masks = self.sight.masks(row, field)
        if not masks:
            return self._deny(type_name, field, info.path.as_list())
        value = FIELDS[type_name][field](self, row, arguments)
        if CLEAR in masks or value is None:
            return value
        mask, reason = next(iter(masks.items()))
        self.masked.append({"path": info.path.as_list(), "mask": mask, "reason": reason})
        return MASKS[mask](value)

    def _deny(self, type_name: str, field: str, path: list[str | int]) -> None:
        if not self.quiet:
            self.forbid(type_name, field)
        self.denied.append({"path": path, "reason": self.sight.denial(type_name, field)})

    def forbid(self, type_name: str, field: str) -> NoReturn:
        reason = self.sight.denial(type_name, field)
        extensions = {"code": "FORBIDDEN", "reason": reason}
        raise GraphQLError(f"You may not read this: {reason}", extensions=extensions)

    def look(self, type_name: str, fields: Sequence[str]) -> None:
        """Refuses to filter or sort by what this kind of viewer can never read."""
        for field in fields:
            if not self.sight.ever(type_name, field):
                self.forbid(type_name, field)

    def one(self, row: Any) -> Any:
        """The row, or None where it is not there for the viewer."""
        return row if row is not None and self.sight.row(row) else None

    def page(self, order: Order, rows: Sequence[Any], arguments: Arguments) -> dict[str, Any]:
        return page(order, rows, arguments, self.cursors)

    def query_viewer(self, arguments: Arguments) -> Any:
        viewer = self.sight.viewer
        member = isinstance(viewer, Member)
        return {
            "kind": type(viewer).__name__.upper(),
            "account": lambda: self.one(self.world.get(models.Account, id=viewer.account_id)) if member else None,
            "roles": sorted(viewer.roles) if member else [],
            "purpose": str(viewer.purpose) if member and viewer.purpose else None,
        }

    def query_site(self, arguments: Arguments) -> Any:
        """No host and no address are known here, so that a postcode alone suggests anything."""
        viewer, nation = self.sight.viewer, None
        account = self.world.get(models.Account, id=viewer.account_id) if isinstance(viewer, Member) else None
        if self.one(account) is not None and self.sight.clear(account, "postcode"):
            (nation, *others) = self.world.nations.get(FIELDS["Account"]["postcode"](self, account, {})) or [None]
            nation = None if others else nation
        suggested = NATIONS.get(nation) if nation else None
        return {"host": "", "region": None, "suggestedRegion": suggested, "suggestedUrl": None, "country": None}

    def query_node(self, arguments: Arguments) -> Any:
        name, _, text = arguments["id"].partition(":")
        return self.one(next((r for r in self.world.all(getattr(models, name)) if str(r.id) == text), None))

    def query_nodes(self, arguments: Arguments) -> Any:
        return [self.query_node({"id": identity}) for identity in arguments["ids"]]

    def query_story(self, arguments: Arguments) -> Any:
        number = arguments["number"] if arguments.get("number") is not None else key(arguments["id"])
        return self.one(self.world.get(models.Story, id=number))

    def query_service(self, arguments: Arguments) -> Any:
        return self._found_by(models.Service, arguments)

    def query_organisation(self, arguments: Arguments) -> Any:
        return self._found_by(models.Organisation, arguments)

    def _found_by(self, model: type, arguments: Arguments) -> Any:
        ((name, value),) = ((name, value) for name, value in arguments.items() if value is not None)
        wanted = {"id": key(value)} if name == "id" else {{"slug": "slug", "odsCode": "ods_code"}[name]: value}
        return self.one(self.world.get(model, **wanted))

    def query_area(self, arguments: Arguments) -> Any:
        return self.one(self.world.get(models.Area, code=arguments["code"]))

    def query_stories(self, arguments: Arguments) -> Any:
        given, order = arguments.get("filter") or {}, arguments.get("orderBy") or "NEWEST"
        found = matching(self, "Story", self.world.all(models.Story), given)
        self.look("Story", ORDERED_BY[order])
        readable = [s for s in found if all(self.sight.clear(s, field) for field in ORDERED_BY[order])]
        return self.page(self._story_order(order, given.get("search")), readable, arguments)

    def _story_order(self, order: str, search: str | None) -> Order:
        if order == "RELEVANCE":
            assert search is not None
            ranks = self.world.found[search]
            return Order(f"stories:{order}:{search}", lambda s: (ranks[s.id], s.id), descending=True)
        if order == "MOST_SIMILAR":
            return Order(f"stories:{order}", lambda s: (len(s.similar_experiences), s.id), descending=True)
        return Order(f"stories:{order}", NEWEST, descending=order == "NEWEST")

    def query_services(self, arguments: Arguments) -> Any:
        found = matching(self, "Service", self.world.all(models.Service), arguments.get("filter"))
        return self.page(Order("services", BY_SLUG), found, arguments)

    def query_organisations(self, arguments: Arguments) -> Any:
        found = matching(self, "Organisation", self.world.all(models.Organisation), arguments.get("filter"))
        return self.page(Order("organisations", BY_SLUG), found, arguments)

    def query_auditEvents(self, arguments: Arguments) -> Any:  # noqa: N802 (the root field's name)
        found = matching(self, "AuditEvent", self.world.all(models.AuditEvent), arguments.get("filter"))
        return self.page(Order("auditEvents", lambda e: (e.id,), descending=True), found, arguments)

    def query_complaints(self, arguments: Arguments) -> Any:
        found = matching(self, "Complaint", self.world.all(models.Complaint), arguments.get("filter"))
        return self.page(Order("complaints", lambda c: (c.number,), descending=True), found, arguments)

    def query_disclosures(self, arguments: Arguments) -> Any:
        found = matching(self, "Disclosure", self.world.all(models.Disclosure), arguments.get("filter"))
        return self.page(Order("disclosures", lambda d: (d.number,), descending=True), found, arguments)

    def query_moderationQueue(self, arguments: Arguments) -> Any:  # noqa: N802 (the root field's name)
        found = matching(self, "Story", self.world.all(models.Story), arguments.get("filter"), "ModerationQueue")
        waiting = [s for s in found if s.status in QUEUED]
        return self.page(Order("moderationQueue", NEWEST), waiting, arguments)

    def query_tags(self, arguments: Arguments) -> Any:
        """The tags of stories whose tags may be read."""
        kind, search = arguments.get("kind"), arguments.get("search")
        found = [
            tag
            for tag in self.sight.visible(self.world.all(models.Tag))
            if (kind is None or tag.kind == kind)
            and (search is None or search.lower() in tag.label.lower())
            and any(self.sight.clear(story, "tags") for story in tag.stories)
        ]
        return self.page(Order("tags", lambda t: (t.label.encode(), t.id)), found, arguments)
