"""The notice in the shape of a selection: answered without a statement, for it holds no row."""

from typing import Any

import orjson
from graphql import GraphQLObjectType, get_named_type

from resolvers.build import Build, Question, Selected
from resolvers.privacy_notice.notice import notice_of

NAME = "PrivacyNotice"


def notice_json(question: Question, selected: Selected) -> bytes:
    """The selected parts of the notice as JSON."""
    found = notice_of(question.plan.policies, question.schema, question.operator, question.address)
    return orjson.dumps(_shaped(Build(question), selected, NAME, found.value))


def _shaped(build: Build, selected: Selected, type_name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_shaped(build, selected, type_name, one) for one in value]
    shaped: dict[str, Any] = {}
    for part in build.subfields(selected, type_name, selected.path):
        if part.name == "__typename":
            shaped[part.key] = type_name
            continue
        kind = get_named_type(build.type(type_name).fields[part.name].type)
        below = value[part.name]
        shaped[part.key] = _shaped(build, part, kind.name, below) if isinstance(kind, GraphQLObjectType) else below
    return shaped
