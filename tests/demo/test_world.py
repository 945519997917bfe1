"""The demo world: where it must not be, what it always holds, and that it keeps what it invents apart."""

from collections import Counter
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from models.database.connection import Connection, normalise
from models.secret import Keyring, new_master_key
from models.story import StoryStatus
from operations.demo.cast import HOST, PARTS, PASSWORD
from operations.demo.world import check_allowed, is_demo, is_empty, seed_demo
from operations.password import PASSWORDS
from settings import Settings
from tests.demo.world import broken_references, private_columns, private_values, readable

ELSEWHERE = "postgresql://somebody@elsewhere/care"
STORY = """
select status::text, title, progress::text, routing::text, author_id, criticality, similar_count,
    (select count(*) from story_original where story_id = story.id) as originals,
    (select count(*) from moderation_entry where story_id = story.id) as entries,
    (select count(*) from change where story_id = story.id and status = 'PUBLISHED') as changes,
    (select array_agg(account_id) from response where story_id = story.id and status = 'PUBLISHED') as responders,
    (select array_agg(organisation_id) from service join story_service on service_id = service.id
        where story_id = story.id) as organisations,
    (select array_agg(organisation_id) from area join story_area on area_id = area.id
        where story_id = story.id) as commissioners,
    postcode is not null and ip_address is not null as sealed
from story where id = $1
"""
PASSING = {
    "waiting_story.content",
    "session.client", "second_factor.secret", "email_change.email", "data_export.token", "data_export_part.content",
    "mail.content",
}  # fmt: skip
"""What lives for some days only: in a world that stands still nobody would ever see it."""
CONTRADICTIONS = {
    "a number of marks that is not true": """
        similar_count <> (select count(*) from similar_experience where story_id = story.id)""",
    "progress that does not follow from what is public": """
        progress <> coalesce(
            (select case max(kind) when 'MADE' then 'CHANGE_MADE' else 'CHANGE_PLANNED' end::storyprogress
                from change where story_id = story.id and status = 'PUBLISHED' having count(*) > 0),
            (select 'RESPONDED'::storyprogress from response where story_id = story.id
                and status = 'PUBLISHED' and organisation_id is not null limit 1),
            'AWAITING_RESPONSE')""",
    "a region that is not its first service's": """
        region <> (select service.region from service join story_service on service_id = service.id
            where story_id = story.id and position = 0)""",
    "published before it was sent": "published_at <= submitted_at",
    "answered before it was published": """
        exists (select from response where story_id = story.id and created_at < story.published_at)""",
    "routed without areas, or not routed with some": """
        (routing = 'ROUTED') <> exists (select from story_area where story_id = story.id)""",
    "routed to an area that was not on the map": """
        exists (select from story_area join area on area.id = area_id where story_id = story.id
            and (submitted_at::date < valid_from or submitted_at::date > valid_to))""",
    "withdrawn, and something that anybody wrote is left": """
        status = 'WITHDRAWN' and (pen_name is not null or not exists (select from tombstone where number = story.id)
            or exists (select from story_tag where story_id = story.id)
            or exists (select from response where story_id = story.id)
            or exists (select from moderation_entry where story_id = story.id)
            or exists (select from story_original where story_id = story.id)
            or exists (select from reading where story_id = story.id))""",
    "no time in the list of a service": """
        exists (select from story_service where story_id = story.id and shown_at is distinct from story.shown_at)""",
}


async def _account(connection: Connection, keyring: Keyring, name: str) -> asyncpg.Record:
    found = await connection.fetchrow(
        "select account.*, membership.organisation_id, membership.role::text"
        " from account left join membership on account_id = account.id where email_hash = $1",
        keyring.email_hash(f"{name}@{HOST}"),
    )
    assert found, name
    return found


@pytest.mark.parametrize("force", [False, True])
def test_production_is_refused_even_when_forced(force: bool, tmp_path: Path) -> None:
    key = SecretStr(new_master_key())
    chosen = Settings(CANDOUR_ENV="production", CANDOUR_MASTER_KEY=key, CANDOUR_DATA=tmp_path)
    with pytest.raises(ValueError, match="CANDOUR_ENV=production"):
        check_allowed(chosen, force=force)


def test_a_database_of_ones_own_is_refused_unless_forced() -> None:
    chosen = Settings(CANDOUR_ENV="development", DATABASE_URL=SecretStr(ELSEWHERE))
    with pytest.raises(ValueError, match="--force") as refused:
        check_allowed(chosen)
    assert "somebody" not in str(refused.value)
    check_allowed(chosen, force=True)


async def test_a_database_with_anything_in_it_is_refused(connection: Connection, keyring: Keyring) -> None:
    await connection.execute(
        "insert into organisation (name, slug, kind, region) values ('Real', 'real', 'CHARITY', 'WALES')"
    )
    with pytest.raises(ValueError, match="empty"):
        await seed_demo(connection, keyring)


async def test_an_interrupted_seed_leaves_nothing(connection: Connection, keyring: Keyring) -> None:
    def interrupt(what: str, made: int, wanted: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await seed_demo(connection, keyring, interrupt)
    assert await is_empty(connection)


async def test_two_worlds_differ_in_keys_and_ciphertexts_only(
    connection: Connection, database: str, keyring: Keyring
) -> None:
    other_keyring = Keyring(new_master_key())
    other = await asyncpg.connect(normalise(database))
    try:
        await seed_demo(connection, keyring)
        await seed_demo(other, other_keyring)
        assert await readable(connection) == await readable(other)
        assert await private_values(connection, keyring) == await private_values(other, other_keyring)
    finally:
        await other.close()


async def test_it_is_known_by_its_keyring(reader: Connection, keyring: Keyring) -> None:
    assert not await is_demo(reader, Keyring(new_master_key()))
    assert await is_demo(reader, keyring)


async def test_all_written_stories_are_told_in_every_status(reader: Connection) -> None:
    statuses = Counter(row[0] for row in await reader.fetch("select status::text from story"))
    assert statuses.total() == 300
    assert set(statuses) == set(StoryStatus)
    assert min(statuses.values()) >= 8
    assert 0.8 < statuses["PUBLISHED"] / 300 < 0.84


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
async def test_no_story_contradicts_itself(reader: Connection, contradiction: str) -> None:
    found = await reader.fetch(f"select id from story where {CONTRADICTIONS[contradiction]} order by id")
    assert [row["id"] for row in found] == []


async def test_story_1_has_everything(reader: Connection, keyring: Keyring) -> None:
    author, staff, commissioner, member = [
        await _account(reader, keyring, name) for name in ("author", "staff", "commissioner", "member")
    ]
    story = await reader.fetchrow(STORY, 1)
    assert story
    assert (story["status"], story["progress"], story["routing"]) == ("PUBLISHED", "CHANGE_MADE", "ROUTED")
    assert story["author_id"] == author["id"]
    assert story["organisations"] == [staff["organisation_id"]]
    assert story["commissioners"] == [commissioner["organisation_id"]]
    assert {staff["id"], author["id"]} == set(story["responders"]), "a response and the author's reply"
    assert story["sealed"]
    assert min(story["originals"], story["changes"], story["similar_count"], story["criticality"]) > 0
    assert story["entries"] >= 4
    for table in ("reading", "similar_experience"):
        found = await reader.fetchval(
            f"select count(*) from {table} where account_id = $1 and story_id = 1", member["id"]
        )
        assert found == 1, table


async def test_the_author_has_a_story_in_every_status_about_the_trust(reader: Connection, keyring: Keyring) -> None:
    author, staff = await _account(reader, keyring, "author"), await _account(reader, keyring, "staff")
    stories = [await reader.fetchrow(STORY, number) for number in range(1, 9)]
    assert {story["author_id"] for story in stories if story} == {author["id"]}
    assert {story["status"] for story in stories if story} == set(StoryStatus)
    assert {tuple(story["organisations"]) for story in stories if story} == {(staff["organisation_id"],)}


async def test_the_fixed_accounts_can_sign_in_and_have_their_roles(reader: Connection, keyring: Keyring) -> None:
    accounts = {part.name: await _account(reader, keyring, part.name) for part in PARTS}
    assert PASSWORDS.verify(PASSWORD, accounts["author"]["password_hash"])
    for part in PARTS:
        account = accounts[part.name]
        assert set(account["roles"]) == set(part.roles), part.name
        assert account["role"] == part.membership, part.name
    trust = accounts["staff"]["organisation_id"]
    assert accounts["manager"]["organisation_id"] == trust != accounts["other"]["organisation_id"]


async def test_every_kind_of_response_is_there(reader: Connection) -> None:
    found = await reader.fetch("select distinct status::text, organisation_id is null from response")
    assert len(found) >= 5
    assert await reader.fetchval("select count(*) from response where published_at < created_at") == 0


async def test_every_kind_of_routing_is_there(reader: Connection) -> None:
    assert len(await reader.fetch("select distinct routing from story where status = 'PUBLISHED'")) == 3


async def test_every_private_value_opens_and_is_like_no_other(reader: Connection, keyring: Keyring) -> None:
    values = await private_values(reader, keyring)
    assert {place.split(":")[0] for place in values} == {f"{t}.{c}" for t, c in private_columns()} - PASSING
    assert [value for value, number in Counter(values.values()).items() if number > 1] == []


async def test_no_private_value_stands_in_anything_public(reader: Connection, keyring: Keyring) -> None:
    rows = await readable(reader)
    for hidden in ("postcode_area", "demographics"):
        del rows[hidden]
    public = repr(rows)
    values = await private_values(reader, keyring)
    assert [place for place, value in values.items() if value in public] == []


async def test_every_account_leads_to_demographics_of_its_own(reader: Connection, keyring: Keyring) -> None:
    values = await private_values(reader, keyring)
    led_to = {value for place, value in values.items() if place.startswith("account.demographics_id:")}
    assert led_to == {str(row["id"]) for row in await reader.fetch("select id from demographics")}


async def test_the_author_has_made_use_of_every_right(reader: Connection, keyring: Keyring) -> None:
    author = (await _account(reader, keyring, "author"))["id"]
    for table, column in (("correction", "account_id"), ("data_export", "account_id"), ("audit_event", "person_id")):
        assert await reader.fetchval(f"select count(*) from {table} where {column} = $1", author) >= 2, table
    complaints = await reader.fetch("select * from complaint where account_id = $1 order by number", author)
    assert [(c["answered_at"] is not None, c["extended_at"] is not None) for c in complaints] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip


async def test_complaints_of_people_without_an_account_have_keys_of_their_own(reader: Connection) -> None:
    keys = "select count(*) from complaint join person_key using (id) where account_id is null"
    assert await reader.fetchval(keys) == 2
    assert await reader.fetchval("select count(*) from complaint where account_id is null") == 2
    assert await reader.fetchval("select count(*) from complaint where due_at <= received_at") == 0


async def test_references_lead_somewhere(reader: Connection) -> None:
    assert await broken_references(reader) == []


async def test_the_next_rows_get_free_ids(connection: Connection, keyring: Keyring) -> None:
    await seed_demo(connection, keyring)
    for table in ("story", "response", "change", "tag", "consent", "membership", "moderation_entry", "correction"):
        following = await connection.fetchval(f"select nextval(pg_get_serial_sequence('{table}', 'id'))")
        assert following == await connection.fetchval(f"select max(id) + 1 from {table}"), table
    following = await connection.fetchval("select nextval(pg_get_serial_sequence('complaint', 'number'))")
    assert following == await connection.fetchval("select max(number) + 1 from complaint")
