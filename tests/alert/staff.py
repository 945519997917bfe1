"""What tests of alerts share: staff who set them, stories that meet them, and who was told of what."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from models.event import EventKind
from operations.alert.due import Due, due
from operations.alert.match import match, match_stories
from operations.outbox import emit
from policies.viewer import Member
from tests.consent.world import World

JOIN = "insert into membership (account_id, organisation_id, role) values ($1, $2, 'READER')"
TWO = """
select min(service.id) as service, organisation_id from service join organisation on organisation.id = organisation_id
where service.region = 'ENGLAND' and kind = 'NHS_TRUST' group by organisation_id order by 1 limit 2
"""
CREATE = """mutation($input: AlertInput!) {
    createAlert(input: $input) { alert { id name frequency } problems { code field message } } }"""
MATCHED = "select story_id from alert_match where alert_id = $1 order by story_id"
LATE = "update alert_match set due_at = now() - interval '1 minute' where alert_id = $1 and told_at is null"


@dataclass
class Staff:
    """Two organisations that run a service each."""

    world: World
    service: int
    organisation: int
    other_service: int
    other: int

    async def hire(self, organisation: int | None = None) -> Member:
        """Somebody new who works for an organisation."""
        who = await self.world.person()
        await self.world.connection.execute(JOIN, who.account_id, organisation or self.organisation)
        return replace(who, staff=True)

    async def set(self, who: Member, name: str = "Mine", frequency: str = "AT_ONCE", **filter_: Any) -> UUID:
        """The key of a new alert."""
        answer = await self.create(who, {"name": name, "frequency": frequency, "filter": filter_})
        assert answer["problems"] == [], answer
        return UUID(answer["alert"]["id"].removeprefix("Alert:"))

    async def create(self, who: Member, input_: dict[str, Any]) -> Any:
        """What `createAlert` answers."""
        return (await self.world.ask(CREATE, who, input=input_))["createAlert"]

    async def problem(self, who: Member, **filter_: Any) -> tuple[str, str | None]:
        """Code and field of the one problem."""
        (problem,) = (await self.create(who, {"name": "Mine", "filter": filter_}))["problems"]
        return problem["code"], problem["field"]

    async def match(self, *numbers: int) -> int:
        async with self.world.sessions.begin() as session:
            return await match_stories(session, list(numbers))

    async def matched(self, alert: UUID) -> list[int]:
        return [row["story_id"] for row in await self.world.connection.fetch(MATCHED, alert)]

    async def publish(self, number: int, kind: EventKind = EventKind.STORY_PUBLISHED) -> None:
        """The event, and what the job makes of it."""
        async with self.world.sessions.begin() as session:
            emit(session, kind, [number])
        await self.world.settled([number])
        async with self.world.sessions.begin() as session:
            await match(session)

    async def due(self, who: Member, alert: UUID) -> list[Due]:
        """What this person is told once it is time."""
        await self.world.connection.execute(LATE, alert)
        async with self.world.sessions.begin() as session:
            return [told for told in await due(session, 1_000) if told.account_id == who.account_id]


async def staff_of(world: World) -> Staff:
    """The first two trusts of England."""
    one, two = await world.connection.fetch(TWO)
    return Staff(world, one["service"], one["organisation_id"], two["service"], two["organisation_id"])
