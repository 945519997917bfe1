"""Subscriptions that ask the same as the same kind of viewer: an event is one statement for all of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError

from models.database.connection import Connection
from models.event import EventKind
from models.secret import Keyring
from resolvers.answer import Draft
from resolvers.document import Operation
from resolvers.finish import Finished
from resolvers.live.batch import Batch, Values
from resolvers.live.subscription import Subscription, Text
from resolvers.live.told import KEY, Told
from resolvers.statement import Statement

CHANGED = "storyChanged"
PUBLISHED = "storyPublished"
QUEUE = "moderationQueueChanged"
Key = tuple[Any, ...]
"""What a group has in common: its question, and the kind of who asks it."""


class Group:
    """Subscriptions with one statement."""

    def __init__(self, statement: Statement, operation: Operation, text: Text) -> None:
        self.statement, self.operation, self.text = statement, operation, text
        self.field = statement.selected.name
        self._batch = Batch(statement)
        self._members: dict[int | None, set[Subscription]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._members.values()))

    def add(self, subscription: Subscription) -> None:
        """One more."""
        self._members.setdefault(subscription.number, set()).add(subscription)

    def remove(self, subscription: Subscription) -> None:
        """One less."""
        found = self._members.get(subscription.number, set())
        found.discard(subscription)
        if not found:
            self._members.pop(subscription.number, None)

    def all(self) -> Iterator[Subscription]:
        """All of them."""
        for found in self._members.values():
            yield from found

    def concerned(self, event: Told) -> set[Subscription]:
        """Whose answer an event may be."""
        if self.field == CHANGED:
            return self._members.get(event.number, set())
        if self.field == PUBLISHED:
            return self._members.get(None, set()) if event.kind is EventKind.STORY_PUBLISHED else set()
        return self._members.get(None, set()) if event.change is not None else set()

    async def raw(
        self, connection: Connection, event: Told, asking: Sequence[Subscription]
    ) -> list[tuple[list[Subscription], bytes | None]]:
        """The event's JSON, in one statement, for those who ask; together where all that matters is equal."""
        rows: dict[Any, tuple[Values, list[Subscription]]] = {}
        for subscription in asking:
            values = self._values(subscription, event)
            if values is not None:
                rows.setdefault(self._batch.key(values), (values, []))[1].append(subscription)
        found = await self._batch.run(connection, [values for values, _ in rows.values()])
        return [(subscriptions, raw) for (_, subscriptions), raw in zip(rows.values(), found, strict=True)]

    def _values(self, subscription: Subscription, event: Told) -> Values | None:
        """The statement's parameters; None, and the end, where an argument can't be used."""
        variables = {**subscription.values.coerced, KEY: event}
        try:
            for parameter in self.statement.unused:
                parameter(variables, subscription.viewer)
            return tuple(parameter(variables, subscription.viewer) for parameter in self.statement.parameters)
        except GraphQLError as error:
            subscription.fail(error)
            return None

    def finished(self, raw: bytes, subscription: Subscription, keyring: Keyring) -> tuple[bytes, Finished]:
        """The whole answer, with what is to be audited before it leaves."""
        key = self.statement.selected.key
        found = self.statement.finish(raw, key, keyring, subscription.values.coerced)
        draft = Draft(subscription.denied_null)
        draft.add(key, found)
        return draft.answer().body, found
