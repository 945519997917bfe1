"""Requests and answers: the statements' JSON is copied into the answer, not parsed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from graphql import GraphQLError

from operations.audit import Asked
from resolvers.finish import Finished


class Meter(Protocol):
    """Counts what one client asks for against what it may ask for."""

    @property
    def remaining(self) -> int:
        """What is left, in units of `resolvers.cost`."""

    def charge(self, cost: int) -> None:
        """Take that much of it; raises where less is left."""


class Visit(Protocol):
    """How a client came to us."""

    @property
    def host(self) -> str:
        """By which host, without a port."""

    @property
    def address(self) -> str:
        """From which IP address; empty where that is not known."""


@dataclass(slots=True)
class Request:
    """One GraphQL request; `denied_null` asks for denied paths in the extensions instead of errors.

    `costed` asks for what it cost there, too; `cost` is that, once it is known. `meter` counts it.
    """

    query: str
    variables: dict[str, Any]
    operation_name: str | None = None
    denied_null: bool = False
    document: str | None = None
    """The id by which the document goes; `query` is then empty, or the text to be known by it."""
    costed: bool = False
    meter: Meter | None = None
    cost: dict[str, int | None] | None = None
    visit: Visit | None = None

    def charge(self, cost: int) -> None:
        """Take that much of what the client may ask for; raises where less is left."""
        if self.meter is not None:
            self.meter.charge(cost)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer as JSON; `executed` is False where nothing was run."""

    body: bytes
    executed: bool = True
    tables: frozenset[str] | None = None
    """The tables on which alone a public answer depends; None for one that is its viewer's, or this moment's."""
    tag: bytes = b""
    """The `ETag` of a public answer."""
    cookies: Sequence[str] = ()
    """Values of `Set-Cookie` headers."""
    denials: Mapping[tuple[str, str], int] | None = None
    """How often each field, by its type and name, was denied in it; for whoever counts."""


@dataclass(slots=True)
class Draft:
    """What is gathered for one answer."""

    denied_null: bool = False
    fields: list[tuple[str, bytes]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    denied: list[dict[str, Any]] = field(default_factory=list)
    masked: list[dict[str, Any]] = field(default_factory=list)
    void: bool = False
    found: list[Finished] = field(default_factory=list)
    attempts: list[Asked] = field(default_factory=list)
    """What is to be audited before the answer leaves: what came out, and root fields that were denied."""
    cost: dict[str, int | None] | None = None
    denials: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, key: str, finished: Finished) -> None:
        """A root field's JSON, with what is to be said about it."""
        self.fields.append((key, finished.json))
        self.found.append(finished)
        self.note(finished)

    def note(self, finished: Finished) -> None:
        """What is to be said about denied and masked fields."""
        for path, site in finished.denied:
            self.deny(site.type, site.field)
            if self.denied_null:
                self.denied.append({"path": path, "reason": site.reason})
            else:
                self.errors.append({**site.error, "path": path})
        for path, site in finished.masked:
            self.masked.append({"path": path, "mask": site.mask, "reason": site.reason})

    def deny(self, type_name: str, field_name: str) -> None:
        """Count a denied field."""
        key = (type_name, field_name)
        self.denials[key] = self.denials.get(key, 0) + 1

    def fail(self, key: str, error: GraphQLError, nullable: bool) -> None:
        """A root field that could not be answered: null, or no data at all where null may not be."""
        self.errors.append(dict(error.formatted))
        self.fields.append((key, b"null"))
        self.void |= not nullable

    def answer(self, tables: frozenset[str] | None = None) -> Answer:
        """The answer's bytes; one made of nothing but rows of these tables is public."""
        parts = [b'{"data":', b"null" if self.void else _object(self.fields)]
        if self.errors:
            parts += [b',"errors":', orjson.dumps(self.errors)]
        if extensions := self.extensions():
            parts += [b',"extensions":', orjson.dumps(extensions)]
        parts.append(b"}")
        return Answer(b"".join(parts), tables=tables, denials=self.denials)

    def extensions(self) -> dict[str, Any]:
        """What is said beside the answer: `access` where something was denied or masked, `cost` where asked for."""
        return {name: value for name, value in (("access", self.access()), ("cost", self.cost)) if value}

    def access(self) -> dict[str, Any]:
        """What was denied (if asked for there) and what was masked."""
        return {name: value for name, value in (("denied", self.denied), ("masked", self.masked)) if value}


def _object(fields: Sequence[tuple[str, bytes]]) -> bytes:
    return b"{" + b",".join(b'"%b":%b' % (key.encode(), value) for key, value in fields) + b"}"


def refusal(errors: Sequence[GraphQLError]) -> Answer:
    """The answer to a request that is not executed."""
    return Answer(orjson.dumps({"errors": [error.formatted for error in errors]}), executed=False)
