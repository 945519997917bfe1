"""The hub of one process: subscriptions, grouped by their question, and events, answered for each group."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from graphql import GraphQLError
from graphql.execution.values import VariableValues

from models.database.outage import is_outage
from models.event import EventKind
from models.secret import token_hash
from operations.audit import request_reference
from operations.session import Bearers, Rules
from policies.viewer import Member, Viewer, may_use
from resolvers.answer import Request
from resolvers.build import Build
from resolvers.document import LONG, Operation, Refused
from resolvers.error import coded, forbidden
from resolvers.executor import Executor, Failed
from resolvers.identity import key_of
from resolvers.live.group import CHANGED, Group, Key
from resolvers.live.lasting import lasting
from resolvers.live.listener import Listener
from resolvers.live.subscription import Subscription
from resolvers.live.told import Told
from resolvers.statement import Statement

MOST = 10_000
"""Subscriptions of one process."""
MOST_GROUPS = 500
"""Different questions of one process: each is a statement an event."""
MOST_PENDING = 10_000
"""Events that may wait to be answered; with more, everybody is dropped, to come back."""
SWEEP_SECONDS = 60.0
"""How often subscriptions are looked at to which nothing happens: those of ended sessions end."""
READY_SECONDS = 5.0
LONGEST_VARIABLES = 4_000
"""Bytes of a subscription's variables, as JSON."""
Fault = Callable[[BaseException], GraphQLError]


class Hub:
    """Takes subscriptions, and answers them as events come in; `fault` logs what went wrong and says what is told."""

    def __init__(self, executor: Executor, dsn: str, rules: Rules, fault: Fault) -> None:
        self._executor, self._fault = executor, fault
        self._bearers = Bearers(executor.keyring, rules)
        self._listener = Listener(dsn, executor.pool, self._hear)
        self._groups: dict[Key, Group] = {}
        self._places: dict[Subscription, Key] = {}
        self._pending: list[Told] = []
        self._heard = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.closed = False

    def __len__(self) -> int:
        return len(self._places)

    async def subscribe(self, request: Request, viewer: Viewer, token: str | None) -> Subscription:
        """A subscription, which has to be left in the end. Raises Refused where there is none."""
        # SECURITY: what a subscription asks is kept as long as it lasts, so it is short.
        if len(request.query) > LONG or len(orjson.dumps(request.variables)) > LONGEST_VARIABLES:
            raise Refused([coded("TOO_COMPLEX", "This is too long for a subscription.")])
        operation = self._executor.documents.operation(request.query, request.operation_name, request.charge)
        values, _ = self._executor.admit(operation, request, viewer)
        if self.closed or len(self) >= MOST:
            raise Refused([_busy()])
        await self._started()
        text = (request.query, request.operation_name, request.denied_null)
        subscription = Subscription(text, operation, values, viewer, token_hash(token) if token else None)
        subscription.number = self._join(subscription)
        if subscription.field == CHANGED:
            await self._begin(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Tell it nothing more."""
        subscription.end()
        key = self._places.pop(subscription, None)
        if key is not None:
            group = self._groups[key]
            group.remove(subscription)
            if not group:
                del self._groups[key]

    async def close(self) -> None:
        """End all subscriptions, and stop."""
        self.closed = True
        for subscription in list(self._places):
            self.leave(subscription)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _started(self) -> None:
        """Nobody listens before the first subscription; raises TimeoutError where the database is not heard."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(work) for work in (self._listener.run(), lasting(self._next, self._fault))
            ]
        async with asyncio.timeout(READY_SECONDS):
            await self._listener.ready.wait()

    def _join(self, subscription: Subscription) -> int | None:
        """Put it with those who ask the same; the story that it is about. Raises Refused."""
        operation, values = subscription.operation, subscription.values
        kind, shape = subscription.viewer.kind, operation.shape(values.coerced)
        key = (*subscription.text, kind, shape)
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                raise Refused([_busy()])
            group = Group(self._statement(operation, values, subscription.viewer), operation, subscription.text)
        # One copy of a document serves all who sent it.
        operation = subscription.operation = group.operation
        subscription.text = group.text
        subscription.field = group.field
        if group.field == CHANGED:
            subscription.number = self._number(group.statement, operation, values, subscription.viewer)
        self._groups[key] = group
        self._places[subscription] = key
        group.add(subscription)
        return subscription.number

    def _statement(self, operation: Operation, values: VariableValues, viewer: Viewer) -> Statement:
        parts = self._executor.parts(operation, values, viewer)
        if len(parts) != 1:
            raise Refused([coded("BAD_USER_INPUT", "A subscription selects exactly one field.")])
        (part,) = parts
        if isinstance(part, Failed):
            error = part.error
            raise Refused([GraphQLError(error.message, part.selected.node, extensions=error.extensions)])
        assert isinstance(part, Statement)
        return part

    def _number(self, statement: Statement, operation: Operation, values: VariableValues, viewer: Viewer) -> int:
        question = replace(self._executor.question(operation, values, viewer), leaves=values)
        try:
            number: int = key_of(Build(question).arguments(statement.selected)["id"], "Story")
        except GraphQLError as error:
            raise Refused([error]) from None
        return number

    async def _begin(self, subscription: Subscription) -> None:
        """Remember the answer as it is now, so that only another one is sent. Raises Refused where there is none."""
        assert subscription.number is not None
        event = Told(0, EventKind.STORY_PUBLISHED, subscription.number)
        group = self._groups[self._places[subscription]]
        try:
            async with self._executor.pool.acquire() as connection:
                found = await group.raw(connection, event, [subscription])
            if not found or found[0][1] is None:
                raise Refused([_gone()])
        except BaseException:
            self.leave(subscription)
            raise
        subscription.differs(group.finished(found[0][1], subscription, self._executor.keyring)[0])
        if subscription.missed:
            self._hear(event)

    def _hear(self, event: Told) -> None:
        if not any(group.concerned(event) for group in self._groups.values()):
            return
        self._pending.append(event)
        if len(self._pending) > MOST_PENDING:
            self._pending.clear()
            for subscription in list(self._places):
                subscription.drop()
                self.leave(subscription)
        self._heard.set()

    async def _next(self) -> None:
        """Answer what has happened, or look after everybody; in an outage what is left is kept, and nobody told."""
        try:
            async with asyncio.timeout(SWEEP_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            await self._renewed(list(self._places))
            return
        self._heard.clear()
        events, self._pending = self._pending, []
        concerned = {s for event in events for group in self._groups.values() for s in group.concerned(event)}
        try:
            if await self._renewed(concerned):
                while events:
                    await self._answer(events[0])
                    del events[0]
        except Exception:
            self._pending[:0] = events
            self._heard.set()
            raise

    async def _renewed(self, concerned: Collection[Subscription]) -> bool:
        return await self._whole(self._renew(concerned), concerned)

    async def _whole(self, work: Coroutine[Any, Any, None], concerned: Iterable[Subscription]) -> bool:
        """Whether something was done; where it failed, those whom it concerns are told so, and end."""
        try:
            await work
        except Exception as error:
            if is_outage(error):
                raise
            told = self._fault(error)
            for subscription in list(concerned):
                self._fail(subscription, told)
            return False
        return True

    async def _renew(self, concerned: Iterable[Subscription]) -> None:
        """SECURITY: who asks is found out anew, after the event: what was taken away counts from this event on."""
        by_token = [s for s in concerned if s.token_hash is not None]
        members = await self._bearers.now(self._executor.pool, list({s.token_hash for s in by_token if s.token_hash}))
        for subscription in by_token:
            member = members.get(subscription.token_hash or b"")
            try:
                self._become(subscription, member)
            except GraphQLError as error:
                self._fail(subscription, error)
            except Refused as refused:
                self._fail(subscription, refused.errors[0])

    def _become(self, subscription: Subscription, member: Member | None) -> None:
        """Let a subscription go on for its viewer as they are now; raises GraphQLError or Refused where it may not."""
        before = subscription.viewer
        if member is None:
            raise coded("UNAUTHENTICATED", "The session has ended. Sign in again.")
        if isinstance(before, Member) and before.purpose is not None:
            if not may_use(member.roles, before.purpose):
                raise forbidden("P09 The stated purpose of use does not fit your roles any more.")
            member = replace(member, purpose=before.purpose, reference=before.reference)
        subscription.viewer = member
        if member.kind != before.kind and subscription in self._places:
            key = self._places.pop(subscription)
            self._groups[key].remove(subscription)
            if not self._groups[key]:
                del self._groups[key]
            self._join(subscription)

    async def _answer(self, event: Told) -> None:
        for group in list(self._groups.values()):
            asking: list[Subscription] = []
            for subscription in group.concerned(event):
                if group.field == CHANGED and subscription.last is None:
                    subscription.missed = True
                else:
                    asking.append(subscription)
            for subscriptions, raw in await self._raw(group, event, asking):
                if raw is not None:
                    await self._whole(self._give(group, subscriptions, raw), subscriptions)
                elif group.field == CHANGED:
                    for subscription in subscriptions:
                        self._fail(subscription, _gone())

    async def _raw(
        self, group: Group, event: Told, asking: Sequence[Subscription]
    ) -> list[tuple[list[Subscription], bytes | None]]:
        if not asking:
            return []
        try:
            async with self._executor.pool.acquire() as connection:
                return await group.raw(connection, event, asking)
        except Exception as error:
            if is_outage(error):
                raise
            if len(asking) == 1:
                self._fail(asking[0], self._fault(error))
                return []
        # One whose values the database refuses must not silence the others.
        return [found for one in asking for found in await self._raw(group, event, [one])]

    async def _give(self, group: Group, subscriptions: Sequence[Subscription], raw: bytes) -> None:
        body, found = group.finished(raw, subscriptions[0], self._executor.keyring)
        for subscription in subscriptions:
            before = subscription.last
            if group.field == CHANGED and not subscription.differs(body):
                continue
            request_reference.set(subscription.reference)
            try:
                await self._executor.audit(subscription.viewer, [found])
            except Exception:
                subscription.last = before
                raise
            subscription.offer(body)
            if subscription.dropped:
                self.leave(subscription)

    def _fail(self, subscription: Subscription, error: GraphQLError) -> None:
        subscription.fail(error)
        self.leave(subscription)


def _busy() -> GraphQLError:
    return coded("RATE_LIMITED", "Too many subscriptions are open. Try again later.")


def _gone() -> GraphQLError:
    return coded("NOT_FOUND", "There is no such story that you may see.")
