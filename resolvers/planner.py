"""Planned fields inside an operation that graphql-core executes: the payloads of mutations."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetails, FragmentDetails
from graphql.execution.values import VariableValues
from orjson import Fragment

from policies.viewer import Viewer
from resolvers.answer import Draft
from resolvers.argument import wrapped
from resolvers.build import Build, Question, Selected
from resolvers.executor import Executor
from resolvers.root import ROOTS, Root, row_root
from resolvers.statement import compiled

QUERY = "Query"


class FieldPlanner:
    """Answers planned fields of one operation; `draft` gathers what they denied and masked."""

    def __init__(self, executor: Executor, viewer: Viewer, denied_null: bool = False) -> None:
        self._executor = executor
        self._viewer = viewer
        self.draft = Draft(denied_null)

    async def resolve(self, info: GraphQLResolveInfo[Any], viewer: Viewer | None = None) -> Fragment:
        """The field with its sub-selection as JSON, planned as the Query field of the same name."""
        return await self._planned(info, ROOTS[info.field_name], viewer or self._viewer)

    async def row(self, info: GraphQLResolveInfo[Any], type_name: str, key: Any) -> Fragment:
        """A row of a type with the field's sub-selection as JSON, `null` where the viewer may not see it."""
        return await self._planned(info, row_root(type_name, key), self._viewer)

    async def _planned(self, info: GraphQLResolveInfo[Any], root: Root, for_whom: Viewer) -> Fragment:
        question = self._question(info, for_whom)
        path = info.path.as_list()
        details = [FieldDetails(node, None) for node in info.field_nodes]
        selected = Selected(QUERY, info.field_name, str(path[-1]), (str(path[-1]),), details)
        build = Build(question)
        statement = compiled(build, selected, root(build, selected))
        if shadow := self._executor.shadow:
            shadow.count(shadow.differing(question.plan))
        async with self._executor.pool.acquire() as connection:
            found = await statement.run(connection, question.values.coerced, for_whom, self._executor.keyring)
        await self._executor.audit(for_whom, [found])
        for denied, _site in [*found.denied, *found.masked]:
            denied[:0] = path[:-1]
        self.draft.note(found)
        return Fragment(found.json)

    def _question(self, info: GraphQLResolveInfo[Any], viewer: Viewer) -> Question:
        executor = self._executor
        values = _values(info)
        return Question(
            info.schema,
            info.operation,
            _fragments(info.fragments),
            values,
            wrapped(values),
            executor.plan(viewer),
            executor.keyring,
            executor.address,
            executor.page_max,
            executor.moderation_hours,
        )


def _values(info: GraphQLResolveInfo[Any]) -> VariableValues:
    """The variables, of which Strawberry passes on the values alone."""
    found: Any = info.variable_values
    return found if isinstance(found, VariableValues) else VariableValues({}, found)


def _fragments(found: Mapping[str, Any]) -> dict[str, FragmentDetails]:
    return {
        name: fragment if isinstance(fragment, FragmentDetails) else FragmentDetails(fragment)
        for name, fragment in found.items()
    }
