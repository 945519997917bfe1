"""What the notice says of each field that holds something about a person, and of private columns without one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema
from sqlalchemy import Column, inspect

from models.base import metadata
from models.privacy_notice import Says, Topics
from operations.retention import retention
from policies.audience import audiences
from policies.grant import ROOTS
from policies.plan import Policies
from policies.registry import CONCEPTS
from resolvers.privacy_notice.names import WORD
from resolvers.privacy_notice.purpose import held_for
from resolvers.privacy_notice.section import SECTIONS, SHORT, SUMMARY
from resolvers.privacy_notice.words import NOBODY, promises_in, sentences, without_promise

PUBLIC = frozenset({"Area", "Organisation", "Service", "Tag"})
"""Types that are facts about the map and the services, not about anybody."""
UNTOLD = frozenset({"viewerCan"})
"""What a viewer may do is worked out for each answer and kept nowhere."""
ELSEWHERE: Mapping[str, str] = {
    "Account.demographics": "demographics",
    "Account.pendingEmail": "email_change",
    "Account.secondFactor": "second_factor",
    "Account.mailPreferences": "mail_refusal",
    "Account.similarExperiences": "similar_experience",
    "Account.readingHistory": "reading",
    "Account.accessLog": "audit_event",
    "Account.roles": "account.roles",
    "DataExport.url": "data_export.token",
    "Story.original": "story_original",
    "Story.routedAreas": "story_area",
    "Story.services": "story_service",
    "Story.tags": "story_tag",
}
"""Fields whose values lie in another table than their type says."""
SHOWN_AS: Mapping[str, str] = {
    "account.demographics_id": "Account.demographics",
    "data_export.token": "DataExport.url",
    "email_change.email": "Account.pendingEmail",
    "reading.account_id": "Account.readingHistory",
    "response.account_id": "Response.account",
    "similar_experience.account_id": "Account.similarExperiences",
    "story.author_id": "Story.author",
}
"""Private columns that a field of another name shows."""


def topics(policies: Policies, schema: GraphQLSchema) -> Topics:
    """All that the notice says, by topic: what its record keeps and compares."""
    found: dict[str, Says] = {**_fields(policies, schema), **_hidden(policies, schema)}
    found["summary"], found["short"] = {"text": [SUMMARY]}, {"text": [SHORT]}
    for section in SECTIONS:
        found[f"section {section.key}"] = {
            "title": section.title, "text": list(section.text), "promises": list(section.promises),
        }  # fmt: skip
    return found


def personal(policies: Policies, schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Type and name of each field that holds something about a person."""
    for type_name in schema.type_map:
        kind = schema.type_map[type_name]
        if type_name in CONCEPTS and type_name not in {*PUBLIC, *ROOTS} and isinstance(kind, GraphQLObjectType):
            yield from ((type_name, field) for field in kind.fields if field not in UNTOLD)


def meaning(schema: GraphQLSchema, type_name: str, field: str) -> str:
    """What a field holds, in the words of the schema or of the stored column."""
    kind = schema.type_map.get(type_name)
    if isinstance(kind, GraphQLObjectType) and field in kind.fields:
        return kind.fields[field].description or ""
    return next(said for name, column in _private() if name == f"{type_name}.{field}" for said in [_meaning(column)])


def _fields(policies: Policies, schema: GraphQLSchema) -> Mapping[str, Says]:
    return {f"{kind}.{name}": _says(policies, schema, kind, name) for kind, name in personal(policies, schema)}


def _says(policies: Policies, schema: GraphQLSchema, type_name: str, field: str) -> Says:
    table, _, column = _stored(schema, type_name, field).partition(".")
    found = list(audiences(policies, type_name, field))
    why_not = policies.withheld.get((type_name, field), "")
    private = _promise(table, column or WORD.sub("_", field).lower())
    purposes = held_for(f"{type_name}.{field}", private or why_not.split(" ", 1)[0], table)
    reasons = [grant.reason for audience in found for grant in audience.grants]
    return {
        "audience": sentences(found, type_name) or [NOBODY],
        "purpose": _plain(purposes),
        "reasons": _plain(reasons),
        "retention": retention(table, column).until,
        "promises": sorted(promises_in(*purposes, *reasons, why_not, private)),
    }


def _stored(schema: GraphQLSchema, type_name: str, field: str) -> str:
    """The table in which a field's value lies, or `table.column` where that has a length of its own."""
    kind = schema.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    declared = str(kind.fields[field].type).rstrip("!")
    listed = declared.strip("[]!").removesuffix("Connection")
    # Lists hold rows of their own; a field that leads to one row is a reference to it, in this one.
    if listed != declared and listed in CONCEPTS and listed not in PUBLIC:
        return ELSEWHERE.get(f"{type_name}.{field}") or _table(listed)
    return ELSEWHERE.get(f"{type_name}.{field}") or _table(type_name)


def _table(type_name: str) -> str:
    return str(inspect(CONCEPTS[type_name]).local_table.name)


def _hidden(policies: Policies, schema: GraphQLSchema) -> Mapping[str, Says]:
    """Private columns that no field shows to anybody."""
    shown = {f"{kind}.{name}" for kind, name in personal(policies, schema)}
    return {name: _kept(name, column) for name, column in _private() if name not in shown}


def _private() -> Iterator[tuple[str, Column[Any]]]:
    """The private columns, under the names of the fields that show them, or would."""
    for table in metadata.tables.values():
        type_name = "".join(part.title() for part in table.name.split("_"))
        for column in table.columns:
            if "promise" in column.info:
                first, *rest = column.name.split("_")
                named = f"{type_name}.{first}{''.join(part.title() for part in rest)}"
                yield SHOWN_AS.get(f"{table.name}.{column.name}", named), column


def _kept(name: str, column: Column[Any]) -> Says:
    promise = column.info["promise"]
    purposes = held_for(name, promise, column.table.name) or (_meaning(column),)
    return {
        "audience": [NOBODY],
        "purpose": _plain(purposes),
        "reasons": [],
        "retention": retention(column.table.name, column.name).until,
        "promises": sorted(promises_in(promise, *purposes)),
    }


def _plain(texts: Iterable[str]) -> list[str]:
    """Texts without the ids of promises, each once."""
    return list(dict.fromkeys(map(without_promise, texts)))


def _meaning(column: Column[Any]) -> str:
    """What the database's own comment says of a column, without the promise's id."""
    return without_promise(column.comment or "").removeprefix(": ")


def _promise(table: str, column: str) -> str:
    """The promise by which a column is private; empty where it is not, or there is none of that name."""
    stored = metadata.tables[table].columns.get(column)
    return "" if stored is None else str(stored.info.get("promise", ""))
