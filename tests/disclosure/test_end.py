"""What becomes of disclosures: of erased people and withdrawn stories, of old files, and of reviews that nobody wrote."""

from typing import Any

import pytest

from models.account import PlatformRole
from models.database.connection import engine, session_factory
from operations.account import hold
from operations.backup.restore import forget
from operations.data_export.tables import access, disclosure
from operations.disclosure.erase import purge_disclosures
from operations.disclosure.remind import remind_officers
from operations.erasure import erase
from tests.disclosure.case import APPROVE, REVIEW, WITHHELD, Case, case_of, somebody
from tests.session.site import Site

URL = "http://candour.test"


async def run(dsn: str, work: Any) -> Any:
    """An operation in a transaction of its own."""
    database = engine(dsn, 1)
    try:
        async with session_factory(database).begin() as session:
            return await work(session)
    finally:
        await database.dispose()


@pytest.mark.parametrize("approved", [False, True])
async def test_p18_an_erased_person_leaves_the_file_without_them(case: Case, dsn: str, approved: bool) -> None:
    """P18: what, to whom and when stays; whose it was and why goes, and the disclosure ends."""
    id_ = (await case.request())["id"]
    if approved:
        await case.site.ask(APPROVE, case.approver.token, id=id_)
        review = {"disclosureId": id_, "outcome": "JUSTIFIED", "note": "x"}
        await case.site.ask(REVIEW, case.officer.token, input=review)

    async def gone(session: Any) -> None:
        await erase(session, case.site.keyring, await hold(session, case.author.person.id, change=True))

    await run(dsn, gone)
    row = await case.row(id_)
    left = {name for name, value in row.items() if value is not None}
    always = {"id", "number", "fields", "organisation_id", "requested_by", "requested_at", "revoked_at"}
    reviewed = {"approved_by", "approved_at", "expires_at", "reviewed_by", "reviewed_at", "outcome"}
    assert left == always | (reviewed if approved else set())
    assert (await case.seen(case.manager))["node"] is None
    assert await case.site.problem(APPROVE, case.approver.token, id=id_) in ("ALREADY_DONE", "NOT_ALLOWED")


async def test_p18_an_erased_decider_leaves_the_decision(case: Case, dsn: str) -> None:
    id_ = await case.made()

    async def gone(session: Any) -> None:
        for who in (case.asker, case.approver):
            await erase(session, case.site.keyring, await hold(session, who.person.id, change=True))

    await run(dsn, gone)
    row = await case.row(id_)
    assert row["requested_by"] is row["approved_by"] is None
    assert (await case.seen(case.manager))["story"]["author"] is not None


async def test_p17_a_withdrawn_story_is_told_by_no_file(case: Case) -> None:
    """P17: nor is whose it was."""
    id_ = await case.made()
    withdraw = "mutation($id: ID!) { withdrawStory(storyId: $id) { problems { code } } }"
    assert await case.site.problem(withdraw, case.author.token, id=f"Story:{case.number}") is None
    row = await case.row(id_)
    assert (row["story_id"], row["account_id"]) == (None, case.author.person.id)
    seen = await case.seen(case.manager)
    assert seen["story"] is None
    assert seen["node"]["email"] is not None


async def test_p16_the_copy_holds_what_is_not_withheld(case: Case, dsn: str) -> None:
    """P16: with what was written about the person; a withheld one, and who read by it, comes after its date."""
    shown, secret = await case.made(), await case.made(**WITHHELD)
    await case.request()
    await case.seen(case.manager)

    async def copied(session: Any) -> list[tuple[int, int]]:
        found = []
        for tables in (disclosure.TABLES, access.TABLES[:1]):
            (table,) = tables
            rows = await session.exec(table.statement, params={"person": case.author.person.id})
            found.append(rows.all())
        return found

    files, looks = await run(dsn, copied)
    row = await case.row(shown)
    assert [(file.number, file.story, file.grounds) for file in files] == [(row["number"], case.number, row["grounds"])]
    assert len(looks) == 3
    await case.age(secret, "31 days")
    files, _ = await run(dsn, copied)
    assert len(files) == 2


async def test_p09_what_was_ended_does_not_begin_again_with_an_old_dump(case: Case, dsn: str) -> None:
    """P09: nor is approved what was asked for before."""
    active, waiting = await case.made(), (await case.request())["id"]
    before = (await case.row(active))["expires_at"]
    await forget(dsn, case.site.keyring)
    assert (await case.seen(case.manager))["node"] is None
    assert await case.site.problem(APPROVE, case.approver.token, id=waiting) == "ALREADY_DONE"
    assert (await case.row(active))["expires_at"] == before


async def test_old_files_go_once_they_are_reviewed(case: Case, dsn: str) -> None:
    young, old, unreviewed = await case.made(), await case.made(), await case.made()
    review = {"disclosureId": old, "outcome": "JUSTIFIED"}
    await case.site.ask(REVIEW, case.officer.token, input=review)
    await case.site.ask(REVIEW, case.officer.token, input={**review, "disclosureId": young})
    await case.age(young, "5 years 11 months")
    for id_ in (old, unreviewed):
        await case.age(id_, "6 years 2 days")
    assert await run(dsn, purge_disclosures) == 1
    assert await case.row(old) is None
    assert None not in (await case.row(young), await case.row(unreviewed))


async def test_an_officer_hears_of_reviews_that_are_due(site: Site, dsn: str) -> None:
    """P09: how many and no more; once a day; nothing of a disclosure of their own data."""
    await site.connection.execute("delete from disclosure")
    await site.connection.execute("update account set roles = '{}' where 'DPO' = any(roles)")
    case = await case_of(site)
    remind = lambda session: remind_officers(session, site.keyring, URL)  # noqa: E731
    soon, late, done = await case.made(), await case.made(), await case.made()
    assert await run(dsn, remind) == 0
    await case.age(soon, "6 days")
    await case.age(late, "8 days")
    await case.age(done, "8 days")
    await site.ask(REVIEW, case.officer.token, input={"disclosureId": done, "outcome": "JUSTIFIED"})
    await site.connection.execute("update account set roles = '{DPO}' where id = $1", case.author.person.id)
    assert await run(dsn, remind) == 1
    (mail,) = await case.mails(case.officer)
    assert mail == {
        "template": "disclosure_review_due", "to": case.officer.person.email, "open": "2", "late": "1",
        "link": f"{URL}/disclosures",
    }  # fmt: skip
    assert await run(dsn, remind) == 0
    assert await case.mails(case.author) == []


async def test_nobody_else_is_reminded(case: Case, dsn: str) -> None:
    await case.age(await case.made(), "8 days")
    others = [await somebody(case.site, role) for role in PlatformRole if role is not PlatformRole.DPO]
    await run(dsn, lambda session: remind_officers(session, case.site.keyring, URL))
    templates = [mail["template"] for who in others for mail in await case.mails(who)]
    assert "disclosure_review_due" not in templates
