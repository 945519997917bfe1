"""Events beside readings: sign-ins, roles, policies, keys and settings; and who may read all of them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest

from models.account import PlatformRole
from models.database.embedded import EmbeddedPostgres
from models.secret import Keyring, new_master_key
from operations.audit.verify import verify
from policies.plan import Policies
from settings import Settings
from tests.audit.site import latest, logged, opened
from tests.conftest import Turn
from tests.session.site import Person, Site

EVENTS = """query($filter: AuditFilter) { auditEvents(filter: $filter, first: 50) { totalCount nodes {
    id kind happenedAt accountId roles purpose reference subject fields reasons rules request disclosureId count
} } }"""
WHOSE = "query($filter: AuditFilter) { auditEvents(filter: $filter, first: 50) { totalCount nodes { personId } } }"
GRANT = """mutation($id: ID!, $role: PlatformRole!) {
    grantRole(accountId: $id, role: $role) { account { id roles } problems { field code message } } }"""
REVOKE = GRANT.replace("grantRole", "revokeRole")
NOBODY = "00000000-0000-4000-8000-000000000001"
REQUEST = {"Candour-Purpose": "rights-request; ref=RR-7"}
PRIVILEGED = [(role,) for role in PlatformRole]


@pytest.fixture(scope="module")
def dsn(cluster: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    """The address of a demo world."""
    name = f"events_{uuid4().hex}"
    with Turn(cluster):
        dsn = cluster.createdb(name, demo_template)
    yield dsn
    cluster.dropdb(name)


@pytest.fixture(scope="module")
async def running(cluster: EmbeddedPostgres, dsn: str, keyring: Keyring) -> AsyncIterator[tuple[Site, str]]:
    """The site on it."""
    async with opened(dsn, keyring, cluster.data) as site:
        yield site, dsn


@pytest.fixture
def site(running: tuple[Site, str]) -> Site:
    return running[0]


async def _signed_in(site: Site, *roles: PlatformRole) -> tuple[Person, str]:
    person = await site.person(*roles)
    return person, await site.sign_in(person)


async def _listed(site: Site, token: str, **given: Any) -> list[Any]:
    found = await site.ask(EVENTS, token, filter=given)
    assert found["totalCount"] >= len(found["nodes"])
    return list(found["nodes"])


@pytest.mark.parametrize("role", [None, *(role for role in PlatformRole if role is not PlatformRole.DPO)])
async def test_nobody_but_the_dpo_reads_the_log(site: Site, role: PlatformRole | None) -> None:
    _, token = await _signed_in(site, *([role] if role else []))
    event = await site.connection.fetchval("select max(id) from audit_event")
    answer = (await site.post(EVENTS, token)).json()
    assert answer["data"] == {"auditEvents": None}
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    found = await site.ask("query($id: ID!) { node(id: $id) { id } }", token, id=f"AuditEvent:{event}")
    assert found is None


async def test_whose_data_it_was_takes_a_purpose_and_is_on_the_log_itself(site: Site) -> None:
    """P14: without one, neither the field nor a filter tells it, nor does the subject."""
    dpo, token = await _signed_in(site, PlatformRole.DPO)
    person = await site.connection.fetchval("select person_id from audit_event where person_id is not null limit 1")
    answer = (await site.post(WHOSE, token, filter={"kind": "READ"})).json()
    assert {node["personId"] for node in answer["data"]["auditEvents"]["nodes"]} == {None}
    assert answer["errors"][0]["extensions"]["reason"] == (
        "P14 Whose data it was is told only to answer that person's request or complaint."
        ' It needs the purpose of use "rights-request" or "complaint".'
    )
    refused = (await site.post(WHOSE, token, filter={"personId": f"Account:{person}"})).json()
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "Account:" not in str([node["subject"] for node in await _listed(site, token)])
    before = await latest(site)
    told = (await site.post(WHOSE, token, REQUEST, filter={"personId": f"Account:{person}"})).json()
    assert {node["personId"] for node in told["data"]["auditEvents"]["nodes"]} == {f"Account:{person}"}
    (first, *_) = await logged(site, "READ", before)
    assert (first["account_id"], first["person_id"], first["fields"], first["reference"]) == (
        dpo.id, person, ["AuditEvent.personId"], "RR-7",
    )  # fmt: skip


async def test_filters(site: Site) -> None:
    dpo, token = await _signed_in(site, PlatformRole.DPO)
    for kind in ("READ", "SIGN_IN", "POLICY", "KEY", "SETTING"):
        assert {event["kind"] for event in await _listed(site, token, kind=kind)} == {kind}
    (own,) = await _listed(site, token, accountId=f"Account:{dpo.id}")
    assert (own["kind"], own["roles"]) == ("SIGN_IN", ["DPO"])
    for given in (
        {"kind": "READ", "purpose": "safeguarding"}, {"reference": "CASE-12"},
        {"happenedTo": "2026-09-01T00:00:00Z", "purpose": "safeguarding"},
    ):  # fmt: skip
        found = await _listed(site, token, **given)
        assert found
        assert {event["purpose"] for event in found} == {"safeguarding"}
    found = await _listed(site, token, field="Story.postcode")
    assert found
    assert all("Story.postcode" in event["fields"] for event in found)
    for given in (
        {"kind": "DISCLOSURE", "purpose": "abuse"}, {"reference": "CASE-1"}, {"field": "Story"}, {"accountId": f"Account:{NOBODY}"},
        {"disclosureId": f"Disclosure:{NOBODY}"}, {"happenedFrom": "2126-01-01T00:00:00Z"},
        {"happenedTo": "2020-01-01T00:00:00Z"},
    ):  # fmt: skip
        assert await _listed(site, token, **given) == []


@pytest.mark.parametrize("roles", PRIVILEGED)
async def test_a_privileged_sign_in_is_on_the_log(site: Site, roles: tuple[PlatformRole, ...]) -> None:
    before = await latest(site)
    person, _ = await _signed_in(site, *roles)
    (event,) = await logged(site, "SIGN_IN", before)
    assert (event["account_id"], event["roles"], event["person_id"]) == (person.id, list(roles), None)
    assert event["request"]


async def test_other_sign_ins_and_failed_ones_are_not(site: Site) -> None:
    before = await latest(site)
    await _signed_in(site)
    admin = await site.person(PlatformRole.ADMIN)
    assert await site.refusal(admin, password="not the password") == "WRONG_CREDENTIALS"
    assert await logged(site, "SIGN_IN", before) == []


async def test_managers_of_organisations_are_privileged_too(site: Site) -> None:
    before, manager, reader = await latest(site), await site.person(), await site.person()
    for person, role in ((manager, "MANAGER"), (reader, "RESPONDER")):
        insert = "insert into membership (account_id, organisation_id, role) values ($1, 1, $2::membershiprole)"
        await site.connection.execute(insert, person.id, role)
        await site.sign_in(person)
    (event,) = await logged(site, "SIGN_IN", before)
    assert (event["account_id"], event["roles"], event["organisation_id"]) == (manager.id, ["MANAGER"], 1)


@pytest.mark.parametrize("change", [GRANT, REVOKE])
@pytest.mark.parametrize("role", [None, *(role for role in PlatformRole if role is not PlatformRole.ADMIN)])
async def test_nobody_but_an_administrator_changes_roles(site: Site, role: PlatformRole | None, change: str) -> None:
    _, token = await _signed_in(site, *([role] if role else []))
    before, other = await latest(site), await site.person(PlatformRole.ABUSE)
    for whom in (other.id, NOBODY):
        answer = (await site.post(change, token, id=f"Account:{whom}", role="ABUSE")).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await logged(site, "ROLE", before) == []
    assert await site.connection.fetchval("select roles::text[] from account where id = $1", other.id) == ["ABUSE"]


async def test_an_administrator_changes_nobodys_and_not_their_own(site: Site) -> None:
    """So an administrator is always left."""
    admin, token = await _signed_in(site, PlatformRole.ADMIN)
    before = await latest(site)
    for change, role in ((GRANT, "DPO"), (REVOKE, "ADMIN")):
        assert await site.problem(change, token, id=f"Account:{admin.id}", role=role) == "NOT_ALLOWED"
        assert await site.problem(change, token, id=f"Account:{NOBODY}", role=role) == "NOT_FOUND"
    assert await logged(site, "ROLE", before) == []


async def test_a_role_counts_from_the_next_request_on_and_is_on_the_log(site: Site) -> None:
    admin, token = await _signed_in(site, PlatformRole.ADMIN)
    other, theirs = await _signed_in(site)
    before, id_ = await latest(site), f"Account:{other.id}"
    given = await site.ask(GRANT, token, id=id_, role="DPO")
    assert given == {"account": {"id": id_, "roles": ["DPO"]}, "problems": []}
    assert await site.problem(GRANT, token, id=id_, role="DPO") == "ALREADY_DONE"
    assert (await site.ask(EVENTS, theirs))["totalCount"]
    taken = await site.ask(REVOKE, token, id=id_, role="DPO")
    assert taken == {"account": {"id": id_, "roles": []}, "problems": []}
    assert await site.problem(REVOKE, token, id=id_, role="DPO") == "ALREADY_DONE"
    assert (await site.post(EVENTS, theirs)).json()["data"] == {"auditEvents": None}
    events = await logged(site, "ROLE", before)
    assert [event["fields"] for event in events] == [["granted DPO"], ["revoked DPO"]]
    for event in events:
        assert (event["account_id"], event["person_id"], event["roles"]) == (admin.id, other.id, ["ADMIN"])
        assert event["reasons"] == ["P14 roles are given by administrators"]
        assert [rule.partition(":")[0] for rule in event["rules"]] == ["query.polar"]


async def test_an_administrator_who_lost_the_role_meanwhile_changes_nothing(site: Site) -> None:
    admin, token = await _signed_in(site, PlatformRole.ADMIN)
    second, theirs = await _signed_in(site, PlatformRole.ADMIN)
    assert await site.problem(REVOKE, token, id=f"Account:{second.id}", role="ADMIN") is None
    answer = (await site.post(REVOKE, theirs, id=f"Account:{admin.id}", role="ADMIN")).json()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_start_with_what_was_there_before_writes_nothing_and_with_other_things_names_them(
    running: tuple[Site, str], keyring: Keyring, cluster: EmbeddedPostgres
) -> None:
    """P13: never the value of a setting, not even one that could be guessed from its digest."""
    site, dsn = running
    (policy,), (key,) = await logged(site, "POLICY"), await logged(site, "KEY")
    assert (policy["subject"], policy["reference"]) == ("Policy", Policies.load().hash)
    assert (key["subject"], key["reference"]) == ("Key", keyring.fingerprint)
    before = await latest(site)
    async with opened(dsn, keyring, cluster.data):
        assert await latest(site) == before
    async with opened(dsn, keyring, cluster.data, CANDOUR_PAGE_MAX=77, PORT=8123, SMTP_URL="smtp://u:canary@x.test"):
        events = await site.connection.fetch("select * from audit_event where id > $1 order by subject", before)
    assert [event["subject"] for event in events] == ["Setting:CANDOUR_PAGE_MAX", "Setting:SMTP_URL"]
    assert {str(event["kind"]) for event in events} == {"SETTING"}
    assert "canary" not in str(events)
    assert "77" not in str([event["fields"] for event in events])


def test_another_keyset_has_another_fingerprint_and_another_keys_digests_differ() -> None:
    one, other = Keyring(new_master_key()), Keyring(new_master_key())
    assert one.fingerprint != other.fingerprint
    assert one.audit_seal(b"setting", b"x") != other.audit_seal(b"setting", b"x")
    assert one.audit_seal(b"ab", b"c") != one.audit_seal(b"a", b"bc")


def test_every_setting_is_compared_or_left_out_by_name() -> None:
    from operations.audit.stock import KEY, OF_ONE_PROCESS, stock_of

    found = stock_of("x", Keyring(new_master_key()), Settings())
    named = {stock.name.removeprefix("Setting:") for stock in found} - {"Policy", "Key"}
    assert named == {field.alias for field in Settings.model_fields.values()} - OF_ONE_PROCESS - {KEY}


async def test_a_log_that_cannot_be_written_is_an_error_without_data(site: Site) -> None:
    """P27: with a reference, and nothing of what was read."""
    _, token = await _signed_in(site, PlatformRole.ABUSE)
    block = "create trigger broken before insert on audit_event for each statement execute function audit_event_stays()"
    await site.connection.execute(block)
    try:
        purpose = {"Candour-Purpose": "abuse"}
        answer = await site.post("{ story(number: 1) { title ipAddress } }", token, purpose)
        assert answer.status_code == 500
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "INTERNAL"
        assert "data" not in answer.json()
        person = await site.person(PlatformRole.DPO)
        failed = (
            await site.post(
                "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }",
                e=person.email,
                p="rambling walrus teapot",
            )
        ).json()
        assert failed["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert await site.connection.fetchval("select count(*) from session where account_id = $1", person.id) == 0
    finally:
        await site.connection.execute("drop trigger broken on audit_event")
    assert (await site.post("{ story(number: 1) { ipAddress } }", token, {"Candour-Purpose": "abuse"})).json()["data"][
        "story"
    ]["ipAddress"]


async def test_all_that_was_written_here_is_in_order(site: Site, keyring: Keyring) -> None:
    verdict = await verify(site.connection, keyring)
    assert verdict.faults == []
    assert verdict.events > 40
