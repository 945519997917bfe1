"""The whole notice, as the API and the page show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import GraphQLSchema

from models.privacy_notice import RECORD, Topics
from policies.plan import Policies
from resolvers.operator import Operator
from resolvers.privacy_notice.content import meaning, topics
from resolvers.privacy_notice.names import TITLES
from resolvers.privacy_notice.section import SECTIONS
from resolvers.privacy_notice.words import what_changed


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of one site: `value` holds the fields of the API's `PrivacyNotice`."""

    value: Mapping[str, Any]


@lru_cache(maxsize=8)
def notice_of(policies: Policies, schema: GraphQLSchema, operator: Operator, url: str) -> Notice:
    """The notice of these policies; it is the same for every viewer."""
    said = topics(policies, schema)
    filling = {"controller": operator.controller, "contact": operator.contact.rstrip("."), "url": url}
    newest = RECORD.newest
    value = {
        "version": newest.version,
        "updatedAt": newest.at.isoformat(),
        "summary": said["summary"]["text"][0],
        "short": said["short"]["text"][0].format(**filling),
        "url": f"{url}/privacy",
        "controller": operator.controller,
        "contact": operator.contact,
        "sections": list(_sections(filling)),
        "fields": list(_fields(said, schema)),
        "changes": [
            {"version": version.version, "at": version.at.isoformat(), "what": what_changed(version)}
            for version in reversed(RECORD.versions)
        ],
    }
    return Notice(value)


def _sections(filling: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for section in SECTIONS:
        text = [paragraph.format(**filling) for paragraph in section.text]
        yield {"key": section.key, "title": section.title, "text": text, "promises": list(section.promises)}


def _fields(said: Topics, schema: GraphQLSchema) -> Iterator[dict[str, Any]]:
    """By type in the notice's order, then as the schema has them."""
    order = list(TITLES)
    named = [topic.split(".") for topic in said if "." in topic]
    for type_name, field in sorted(named, key=lambda at: order.index(at[0]) if at[0] in TITLES else len(order)):
        of_field = said[f"{type_name}.{field}"]
        yield {"type": type_name, "field": field, "meaning": meaning(schema, type_name, field), **of_field}
