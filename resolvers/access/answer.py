"""The answer to `access`, as JSON of what was selected of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLObjectType

from models.database.connection import Connection
from policies.plan import AccessPlan, Policies
from policies.viewer import Viewer
from resolvers.access.decision import Decision, conditions, decided
from resolvers.access.fact import Lookup, lookup
from resolvers.access.question import Asked, asked_of, described, each, overall
from resolvers.access.shape import shaped
from resolvers.build import Build, Question, Selected
from resolvers.cache import Cache

KEPT = 512
lookups: Cache[object, Lookup] = Cache(KEPT)
"""The statements of questions that were asked lately."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question with its parts, for viewers of one kind, asked by one of another or the same."""

    asked: Asked
    parts: tuple[Asked, ...]
    whole: Asked
    own: AccessPlan
    plan: AccessPlan
    described: bool

    async def decisions(self, viewer: Viewer, connection: Connection) -> tuple[Decision, list[Decision]]:
        """What is decided on the whole, and on each part."""
        facts = None
        if self.asked.id is not None:
            facts = await self._lookup().run(self.asked.key, viewer, connection, described=self.described)
        return decided(self.plan, self.whole, facts), [decided(self.plan, part, facts) for part in self.parts]

    def _lookup(self) -> Lookup:
        plain = self.own.policies.plan(self.own.kind.plain)
        asked = self.asked.type, self.asked.action, self.asked.field
        key = (plain.policies.hash, plain.kind, self.plan.kind, *asked)
        questions = [self.whole, *self.parts]
        return lookups.get(
            key,
            lambda: lookup(plain, self.asked.type, (c for one in questions for c in conditions(self.plan, one))),
        )


async def access_decision(
    policies: Policies,
    question: Question,
    selected: Selected,
    arguments: dict[str, Any],
    viewer: Viewer,
    connection: Connection,
) -> bytes:
    """The decision as JSON; raises BAD_USER_INPUT for a question about nothing that the API has."""
    given: Mapping[str, Any] = arguments["input"]
    asked = asked_of(question.schema, policies, given)
    own = policies.plan(viewer)
    other = given.get("as")
    plan = own if other is None else policies.plan(described(own, other))
    kind = question.schema.get_type(asked.type)
    assert isinstance(kind, GraphQLObjectType)
    inquiry = Inquiry(asked, each(asked, kind.fields), overall(asked, kind.fields), own, plan, other is not None)
    whole, parts = await inquiry.decisions(viewer, connection)
    return orjson.dumps(shaped(Build(question), selected, asked, whole, parts))
