"""What tests of disclosures share: the people of a case, what they ask, and what is left of it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson

from models.account import PlatformRole
from models.secret import PersonKey, token_hash
from tests.session.site import Person, Site

PROBLEMS = "problems { field code message }"
FILE = """id number status fields grounds requestedAt wantedUntil approvedAt expiresAt revokedAt withheldUntil withheldReason
  reviewDueAt overdue reviewedAt outcome note viewerCan { approve revoke review withhold }"""
REQUEST = f"mutation($input: DisclosureInput!) {{ requestDisclosure(input: $input) {{ disclosure {{ {FILE} }} {PROBLEMS} }} }}"
APPROVE = f"mutation($id: ID!) {{ approveDisclosure(disclosureId: $id) {{ disclosure {{ {FILE} }} {PROBLEMS} }} }}"
REVOKE = f"mutation($id: ID!) {{ revokeDisclosure(disclosureId: $id) {{ disclosure {{ id status }} {PROBLEMS} }} }}"
REVIEW = (
    "mutation($input: ReviewDisclosureInput!) { reviewDisclosure(input: $input) { "
    f"disclosure {{ {FILE} }} {PROBLEMS} }} }}"
)
LIST = "query($filter: DisclosureFilter) { disclosures(filter: $filter) { totalCount nodes { id number status } } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
SEEN = """query($number: Int!, $account: ID!) {
  story(number: $number) { title body criticality author { id createdAt penName email postcode } postcode ipAddress }
  node(id: $account) { ... on Account {
    id createdAt penName email postcode ipAddresses { address } readingHistory { nodes { readAt } }
    similarExperiences { nodes { number } }
  } }
}"""
GROUNDS = "canary-grounds: the author wrote that they will do it tonight"
EMAIL, POSTCODE, ADDRESS, PEN = "canary-author@people.example", "ZZ9 9ZZ", "2001:db8:cafe::1", "canary-pen"
PRIVATE = {"Account.email": EMAIL, "Account.postcode": POSTCODE, "Account.penName": PEN, "Story.ipAddress": ADDRESS}
WITHHELD = {
    "withholdUntil": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
    "withholdReason": "They share a home.",
}
STORY = """
insert into story (status, region, title, body, age_group, author_role, progress, submitted_at, published_at,
    restriction_reason, author_id, criticality)
values ($2::text::storystatus, 'ENGLAND', 'A title', 'canary-body', 'ADULT', 'SERVICE_USER', 'AWAITING_RESPONSE', now(),
    case when $2 in ('PUBLISHED', 'RESTRICTED') then now() end, case when $2 = 'RESTRICTED' then 'A reason' end, $1, 4)
returning id
"""
ORGANISATION = "insert into organisation (name, slug, kind, region) values ($1, $1, 'POLICE', 'ENGLAND') returning id"
SESSION = """
insert into session (id, token_hash, account_id, created_at, expires_at, second_factor)
values ($1, $2, $3, now(), now() + interval '1 hour', true)
"""


@dataclass(frozen=True)
class Who:
    """Somebody who is signed in."""

    person: Person
    token: str


@dataclass(frozen=True)
class Case:
    """Everybody, and the story."""

    site: Site
    author: Who
    asker: Who
    approver: Who
    officer: Who
    manager: Who
    """Of the police, who read what is disclosed to them."""
    outsider: Who
    """Manages another organisation."""
    police: int
    number: int

    @property
    def account(self) -> str:
        return f"Account:{self.author.person.id}"

    def wanted(self, *fields: str, **more: Any) -> dict[str, Any]:
        """What `requestDisclosure` takes, of the story."""
        return {
            "storyId": f"Story:{self.number}",
            "fields": list(fields or ("Story.author", "Account.email")),
            "recipientOrganisationId": f"Organisation:{self.police}",
            "grounds": GROUNDS,
        } | more

    async def request(self, *fields: str, **more: Any) -> Any:
        """A new disclosure that waits for the second person."""
        made = await self.site.ask(REQUEST, self.asker.token, input=self.wanted(*fields, **more))
        assert made["problems"] == [], made
        return made["disclosure"]

    async def made(self, *fields: str, **more: Any) -> str:
        """The id of an active disclosure."""
        id_: str = (await self.request(*fields, **more))["id"]
        approved = await self.site.ask(APPROVE, self.approver.token, id=id_)
        assert approved["problems"] == [], approved
        return id_

    async def seen(self, who: Who, **headers: str) -> Any:
        """What somebody reads of the story and the account; null where it is denied."""
        variables = {"number": self.number, "account": self.account}
        body = {"query": SEEN, "variables": variables, "extensions": {"denied": "NULL"}}
        sent = {"Authorization": f"Bearer {who.token}", **headers}
        answer = (await self.site.client.post("/graphql", json=body, headers=sent)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def mails(self, who: Who) -> list[dict[str, Any]]:
        """The e-mails that wait for somebody: the template, and what it says."""
        rows = await self.site.connection.fetch(
            "select mail.id, template, content, wrapped from mail join person_key on person_key.id = account_id"
            " where account_id = $1 order by queued_at",
            who.person.id,
        )
        key = self.site.keyring.open(rows[0]["wrapped"], str(who.person.id)) if rows else None
        return [
            {"template": row["template"], **orjson.loads(key.decrypt(row["content"], f"mail.content:{row['id']}"))}
            for row in rows
            if key is not None
        ]

    async def row(self, id_: str) -> Any:
        """The stored disclosure."""
        key = UUID(id_.removeprefix("Disclosure:"))
        return await self.site.connection.fetchrow("select * from disclosure where id = $1", key)

    async def age(self, id_: str, interval: str) -> None:
        """Let a disclosure be older than it is, past the rule that what was approved never changes."""
        key = UUID(id_.removeprefix("Disclosure:"))
        async with self.site.connection.transaction():
            await self.site.connection.execute("alter table disclosure disable trigger disclosure_stays")
            await self.site.connection.execute(
                "update disclosure set requested_at = requested_at - $2::text::interval,"
                " approved_at = approved_at - $2::text::interval, expires_at = expires_at - $2::text::interval,"
                " withheld_until = withheld_until - $2::text::interval where id = $1",
                *(key, interval),
            )
            await self.site.connection.execute("alter table disclosure enable trigger disclosure_stays")

    async def events(self, id_: str) -> list[Any]:
        """What is on the audit log of a disclosure."""
        key = UUID(id_.removeprefix("Disclosure:"))
        return await self.site.connection.fetch(
            "select kind::text, account_id, subject, person_id, fields, reasons, organisation_id from audit_event"
            " where disclosure_id = $1 order by id",
            key,
        )


async def somebody(site: Site, *roles: PlatformRole) -> Who:
    """Somebody new who is signed in, with their roles."""
    person, token = await site.person(*roles), secrets.token_urlsafe(16)
    await site.connection.execute(SESSION, uuid4(), token_hash(token), person.id)
    return Who(person, token)


async def manager_of(site: Site, organisation: int, role: str = "MANAGER") -> Who:
    """Somebody new who works for an organisation."""
    who = await somebody(site)
    join = "insert into membership (account_id, organisation_id, role) values ($1, $2, $3::text::membershiprole)"
    await site.connection.execute(join, who.person.id, organisation, role)
    return who


async def organisation(site: Site) -> int:
    """A new organisation."""
    made: int = await site.connection.fetchval(ORGANISATION, f"police-{uuid4().hex}")
    return made


async def key_of(site: Site, who: Who) -> PersonKey:
    """Somebody's key."""
    wrapped = await site.connection.fetchval("select wrapped from person_key where id = $1", who.person.id)
    return site.keyring.open(wrapped, str(who.person.id))


async def story_of(site: Site, author: Who, status: str) -> int:
    """A story with all that is private of it."""
    number: int = await site.connection.fetchval(STORY, author.person.id, status)
    key = await key_of(site, author)
    await site.connection.execute(
        "update story set postcode = $2, ip_address = $3 where id = $1",
        number,
        key.encrypt(POSTCODE, f"story.postcode:{number}"),
        key.encrypt(ADDRESS, f"story.ip_address:{number}"),
    )
    return number


async def case_of(site: Site, status: str = "RESTRICTED") -> Case:
    """New people, and a story of that status."""
    author, police = await somebody(site), await organisation(site)
    key, id_ = await key_of(site, author), author.person.id
    used = uuid4()
    number = await story_of(site, author, status)
    await site.connection.execute(
        "update account set email = $2, postcode = $3, pen_name = $4 where id = $1",
        id_,
        *(
            key.encrypt(v, f"account.{c}:{id_}")
            for c, v in (("email", EMAIL), ("postcode", POSTCODE), ("pen_name", PEN))
        ),
    )
    await site.connection.execute(
        "insert into ip_address_use (id, account_id, address, used_at, use) values ($1, $2, $3, now(), 'submit story')",
        *(used, id_, key.encrypt(ADDRESS, f"ip_address_use.address:{used}")),
    )
    await site.connection.execute(
        "insert into reading (account_id, story_id, read_at) values ($1, $2, $3)", id_, number, datetime.now(UTC)
    )
    return Case(
        site,
        author,
        await somebody(site, PlatformRole.SAFEGUARDING),
        await somebody(site, PlatformRole.SAFEGUARDING),
        await somebody(site, PlatformRole.DPO),
        await manager_of(site, police),
        await manager_of(site, await organisation(site)),
        police,
        number,
    )
