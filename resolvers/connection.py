"""Relay connections in SQL: pages cut after filtering, keyset cursors, counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by
from sqlalchemy.sql import FromClause, Select

from resolvers.argument import Variables, getter, plain
from resolvers.build import Build, Selected
from resolvers.cursor import unseal
from resolvers.error import bad_input
from resolvers.mapping import TYPES, Key, Row, Source, fresh
from resolvers.record import EMPTY_LIST, built, columns, lateral, restricted, text_literal, whole
from resolvers.site import Site

Expression = ColumnElement[Any]
PAGE = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """One list as it is asked for: fresh rows on demand, its sort keys and direction, and its signature."""

    source: Callable[[], Source]
    keys: Sequence[Key]
    descending: bool
    signature: Callable[[Variables], str]


@dataclass(frozen=True, slots=True)
class Window:
    """The page that is asked for: how many rows, from which end, and whether one more is looked for."""

    size: int
    backward: bool
    after: Any
    before: Any


def window_of(build: Build, arguments: dict[str, Any]) -> Window:
    """Reads `first`, `last`, `after` and `before`; raises BAD_USER_INPUT for sizes that make no page."""
    first, last = plain(arguments.get("first")), plain(arguments.get("last"))
    if first is not None and last is not None:
        raise bad_input("Give `first` or `last`, not both.")
    size = first if first is not None else last if last is not None else min(PAGE, build.question.page_max)
    if size < 0:
        raise bad_input("A page can't have a negative size.")
    if size > build.question.page_max:
        raise bad_input(f"A page has at most {build.question.page_max} entries.")
    return Window(size, last is not None, arguments.get("after"), arguments.get("before"))


@dataclass(frozen=True, slots=True)
class Connection:
    """A field that leads to a page of rows of a type."""

    type: str
    listing: Callable[[Build, Row, dict[str, Any]], Listing]

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> Expression:
        return connection(build, self.type, self.listing(build, row, build.arguments(selected)), selected)


def connection(build: Build, type_name: str, listing: Listing, selected: Selected) -> Expression:
    """The connection as one object."""
    parts = build.subfields(selected, _name(type_name), selected.path)
    page = Page(build, type_name, listing, window_of(build, build.arguments(selected)), parts)
    rows, value = whole(page.statement())
    return select(value).select_from(rows).scalar_subquery()


def _name(type_name: str) -> str:
    return TYPES[type_name].connection or f"{type_name}Connection"


class Page:
    """One page: an ordered, limited subquery from which edges, nodes and page information are gathered."""

    def __init__(
        self, build: Build, type_name: str, listing: Listing, window: Window, parts: Sequence[Selected]
    ) -> None:
        self.build, self.type, self.listing, self.window, self.parts = (
            build,
            type_name,
            listing,
            window,
            parts,
        )
        self.probes = any(part.name == "pageInfo" for part in parts)
        source = listing.source()
        self.known = source.known
        self.rows = self._page(source).subquery()
        self.row = fresh(TYPES[type_name].model, self.rows)
        self.froms: list[FromClause] = []

    def statement(self) -> Select[Any]:
        """All selected parts of the connection as the columns of one row."""
        found = [self._part(part).label(part.key) for part in self.parts]
        if all(part.name in ("totalCount", "__typename") for part in self.parts):
            return select(*found)
        joined: Any = self.rows
        for source in self.froms:
            joined = joined.join(source, true())
        # One row even where nothing that is selected counts or gathers the page's rows.
        return select(*found).select_from(joined).having(literal_column("true"))

    def _page(self, source: Source) -> Select[Any]:
        keys = [key.of(source) for key in self.listing.keys]
        down = self.listing.descending != self.window.backward
        order = [key.desc() if down else key.asc() for key in keys]
        labelled = [key.label(f"key{position}") for position, key in enumerate(keys)]
        statement = restricted(select(*source.row.all, *labelled), self.build, self.type, source)
        if self.probes or self.window.backward:
            statement = statement.add_columns(func.row_number().over(order_by=order).label("place"))
        for cursor, after in ((self.window.after, True), (self.window.before, False)):
            if cursor is not None:
                statement = statement.where(self._beyond(keys, cursor, after))
        limit = self.window.size + (1 if self.probes else 0)
        return statement.order_by(*order).limit(literal_column(str(limit)))

    def _beyond(self, keys: Sequence[Expression], cursor: Any, after: bool) -> Expression:
        bounds = tuple_(*(self._bound(key, position, cursor) for position, key in enumerate(keys)))
        row = tuple_(*keys)
        return row < bounds if after == self.listing.descending else row > bounds

    def _bound(self, key: Expression, position: int, cursor: Any) -> Expression:
        get, listing = getter(cursor), self.listing
        aead = self.build.question.keyring.cursors
        parsers = [key.parse for key in listing.keys]

        def bound(variables: Variables, _viewer: Any) -> Any:
            return unseal(aead, get(variables), listing.signature(variables), parsers)[position]

        return self.build.computed(bound, key.type, personal=False)

    def _part(self, part: Selected) -> Expression:
        if part.name == "__typename":
            return text_literal(_name(self.type))
        if part.name == "totalCount":
            return self._count()
        if part.name == "pageInfo":
            return self._page_info(part)
        if part.name == "nodes":
            return self._gathered(self._node(part, part.below(None)))
        return self._gathered(self._edge(part))

    def _node(self, selected: Selected, path: tuple[str | None, ...]) -> Expression:
        found = columns(self.build, self.type, self.row, selected, path, self.known)
        return self._aside(select(*found).correlate(self.rows, *self.froms))

    def _edge(self, edges: Selected) -> Expression:
        found = []
        for part in self.build.subfields(edges, f"{self.type}Edge", edges.below(None)):
            if part.name == "cursor":
                found.append(self._cursor(part).label(part.key))
            elif part.name == "node":
                found.append(self._node(part, part.path).label(part.key))
            else:
                found.append(text_literal(f"{self.type}Edge").label(part.key))
        return self._aside(select(*found).correlate(self.rows, *self.froms))

    def _aside(self, statement: Select[Any]) -> Expression:
        source, value = lateral(statement)
        self.froms.append(source)
        return value

    def _gathered(self, value: Expression) -> Expression:
        ordered: Any = aggregate_order_by(value, self.rows.c.place.desc()) if self.window.backward else value
        gathered: Any = func.json_agg(ordered)
        if self.probes:
            gathered = gathered.filter(self._on_page())
        return func.coalesce(gathered, EMPTY_LIST, type_=JSON())

    def _on_page(self) -> Expression:
        return self.rows.c.place <= literal_column(str(self.window.size))

    def _count(self) -> Expression:
        source = self.listing.source()
        return restricted(select(func.count()), self.build, self.type, source).scalar_subquery()

    def _cursor(self, part: Selected) -> Expression:
        site = Site(part.path, part.parent, part.name, signature=self.listing.signature)
        keys = [key.text(self.rows.c[f"key{n}"]) for n, key in enumerate(self.listing.keys)]
        return self.build.sites.cursor(site, keys)

    def _page_info(self, info: Selected) -> Expression:
        pairs: list[Expression] = []
        for part in self.build.subfields(info, "PageInfo", info.path):
            pairs += [text_literal(part.key), self._page_fact(part)]
        return built(pairs)

    def _page_fact(self, part: Selected) -> Expression:
        if part.name == "__typename":
            return text_literal("PageInfo")
        more = func.count() > literal_column(str(self.window.size))
        window = self.window
        if part.name == "hasNextPage":
            return literal_column(str(window.before is not None).lower()) if window.backward else more
        if part.name == "hasPreviousPage":
            return more if window.backward else literal_column(str(window.after is not None).lower())
        # The first or the last of the page in reading order.
        place = self.rows.c.place
        lowest = (part.name == "startCursor") != window.backward
        order = place.asc() if lowest else place.desc()
        cursors: Any = func.array_agg(aggregate_order_by(self._cursor(part), order))
        found: Expression = cursors.filter(self._on_page())[1]
        return found
