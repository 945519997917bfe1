"""Somebody of whom everything is held that can be held, each value in words that are found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import orjson

from models.attempt import AttemptKind
from models.audit import AuditKind
from models.base import metadata
from models.consent import ConsentPurpose
from models.secret import PersonKey, token_hash
from operations.attempt import attempt
from operations.audit import Entry
from operations.audit.write import write
from operations.data_export.sink import place
from operations.password import hash_password
from operations.rate import of_account, rate_hash
from policies.viewer import Member
from tests.consent.world import World

PASSWORD = "velvet harpsichord lagoon"
HASHED = hash_password(PASSWORD)
STATES = ("SUBMITTED", "PREVIEW", "PUBLISHED", "RESTRICTED", "REJECTED", "WITHDRAWN")


@dataclass
class Person:
    """Who it is, and by what they would be found."""

    member: Member
    key: PersonKey
    mark: str
    """A part of every text of theirs, which nobody else has."""
    stories: dict[str, int] = field(default_factory=dict)
    sealed: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """Of rows of theirs on which others hang."""
    demographics: UUID = field(default_factory=uuid4)

    @property
    def id(self) -> UUID:
        return self.member.account_id

    @property
    def email(self) -> str:
        return f"{self.mark}@people.example"

    def needles(self) -> list[str]:
        """All that says it is theirs, as PostgreSQL writes it; but for the account's id, which leads nowhere."""
        return [self.mark, self.mark.encode().hex(), str(self.demographics), *self.ids] + [
            value.hex() for value in (*self.sealed, *self.hashes)
        ]

    def seal(self, table: str, row: object, **texts: str) -> dict[str, bytes]:
        """Encrypted values of a row."""
        found = {name: self.key.encrypt(text, f"{table}.{name}:{row}") for name, text in texts.items()}
        self.sealed += found.values()
        return found

    def hashed(self, text: str) -> bytes:
        """The hash of a token of theirs."""
        self.hashes.append(token_hash(text))
        return self.hashes[-1]


async def somebody(world: World, mark: str | None = None) -> Person:
    """A person with a password, who is signed in; nothing else is held about them."""
    member = await world.person(ConsentPurpose.PUBLISH)
    person = Person(member, world.keyring.open(member.key, str(member.account_id)), mark or f"m{uuid4().hex[:12]}")
    person.hashes += [member.key, world.keyring.email_hash(person.email)]
    sealed = person.seal(
        "account", person.id, email=person.email, postcode=f"AB1 {person.mark}", pen_name=f"pen {person.mark}",
        demographics_id=str(person.demographics),
    )  # fmt: skip
    await world.connection.execute(
        "update account set email = $2, email_hash = $3, postcode = $4, pen_name = $5, demographics_id = $6,"
        " password_hash = $7 where id = $1",
        *(person.id, sealed["email"], person.hashes[1], sealed["postcode"], sealed["pen_name"]),
        *(sealed["demographics_id"], HASHED),
    )
    await insert(world, "demographics", id=person.demographics, birth_year=1951)
    return person


async def furnished(world: World) -> Person:
    """A person of whom there is something in every table."""
    person = await somebody(world)
    for state in STATES:
        await _story(world, person, state)
    await _account(world, person)
    await _asked(world, person)
    await _elsewhere(world, person)
    return person


async def _story(world: World, person: Person, state: str) -> None:
    number = await world.story(person.member, state)
    person.stories[state] = number
    if state == "WITHDRAWN":
        await insert(world, "tombstone", number=number, kind="WITHDRAWN", gone_at="now()")
        return
    sealed = person.seal("story", number, postcode=f"CD2 {person.mark}", ip_address=f"2001:db8::{person.mark}")
    await world.connection.execute(
        "update story set title = $2, body = $2, pen_name = $2, postcode = $3, ip_address = $4 where id = $1",
        number, f"told by {person.mark}", sealed["postcode"], sealed["ip_address"],
    )  # fmt: skip
    original = person.seal("story_original", number, title=f"was {person.mark}", body=f"ring me {person.mark}")
    await insert(world, "story_original", story_id=number, **original)
    tag = await insert(world, "tag", "id", kind="GOOD", label=f"{state} {person.mark}")
    await insert(world, "story_tag", story_id=number, tag_id=tag, position=0)
    await insert(
        world, "story_area", story_id=number, area_id=await world.connection.fetchval("select min(id) from area")
    )
    await insert(world, "moderation_entry", story_id=number, action="EDITED", done_at="now()", note=person.mark)
    reply = await insert(
        world, "response", "id", story_id=number, account_id=person.id, body=f"thanks {person.mark}",
        status="PENDING", created_at="now()",
    )  # fmt: skip
    await _change(world, number, reply, f"quotes {person.mark}")


async def _account(world: World, person: Person) -> None:
    use, session = uuid4(), uuid4()
    await insert(
        world, "ip_address_use", id=use, account_id=person.id, used_at="now()", use="SIGN_IN",
        **person.seal("ip_address_use", use, address=f"2001:db8::1:{person.mark}"),
    )  # fmt: skip
    await insert(
        world, "session", id=session, account_id=person.id, token_hash=person.hashed(f"s {person.mark}"),
        created_at="now()", expires_at="now()", **person.seal("session", session, client=f"Browser {person.mark}"),
    )  # fmt: skip
    await insert(
        world, "second_factor", account_id=person.id, created_at="now()",
        **person.seal("second_factor", person.id, secret=f"TOTP {person.mark}"),
    )  # fmt: skip
    new = f"new-{person.email}"
    person.hashes.append(world.keyring.email_hash(new))
    await insert(
        world, "email_change", account_id=person.id, email_hash=person.hashes[-1], requested_at="now()",
        expires_at="now()", **person.seal("email_change", person.id, email=new),
    )  # fmt: skip
    link, waiting = uuid4(), uuid4()
    await insert(
        world, "confirmation", id=link, account_id=person.id, kind="SUBMIT_STORY",
        token_hash=person.hashed(f"c {person.mark}"), created_at="now()", expires_at="now()",
    )  # fmt: skip
    await insert(
        world, "waiting_story", id=waiting, account_id=person.id, confirmation_id=link, sent_at="now()",
        **person.seal("waiting_story", waiting, content=f"a story of {person.mark}"),
    )  # fmt: skip
    await insert(world, "correction", account_id=person.id, field=f"field {person.mark}")
    organisation = await world.connection.fetchval("select max(id) from organisation")
    await insert(world, "membership", account_id=person.id, organisation_id=organisation, role="RESPONDER")
    for subject in (person.email.upper(), new, str(person.id)):
        await attempt(
            world.sessions.begin, world.keyring, AttemptKind.REGISTER, subject, f"2001:db8:{uuid4().hex[:4]}::1"
        )
        person.hashes.append(await world.connection.fetchval("select subject from attempt order by id desc limit 1"))
    person.hashes.append(rate_hash(world.keyring, of_account(person.id)))
    await world.connection.execute("insert into rate values ($1, 1, now())", person.hashes[-1])


async def _asked(world: World, person: Person) -> None:
    complaint, mail, export = uuid4(), uuid4(), uuid4()
    texts = {name: f"{name} {person.mark}" for name in ("email", "body", "extension_reason", "outcome")}
    await insert(
        world, "complaint", id=complaint, account_id=person.id, kind="COMPLAINT", received_at="now()", due_at="now()",
        extended_at="now()", answered_at="now()", **person.seal("complaint", complaint, **texts),
    )  # fmt: skip
    content = orjson.dumps({"to": person.email}).decode()
    await insert(
        world, "mail", id=mail, account_id=person.id, template="verify_email",
        **person.seal("mail", mail, content=content),
    )  # fmt: skip
    await insert(
        world, "data_export", id=export, account_id=person.id, status="READY", ready_at="now()",
        token_hash=person.hashed(f"e {person.mark}"), **person.seal("data_export", export, token=person.mark),
    )  # fmt: skip
    person.sealed.append(person.key.encrypt_bytes(person.mark.encode(), place(export, 0)))
    await insert(world, "data_export_part", export_id=export, number=0, content=person.sealed[-1])


async def _elsewhere(world: World, person: Person) -> None:
    """What they left at a story of somebody else's, and who looked at their data."""
    other = await world.story(await world.person())
    person.stories["other"] = other
    await insert(world, "reading", account_id=person.id, story_id=other, read_at="now()")
    await insert(world, "similar_experience", account_id=person.id, story_id=other, marked_at="now()")
    await insert(world, "moderation_entry", story_id=other, account_id=person.id, action="EDITED", done_at="now()")
    alert = await insert(
        world, "alert", "id", id=uuid4(), account_id=person.id, name=person.mark, frequency="DAILY", search=person.mark
    )
    person.ids.append(str(alert))
    await insert(world, "alert_match", alert_id=alert, story_id=other, due_at="now()")
    await insert(world, "mail_refusal", account_id=person.id, topic="SIMILAR")
    organisation = await world.connection.fetchval("select max(id) from organisation")
    response = await insert(
        world, "response", "id", story_id=other, account_id=person.id, organisation_id=organisation,
        body=f"We answer, {person.mark}", staff_name=person.mark, job_title=person.mark, status="PUBLISHED",
        created_at="now()", published_at="now()",
    )  # fmt: skip
    await _change(world, other, response, f"We change {person.mark}")
    await world.connection.execute("update story set progress = 'CHANGE_MADE' where id = $1", other)
    dpo = await world.person()
    disclosure = uuid4()
    await insert(
        world, "disclosure", id=disclosure, story_id=person.stories["PUBLISHED"], account_id=person.id,
        fields=["Account.email"], organisation_id=organisation, requested_by=dpo.account_id, withheld_until="now()",
        **person.seal("disclosure", disclosure, **dict.fromkeys(("grounds", "withheld_reason", "note"), person.mark)),
    )  # fmt: skip
    for who, whose in ((dpo.account_id, person.id), (person.id, dpo.account_id)):
        read = {"fields": ("Account.email",), "reasons": ("P14 to answer",)}
        event = Entry(AuditKind.READ, who, ("DPO",), "complaint", subject=f"Account:{whose}", **read)
        async with world.connection.transaction():
            await write(world.connection.fetch, world.keyring, [event])


async def _change(world: World, number: int, response: int, text: str) -> None:
    organisation = await world.connection.fetchval("select max(id) from organisation")
    await insert(
        world, "change", story_id=number, response_id=response, organisation_id=organisation, kind="MADE",
        description=text, status="PUBLISHED", published_at="now()",
    )  # fmt: skip


async def insert(world: World, table: str, returning: str = "1", **values: Any) -> Any:
    """Write a row; `now()` is the database's time."""
    given = {name: value for name, value in values.items() if value != "now()"}
    times = [name for name in values if name not in given]
    columns = ", ".join([*given, *times])
    places = ", ".join([*(f"${place}" for place in range(1, len(given) + 1)), *["now()"] * len(times)])
    return await world.connection.fetchval(
        f"insert into {table} ({columns}) values ({places}) returning {returning}", *given.values()
    )


async def public(world: World) -> None:
    """An organisation with a service, and an area: what a story needs."""
    await world.connection.execute(
        "insert into organisation (name, slug, kind, region) values ('A trust', 'a-trust', 'NHS_TRUST', 'ENGLAND');"
        "insert into service (name, slug, organisation_id, region, specialties)"
        " select 'A ward', 'a-ward', id, 'ENGLAND', '{}' from organisation;"
        "insert into area (code, name, kind, valid_from) values ('E54000001', 'An area', 'INTEGRATED_CARE_BOARD', '2020-01-01')"
    )


async def traces(world: World, needles: list[str]) -> Mapping[str, list[str]]:
    """Which of these texts stand in which tables."""
    found = {}
    for table in metadata.sorted_tables:
        rows = await world.connection.fetch(f"select row_to_json(t)::text from {table.name} t")
        text = "\n".join(row[0] for row in rows)
        if met := [needle for needle in needles if needle in text]:
            found[table.name] = met
    return found
