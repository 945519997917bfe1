"""Pages: Relay connections, one declaration for every kind of entry."""

from typing import Annotated, Generic, TypeVar

import strawberry

Entry = TypeVar("Entry")

First = Annotated[
    int | None,
    strawberry.argument(description="How many entries from the start. Without `first` and `last`: 20."),
]
Last = Annotated[
    int | None, strawberry.argument(description="How many entries from the end. Not together with `first`.")
]
After = Annotated[
    str | None, strawberry.argument(description="Only entries after this cursor, which the same list gave.")
]
Before = Annotated[
    str | None, strawberry.argument(description="Only entries before this cursor, which the same list gave.")
]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """The page information of Relay."""

    has_next_page: bool = strawberry.field(description="Whether entries follow the page.")
    has_previous_page: bool = strawberry.field(description="Whether entries come before the page.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of the page's first entry; null where the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the page's last entry; null where the page is empty."
    )


@strawberry.type(description="An entry of a list and where it stands.")
class Edge(Generic[Entry]):
    """An entry with its cursor."""

    node: Entry = strawberry.field(description="The entry.")
    cursor: str = strawberry.field(
        description="The entry's place, for `after` and `before`. It reveals nothing and fits this list only."
    )


@strawberry.type
class Connection(Generic[Entry]):
    """A page of a list; each subclass says of what."""

    edges: list[Edge[Entry]] = strawberry.field(description="The page's entries, each with its cursor.")
    nodes: list[Entry] = strawberry.field(description="The page's entries.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    total_count: int = strawberry.field(
        description="How many entries the whole list has for this viewer, on all pages."
    )
