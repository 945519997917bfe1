"""Requests and answers: the statements' JSON is copied into the answer, not parsed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError

from operations.audit import Asked
from resolvers.finish import Finished


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request; `denied_null` asks for denied paths in the extensions instead of errors."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None = None
    denied_null: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer as JSON; `executed` is False where nothing was run."""

    body: bytes
    executed: bool = True
    public: bool = False
    cookies: Sequence[str] = ()
    """Values of `Set-Cookie` headers."""


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

    def add(self, key: str, finished: Finished) -> None:
        """A root field's JSON, with what is to be said about it."""
        self.fields.append((key, finished.json))
        self.found.append(finished)
        self.note(finished)

    def note(self, finished: Finished) -> None:
        """What is to be said about denied and masked fields."""
        for path, site in finished.denied:
            if self.denied_null:
                self.denied.append({"path": path, "reason": site.reason})
            else:
                self.errors.append({**site.error, "path": path})
        for path, site in finished.masked:
            self.masked.append({"path": path, "mask": site.mask, "reason": site.reason})

    def fail(self, key: str, error: GraphQLError, nullable: bool) -> None:
        """A root field that could not be answered: null, or no data at all where null may not be."""
        self.errors.append(dict(error.formatted))
        self.fields.append((key, b"null"))
        self.void |= not nullable

    def answer(self) -> Answer:
        """The answer's bytes."""
        parts = [b'{"data":', b"null" if self.void else _object(self.fields)]
        if self.errors:
            parts += [b',"errors":', orjson.dumps(self.errors)]
        if self.denied or self.masked:
            parts += [b',"extensions":', orjson.dumps({"access": self.access()})]
        parts.append(b"}")
        return Answer(b"".join(parts))

    def access(self) -> dict[str, Any]:
        """`extensions.access`: what was denied (if asked for there) and what was masked."""
        return {name: value for name, value in (("denied", self.denied), ("masked", self.masked)) if value}


def _object(fields: Sequence[tuple[str, bytes]]) -> bytes:
    return b"{" + b",".join(b'"%b":%b' % (key.encode(), value) for key, value in fields) + b"}"


def refusal(errors: Sequence[GraphQLError]) -> Answer:
    """The answer to a request that is not executed."""
    return Answer(orjson.dumps({"errors": [error.formatted for error in errors]}), executed=False)
