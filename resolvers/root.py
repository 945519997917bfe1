"""Root fields: each one compiles to one value."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, Text, case, cast, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from models import Account, Area, Organisation, Service, Story
from resolvers.argument import plain
from resolvers.audit import audit_listing
from resolvers.build import Build, Selected
from resolvers.complaint import complaint_listing
from resolvers.connection import connection
from resolvers.disclosure import disclosure_listing
from resolvers.error import bad_input
from resolvers.identity import KEYS, key_of, type_of
from resolvers.listing import story_listing
from resolvers.mapping import TYPES, Source, fresh
from resolvers.moderation import moderation_listing
from resolvers.organisation import organisation_listing
from resolvers.record import as_json, built, rows_of, text_literal, whole
from resolvers.service import service_listing
from resolvers.tag import tag_listing

Expression = ColumnElement[Any]
Root = Callable[[Build, Selected], Expression]


def one(build: Build, type_name: str, source: Source, selected: Selected) -> Expression:
    """The row of a source as an object; null where there is none that the viewer may see."""
    rows, value = whole(rows_of(build, type_name, source, selected, selected.path))
    return select(value).select_from(rows).scalar_subquery()


def row_root(type_name: str, key: Any) -> Root:
    """A root that finds a row by its key."""

    def root(build: Build, selected: Selected) -> Expression:
        row = fresh(TYPES[type_name].model)
        wanted = build.computed(lambda _variables, _viewer: key, row.id.type)
        return one(build, type_name, Source(row, [row.id == wanted]), selected)

    return root


def _found_by(type_name: str, model: Any, columns: Mapping[str, str]) -> Root:
    """A root field that finds a row by the one argument that is given."""

    def root(build: Build, selected: Selected) -> Expression:
        arguments = {k: v for k, v in build.arguments(selected).items() if plain(v) is not None}
        if len(arguments) != 1:
            raise bad_input(f"Give exactly one of {', '.join(f'`{name}`' for name in columns)}.")
        ((name, argument),) = arguments.items()
        row = fresh(model)
        column = getattr(row, columns[name])
        convert = (lambda identity: key_of(identity, type_name)) if name == "id" else None
        return one(
            build,
            type_name,
            Source(row, [column == build.parameter(argument, column.type, convert)]),
            selected,
        )

    return root


def _area(build: Build, selected: Selected) -> Expression:
    area = fresh(Area)
    code = build.parameter(build.arguments(selected)["code"], String())
    return one(build, "Area", Source(area, [area.code == code]), selected)


def _stories(build: Build, selected: Selected) -> Expression:
    listing = story_listing(build, "stories", build.arguments(selected))
    return connection(build, "Story", listing, selected)


def _services(build: Build, selected: Selected) -> Expression:
    listing = service_listing(build, "services", build.arguments(selected), lambda: Source(fresh(Service)))
    return connection(build, "Service", listing, selected)


def _organisations(build: Build, selected: Selected) -> Expression:
    return connection(build, "Organisation", organisation_listing(build, build.arguments(selected)), selected)


def _audit_events(build: Build, selected: Selected) -> Expression:
    return connection(build, "AuditEvent", audit_listing(build, build.arguments(selected)), selected)


def _complaints(build: Build, selected: Selected) -> Expression:
    return connection(build, "Complaint", complaint_listing(build, build.arguments(selected)), selected)


def _disclosures(build: Build, selected: Selected) -> Expression:
    return connection(build, "Disclosure", disclosure_listing(build, build.arguments(selected)), selected)


def _moderation_queue(build: Build, selected: Selected) -> Expression:
    return connection(build, "Story", moderation_listing(build, build.arguments(selected)), selected)


def _tags(build: Build, selected: Selected) -> Expression:
    return connection(build, "Tag", tag_listing(build, build.arguments(selected)), selected)


def _node(build: Build, selected: Selected) -> Expression:
    """SECURITY: the row's own type decides which rules apply, whatever the document calls it."""
    identity = build.arguments(selected)["id"]
    type_name = type_of(plain(identity))
    row = fresh(TYPES[type_name].model)
    key = build.parameter(identity, row.id.type, lambda text: key_of(text, type_name))
    return one(build, type_name, Source(row, [row.id == key]), selected)


def _nodes(build: Build, selected: Selected) -> Expression:
    argument = build.arguments(selected)["ids"]
    types = build.parameter(argument, ARRAY(Text()), lambda ids: [type_of(i) for i in _limited(build, ids)])
    keys = build.parameter(argument, ARRAY(Text()), lambda ids: [str(key_of(i, type_of(i))) for i in ids])
    wanted = func.unnest(types, keys).table_valued("type", "key", with_ordinality="place").render_derived()
    cases = [(wanted.c.type == text_literal(name), _node_of(build, name, wanted.c.key, selected)) for name in KEYS]
    found = func.json_agg(case(*cases, else_=null()), type_=JSON())
    return (
        select(func.coalesce(found, literal_column("'[]'::json"), type_=JSON())).select_from(wanted).scalar_subquery()
    )


def _node_of(build: Build, type_name: str, key: Expression, selected: Selected) -> Expression:
    row = fresh(TYPES[type_name].model)
    source = Source(row, [row.id == cast(key, row.id.type)])
    rows, value = whole(rows_of(build, type_name, source, selected, selected.below(None)))
    return as_json(select(value).select_from(rows).scalar_subquery())


def _limited(build: Build, ids: list[str]) -> list[str]:
    if len(ids) > build.question.page_max:
        raise bad_input(f"Ask for at most {build.question.page_max} nodes at once.")
    return ids


def viewer_value(build: Build, selected: Selected) -> Expression:
    """The viewer, with their own account."""
    build.personal = True
    pairs: list[Expression] = []
    for part in build.subfields(selected, "Viewer", selected.path):
        pairs += [text_literal(part.key), _viewer_field(build, part)]
    return built(pairs)


def _viewer_field(build: Build, part: Selected) -> Expression:
    if part.name == "account":
        account = fresh(Account)
        me = build.computed(lambda _variables, viewer: getattr(viewer, "account_id", None), account.id.type)
        return one(build, "Account", Source(account, [account.id == me]), part)
    if part.name == "roles":
        roles = build.computed(
            lambda _v, viewer: sorted(str(role) for role in getattr(viewer, "roles", ())), ARRAY(Text())
        )
        return func.to_json(roles)
    if part.name == "purpose":
        return build.computed(lambda _v, viewer: getattr(viewer, "purpose", None), String())
    if part.name == "kind":
        return build.computed(lambda _v, viewer: type(viewer).__name__.upper(), String())
    return text_literal("Viewer")


ROOTS: Mapping[str, Root] = {
    "viewer": viewer_value,
    "node": _node,
    "nodes": _nodes,
    "story": _found_by("Story", Story, {"id": "id", "number": "id"}),
    "stories": _stories,
    "service": _found_by("Service", Service, {"id": "id", "slug": "slug", "odsCode": "ods_code"}),
    "services": _services,
    "organisation": _found_by("Organisation", Organisation, {"id": "id", "slug": "slug", "odsCode": "ods_code"}),
    "organisations": _organisations,
    "area": _area,
    "tags": _tags,
    "auditEvents": _audit_events,
    "complaints": _complaints,
    "disclosures": _disclosures,
    "moderationQueue": _moderation_queue,
}
