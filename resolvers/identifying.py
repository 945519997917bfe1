"""What in a story could identify a person: the statement gives title and text, the finish looks through them."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from operations.detection import Finding, IdentifyingField, find
from resolvers.build import Build, Selected
from resolvers.mapping import Row
from resolvers.site import Site, hexed

NAME = "Identifying"
Keys = Sequence[tuple[str, str]]


class Identifying:
    """SECURITY: found in what this viewer reads, under the same grant; it is neither stored nor logged."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        parts = build.subfields(selected, NAME, selected.below(None))
        work = partial(_identifying, [(part.key, part.name) for part in parts])
        texts = _bytes(row.title).op("||")(literal_column("':'")).op("||")(_bytes(row.body))
        return build.sites.worked(Site(selected.path, selected.parent, selected.name, work=work), texts)


def _bytes(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return hexed(func.convert_to(value, literal_column("'UTF8'")))


def _identifying(keys: Keys, texts: str) -> list[dict[str, Any]]:
    found = zip(IdentifyingField, texts.split(":"), strict=True)
    return [_shaped(keys, field, one) for field, text in found for one in find(bytes.fromhex(text).decode())]


def _shaped(keys: Keys, field: IdentifyingField, found: Finding) -> dict[str, Any]:
    values = {
        "kind": found.kind,
        "field": field,
        "start": found.start,
        "length": found.length,
        "suggestion": found.suggestion,
        "__typename": NAME,
    }
    return {key: values[name] for key, name in keys}
