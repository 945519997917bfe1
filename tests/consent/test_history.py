"""Random histories of people who change their minds: what is shared follows the ledger, after every step (P12)."""

from dataclasses import dataclass, field
from random import Random

import pytest

from models.consent import ConsentPurpose
from models.event import EventKind
from operations.account import hold
from operations.consent import set_consent
from operations.erasure import erase
from operations.sharing import RETRACTIONS, Place, leaving, shareable
from operations.story import withdraw_stories
from policies.viewer import Member
from tests.consent.world import World

STEPS = 40
OTHERS = sorted(set(ConsentPurpose) - {ConsentPurpose.PUBLISH})


@dataclass
class Follower:
    """A recipient of one purpose, who keeps copies and deletes them when told to."""

    purpose: ConsentPurpose
    place: Place = field(default_factory=Place)
    copies: set[int] = field(default_factory=set)


@dataclass
class Model:
    """What ought to stand, worked out apart from any SQL."""

    authors: dict[int, Member]
    agreed: dict[Member, set[ConsentPurpose]]
    published: set[int]

    def shared(self, purpose: ConsentPurpose) -> set[int]:
        return {number for number in self.published if purpose in self.agreed.get(self.authors[number], ())}


async def _step(world: World, model: Model, chance: Random) -> None:
    who = chance.choice(list(model.agreed))
    theirs = [number for number in sorted(model.published) if model.authors[number] == who]
    deed = chance.random()
    async with world.sessions.begin() as session:
        if deed < 0.8 or not theirs:
            purpose, granted = chance.choice(OTHERS), chance.random() < 0.6
            (model.agreed[who].add if granted else model.agreed[who].discard)(purpose)
            await set_consent(session, world.keyring, who.account_id, purpose, granted, "API")
        elif deed < 0.92:
            number = chance.choice(theirs)
            model.published.discard(number)
            await withdraw_stories(session, [number])
        elif deed < 0.96:
            model.published -= set(theirs)
            await set_consent(session, world.keyring, who.account_id, ConsentPurpose.PUBLISH, False, "API")
        else:
            model.published -= set(theirs)
            del model.agreed[who]
            await erase(session, world.keyring, await hold(session, who.account_id, change=True))


async def _follow(world: World, follower: Follower, model: Model) -> None:
    """Read on; whatever is not to be deleted is of a story that is shared at this moment."""
    async with world.sessions() as session:
        for event in await leaving(session, follower.purpose, follower.place, 1000):
            follower.place = event.place
            if event.number not in model.authors:
                continue
            if event.kind in RETRACTIONS:
                follower.copies.discard(event.number)
            else:
                assert event.kind == EventKind.CONSENT_GRANTED
                assert event.number in model.shared(follower.purpose)
                follower.copies.add(event.number)


@pytest.mark.parametrize("seed", range(4))
async def test_p12_what_is_shared_follows_what_people_said(world: World, seed: int) -> None:
    """P12, P17, P18, P25: through withdrawals and erasures; in the end nobody holds a copy that they should not."""
    chance = Random(seed)
    people = [await world.person() for _ in range(5)]
    authors = {await world.story(who): who for who in people * 2}
    model = Model(authors, {who: set() for who in people}, set(authors))
    followers = [Follower(purpose) for purpose in OTHERS]
    for _ in range(STEPS):
        if model.agreed:
            await _step(world, model, chance)
        follower = chance.choice(followers)
        async with world.sessions() as session:
            shared = {story.id for story in await session.exec(shareable(follower.purpose))}
        assert shared & set(authors) == model.shared(follower.purpose)
        await _follow(world, follower, model)
    await world.settled(authors)
    for follower in followers:
        await _follow(world, follower, model)
        assert follower.copies == model.shared(follower.purpose)
