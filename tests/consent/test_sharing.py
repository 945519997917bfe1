"""What may be shared for each purpose: only what its author agrees to now (P12, P23)."""

import pytest

from models.consent import ConsentPurpose
from operations.consent import record, set_consent
from operations.sharing import shareable
from policies.viewer import Member
from tests.consent.world import World

OTHERS = sorted(set(ConsentPurpose) - {ConsentPurpose.PUBLISH})
ELSEWHERE = """
select service.id from service join organisation on organisation.id = organisation_id
where service.region <> 'ENGLAND' or kind not in ('NHS_TRUST', 'GP_PRACTICE', 'INTEGRATED_CARE_BOARD')
"""


async def _shared(world: World, purpose: ConsentPurpose) -> set[int]:
    async with world.sessions() as session:
        return {story.id for story in await session.exec(shareable(purpose))}


async def _decide(world: World, who: Member, purpose: ConsentPurpose, granted: bool) -> None:
    async with world.sessions.begin() as session:
        await set_consent(session, world.keyring, who.account_id, purpose, granted, "API")


@pytest.mark.parametrize("purpose", ConsentPurpose)
async def test_p12_nothing_is_shared_without_consent(world: World, purpose: ConsentPurpose) -> None:
    """P12: neither of somebody who was never asked, nor of one who refused, nor by consent to all other purposes."""
    never, others = await world.person(), await world.person(*set(ConsentPurpose) - {purpose})
    refused = await world.person(purpose)
    await world.agree(refused.account_id, purpose, False)
    numbers = {await world.story(who) for who in (never, others, refused)}
    assert not numbers & await _shared(world, purpose)


@pytest.mark.parametrize("purpose", ConsentPurpose)
@pytest.mark.parametrize("status", ["SUBMITTED", "IN_REVIEW", "PREVIEW", "RESTRICTED", "REJECTED", "WITHDRAWN"])
async def test_p10_only_published_stories_are_shared(world: World, purpose: ConsentPurpose, status: str) -> None:
    """P10, P17: whatever its author agreed to."""
    assert await world.story(await world.person(purpose), status) not in await _shared(world, purpose)


@pytest.mark.parametrize("purpose", ConsentPurpose)
async def test_p18_an_erased_author_agrees_to_nothing(world: World, purpose: ConsentPurpose) -> None:
    nobodys, gone = await world.story(None), await world.person(purpose)
    theirs = await world.story(gone)
    assert {nobodys, theirs} & await _shared(world, purpose) == {theirs}
    await world.connection.execute("delete from account where id = $1", gone.account_id)
    assert not {nobodys, theirs} & await _shared(world, purpose)


@pytest.mark.parametrize("purpose", OTHERS)
async def test_p12_taking_consent_back_takes_effect_at_once(world: World, purpose: ConsentPurpose) -> None:
    """P12: with the transaction that takes it back, and again with the one that gives it."""
    who, other = await world.person(purpose), await world.person(purpose)
    number, kept = await world.story(who), await world.story(other)
    for granted in (False, True, False):
        async with world.sessions.begin() as session:
            await set_consent(session, world.keyring, who.account_id, purpose, granted, "API")
            # Until it is committed, everybody else sees what stood before.
            assert (number in await _shared(world, purpose)) != granted
        assert {number, kept} & await _shared(world, purpose) == ({number, kept} if granted else {kept})


async def test_p17_without_consent_to_publish_nothing_is_left_to_share(world: World) -> None:
    who = await world.person(*ConsentPurpose)
    number = await world.story(who)
    await _decide(world, who, ConsentPurpose.PUBLISH, False)
    for purpose in ConsentPurpose:
        assert number not in await _shared(world, purpose)


async def test_a_decision_that_is_undone_changes_nothing(world: World) -> None:
    who = await world.person(ConsentPurpose.FEED)
    number = await world.story(who)
    async with world.sessions() as session:
        await set_consent(session, world.keyring, who.account_id, ConsentPurpose.FEED, False, "API")
        await session.rollback()
    assert number in await _shared(world, ConsentPurpose.FEED)


async def test_the_latest_entry_counts_whatever_the_clock_said(world: World) -> None:
    """A clock that ran ahead gives an older decision a later time; the ledger's own order holds."""
    who = await world.person(ConsentPurpose.FEED)
    number = await world.story(who)
    async with world.sessions.begin() as session:
        await record(session, who.account_id, ConsentPurpose.FEED, True, "API")
    await world.agree(who.account_id, ConsentPurpose.FEED, False)
    assert number not in await _shared(world, ConsentPurpose.FEED)


async def test_p23_only_the_nhs_in_england_is_syndicated(world: World) -> None:
    """P23: a story about services elsewhere, or of others, is shared for other purposes only."""
    who = await world.person(*ConsentPurpose)
    elsewhere = [row["id"] for row in await world.connection.fetch(ELSEWHERE)]
    stories = {await world.story(who, service=service) for service in elsewhere[:: max(1, len(elsewhere) // 8)]}
    assert not stories & await _shared(world, ConsentPurpose.SYNDICATION)
    assert stories <= await _shared(world, ConsentPurpose.FEED)
    assert await world.story(who) in await _shared(world, ConsentPurpose.SYNDICATION)
