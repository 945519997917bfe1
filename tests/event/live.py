"""What tests of subscriptions share: people who listen, and what they are told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLError

from models.account import PlatformRole
from operations.edit import Edit
from operations.moderation import Desk, publish
from policies.viewer import Anonymous, Member
from resolvers.answer import Request
from resolvers.error import coded
from resolvers.executor import Executor
from resolvers.live.hub import Hub
from resolvers.live.subscription import Subscription
from tests.consent.world import World
from tests.moderation.desk import URL

PUBLISHED = "subscription ($filter: StoryFilter) { storyPublished(filter: $filter) { number title criticality } }"
CHANGED = "subscription ($id: ID!) { storyChanged(id: $id) { number status title } }"
QUEUE = "subscription { moderationQueueChanged { change number waiting story { number status } } }"
SECONDS = 20.0


@dataclass
class Live:
    """A hub on a world, with an ear at its statements."""

    world: World
    hub: Hub
    executor: Executor
    statements: list[str]
    faults: list[BaseException]

    async def listen(self, document: str, who: Member | None = None, **variables: Any) -> Subscription:
        """A subscription of somebody, by their token."""
        token = self.world.tokens[who.account_id] if who else None
        return await self.hub.subscribe(Request(document, variables), who or Anonymous(), token)

    async def step(self, who: Member, step: Callable[..., Any], number: int, *more: Any) -> None:
        """A moderator's step, in a transaction of its own."""
        async with self.world.sessions.begin() as session:
            desk = Desk(session, self.world.keyring, self.world.plan(who), who, URL)
            await step(desk, number, *more)

    async def publish(self, who: Member, number: int) -> None:
        await self.step(who, publish, number, Edit())

    async def tell(self, kind: str, number: int) -> None:
        """An event as an operation writes it."""
        await self.world.connection.execute("insert into event (kind, number) values ($1::eventkind, $2)", kind, number)

    async def settle(self) -> None:
        """Wait until all earlier events are answered, with a later one."""
        witness = await self.listen("subscription { storyPublished { number } }")
        number = await self.world.story(None)
        await self.tell("STORY_PUBLISHED", number)
        while (await answer(witness))["data"]["storyPublished"]["number"] != number:
            pass
        self.hub.leave(witness)


async def answer(subscription: Subscription) -> Any:
    """The next answer."""
    async with asyncio.timeout(SECONDS):
        return orjson.loads(await anext(subscription))


async def answers(live: Live, subscription: Subscription) -> list[Any]:
    """What came of all that happened by now."""
    await live.settle()
    return [await answer(subscription) for _ in range(subscription.waiting)]


def codes(answer: Any) -> list[str]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


async def grant(world: World, who: Member, *roles: PlatformRole) -> Member:
    """The person with just these roles."""
    await world.connection.execute(
        "update account set roles = $2::platformrole[] where id = $1", who.account_id, list(roles)
    )
    return replace(who, roles=frozenset(roles))


async def employ(world: World, who: Member, organisation: int) -> Member:
    await world.connection.execute(
        "insert into membership (account_id, organisation_id, role) values ($1, $2, 'READER')",
        who.account_id,
        organisation,
    )
    return replace(who, staff=True)


async def sign_out(world: World, person: UUID) -> None:
    await world.connection.execute("delete from session where account_id = $1", person)


def told_as(faults: list[BaseException]) -> Callable[[BaseException], GraphQLError]:
    """Keeps what went wrong."""

    def fault(error: BaseException) -> GraphQLError:
        faults.append(error)
        return coded("INTERNAL", "Something went wrong.")

    return fault
