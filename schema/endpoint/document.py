"""Documents by their ids: trusted ones from manifests, and those that clients register themselves (APQ)."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError

from policies.viewer import Anonymous, Viewer
from resolvers.answer import Request
from resolvers.cache import Cache
from resolvers.document import Charge, Refused
from resolvers.error import bad_input, coded

APOLLO = "apollo-persisted-query-manifest"
REGISTERED_BYTES = 2_000_000
"""How much of what clients registered is kept, least recently used first to go: texts and their hashes."""
SHA256 = 64
LONGEST = 20_000
"""A text of more characters is not registered: it is sent each time."""
NOT_FOUND = "PersistedQueryNotFound"
"""The message by which clients know that they have to send the text too."""
UNTRUSTED = "Visitors may only run the documents that this site knows. Sign in, or send the id of one of them."
Valid = Callable[[str, str | None, Charge], object]
"""Raises Refused for a text that is no valid document, or has no such operation."""


class ManifestError(ValueError):
    """A file that is no manifest of documents; the text names it."""


@dataclass(slots=True)
class Known:
    """The documents that have ids; with `only`, visitors run no others than the trusted ones."""

    valid: Valid
    trusted: Mapping[str, str] = field(default_factory=dict)
    only: bool = False
    _texts: frozenset[str] = field(init=False)
    _registered: Cache[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._texts = frozenset(self.trusted.values())
        self._registered = Cache(REGISTERED_BYTES, lambda text: len(text.encode()) + SHA256)

    def resolve(self, request: Request, viewer: Viewer) -> Request:
        """The request with its document's text. Raises Refused where there is none, or not for this viewer."""
        found = self._with_text(request)
        # SECURITY: who can't be named asks what was written for this site, and thought through, or nothing.
        if self.only and isinstance(viewer, Anonymous) and found.query not in self._texts:
            raise Refused([coded("FORBIDDEN", UNTRUSTED)])
        if found is not request and request.query and request.document not in self.trusted:
            self._register(found)
        return found

    def _with_text(self, request: Request) -> Request:
        id_, sent = request.document, request.query
        if id_ is None:
            return request
        text = self.trusted.get(id_)
        if text is None and sent:
            _check_hash(id_, sent)
            text = sent
        text = text or self._registered.peek(id_)
        if text is None:
            raise Refused([coded("NOT_FOUND", NOT_FOUND)])
        if sent and sent != text:
            raise Refused([_mismatch()])
        return replace(request, query=text, document=None)

    def _register(self, found: Request) -> None:
        text = found.query
        if len(text) <= LONGEST:
            # SECURITY: only what could run is kept.
            self.valid(text, found.operation_name, found.charge)
            self._registered.get(_hash(text), lambda: text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_hash(id_: str, text: str) -> None:
    # SECURITY: an id is its text's hash, so that nobody puts a text of theirs under another's id.
    if _hash(text) != id_:
        raise Refused([_mismatch()])


def _mismatch() -> GraphQLError:
    return bad_input("The document is not the one of this id.")


def read_manifests(paths: Iterable[Path]) -> dict[str, str]:
    """The documents of these files by their ids.

    Each is `{"<id>": "<text>", …}`, as graphql-codegen and relay-compiler write it, or Apollo's manifest. Raises
    ManifestError.
    """
    found: dict[str, str] = {}
    for path in paths:
        for id_, text in _entries(path).items():
            if found.setdefault(id_, text) != text:
                raise ManifestError(f"{path}: the id {id_!r} stands for another document elsewhere.")
    return found


def _entries(path: Path) -> dict[str, str]:
    try:
        read: Any = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"{path} can't be read: {error.strerror}.") from None
    except orjson.JSONDecodeError:
        raise ManifestError(f"{path} is not JSON.") from None
    entries = _of_apollo(read) if isinstance(read, dict) and read.get("format") == APOLLO else read
    if not isinstance(entries, dict) or not all(isinstance(text, str) and text for text in entries.values()):
        raise ManifestError(f"{path} is no manifest: it has to be an object of ids and texts of documents.")
    return entries


def _of_apollo(read: dict[str, Any]) -> Any:
    try:
        return {operation["id"]: operation["body"] for operation in read["operations"]}
    except (KeyError, TypeError):
        return None
