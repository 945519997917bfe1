"""Who responds, replies and moderates in these tests."""

from dataclasses import dataclass, replace
from typing import Any

from models.account import PlatformRole
from models.change import ChangeKind
from models.membership import MembershipRole
from operations.mail.similar import tell_similar
from operations.response import write
from operations.response.moderate import moderate_response
from operations.response.settle import settle_responses
from policies.viewer import Member
from tests.consent.world import ENGLAND, World

URL = "http://candour.test"
SIGNED = {"staff_name": "Jo Bloggs", "job_title": "Ward manager"}
JOIN = "insert into membership (account_id, organisation_id, role) values ($1, $2, $3::membershiprole)"
OURS = "select organisation_id from service where id = $1"
SETTLE = "update response set settles_at = statement_timestamp() where settles_at is not null and id = $1"
EARLIER = """
insert into response (story_id, organisation_id, account_id, body, status, created_at, published_at, moderated_at)
values ($1, $2, $3, 'Earlier', $4::responsestatus, statement_timestamp(),
    case when $4 = 'PUBLISHED' then statement_timestamp() end, statement_timestamp() - $5 * interval '1 hour')
"""


@dataclass
class Cast:
    """Operations in people's names, on the shared world."""

    world: World
    organisation: int

    async def staff(self, role: MembershipRole = MembershipRole.RESPONDER, organisation: int | None = None) -> Member:
        """A member of the organisation that the stories here are about, unless another is given."""
        who = await self.world.person()
        await self.world.connection.execute(JOIN, who.account_id, organisation or self.organisation, role.value)
        return replace(who, staff=True)

    async def moderator(self) -> Member:
        who = await self.world.person()
        roles = [PlatformRole.MODERATOR.value]
        await self.world.connection.execute("update account set roles = $2 where id = $1", who.account_id, roles)
        return replace(who, roles=frozenset([PlatformRole.MODERATOR]))

    async def respond(self, who: Member, number: int, claimed: ChangeKind | None = None, **given: Any) -> int:
        claim = write.Claim(claimed, "A new lift") if claimed else None
        written = write.Written(**({"body": "We are sorry", "change": claim} | SIGNED | given))
        return await self.does(write.respond, who, number, written)

    async def reply(self, author: Member, response: int) -> int:
        return await self.does(write.reply_to_response, author, response, "Thank you")

    async def does(self, operation: Any, who: Member, *given: Any) -> int:
        """What an operation of `operations.response.write` returns."""
        async with self.world.sessions.begin() as session:
            found: int = await operation(session, self.world.plan(who), who, *given)
        return found

    async def moderate(self, who: Member, response: int, rejection: str | None = None) -> int:
        world = self.world
        async with world.sessions.begin() as session:
            return await moderate_response(session, world.keyring, world.plan(who), who, response, rejection, URL)

    async def over(self, response: int) -> None:
        """The time to change it is over, by the database's clock."""
        await self.world.connection.execute(SETTLE, response)

    async def settle(self, *responses: int) -> int:
        """Let their time be over, and the job run."""
        for response in responses:
            await self.over(response)
        return await settle_responses(self.world.sessions.begin, self.world.keyring, URL)

    async def published(self, who: Member, number: int, claimed: ChangeKind | None = None, **given: Any) -> int:
        """A response that a moderator published."""
        response = await self.respond(who, number, claimed, **given)
        await self.over(response)
        return await self.moderate(await self.moderator(), response)

    async def earlier(self, who: Member, number: int, statuses: str) -> None:
        """Responses of before, the latest first: P published, R turned down."""
        for hours, letter in enumerate(statuses):
            status = {"P": "PUBLISHED", "R": "REJECTED"}[letter]
            await self.world.connection.execute(EARLIER, number, self.organisation, who.account_id, status, hours)

    async def status(self, response: int) -> str | None:
        found: str | None = await self.world.connection.fetchval(
            "select status::text from response where id = $1", response
        )
        return found

    async def progress(self, number: int) -> str:
        found: str = await self.world.connection.fetchval("select progress::text from story where id = $1", number)
        return found

    async def events(self, number: int) -> list[str]:
        rows = await self.world.connection.fetch("select kind::text from event where number = $1 order by id", number)
        return [row["kind"] for row in rows]

    async def reachable(self, who: Member, address: str) -> Member:
        """The same person, with an address to which e-mails go."""
        key = self.world.keyring.open(who.key, str(who.account_id))
        sealed = key.encrypt(address, f"account.email:{who.account_id}")
        await self.world.connection.execute("update account set email = $2 where id = $1", who.account_id, sealed)
        return who

    async def tell(self, number: int) -> int:
        """Let the worker read the story's events; how many e-mails it queued."""
        await self.world.settled([number])
        return await tell_similar(self.world.sessions.begin, self.world.keyring, URL)

    async def mails(self, who: Member) -> list[str]:
        """The templates of the e-mails that wait for somebody."""
        statement = "select template from mail where account_id = $1 order by template"
        return [row["template"] for row in await self.world.connection.fetch(statement, who.account_id)]


async def cast_of(world: World) -> Cast:
    service = await world.connection.fetchval(ENGLAND)
    return Cast(world, await world.connection.fetchval(OURS, service))
