"""Canaries: every private value of a world, with those who may see it, by the table of who sees what."""

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import models
from models import PlatformRole, StoryStatus
from models.secret import Keyring
from policies.viewer import Member, Purpose, Viewer
from tests.reference.world import World

May = Callable[[Viewer], bool]
HIDDEN = (
    StoryStatus.SUBMITTED,
    StoryStatus.IN_REVIEW,
    StoryStatus.REJECTED,
    StoryStatus.PREVIEW,
    StoryStatus.RESTRICTED,
)
TO_STAFF = (StoryStatus.PREVIEW, StoryStatus.RESTRICTED)
SHORTEST = 6
"""Shorter texts turn up by chance."""
SHORTEST_TITLE = 20


@dataclass(frozen=True)
class Canary:
    """A text that only some may see."""

    kind: str
    text: str
    may_see: May


def canaries(world: World, keyring: Keyring) -> list[Canary]:
    """All of a world; texts that are public elsewhere are none."""
    found = [*_people(world, keyring), *_stories(world, keyring), *_texts(world), *_machinery(world)]
    public = "\n".join(_public(world))
    return [canary for canary in found if len(canary.text) >= SHORTEST and canary.text not in public]


def nobody(viewer: Viewer) -> bool:
    return False


def either(*ways: May) -> May:
    return lambda viewer: any(way(viewer) for way in ways)


def person(account_id: object) -> May:
    return lambda viewer: isinstance(viewer, Member) and viewer.account_id == account_id


def role(wanted: PlatformRole, *purposes: Purpose) -> May:
    """People with a role, if purposes are named only while they state one of those."""
    return lambda viewer: (
        isinstance(viewer, Member) and wanted in viewer.roles and (not purposes or viewer.purpose in purposes)
    )


SAFEGUARDING = role(PlatformRole.SAFEGUARDING, Purpose.SAFEGUARDING)
ABUSE = role(PlatformRole.ABUSE, Purpose.ABUSE)
DPO = role(PlatformRole.DPO, Purpose.RIGHTS_REQUEST, Purpose.COMPLAINT)
READERS = either(role(PlatformRole.MODERATOR), role(PlatformRole.SAFEGUARDING))


def members(organisations: Iterable[Any]) -> May:
    """Staff of these organisations."""
    people = {m.account_id for organisation in organisations if organisation for m in organisation.memberships}
    return lambda viewer: isinstance(viewer, Member) and viewer.account_id in people


def answering(story: Any) -> May:
    """Staff of those whom a story is about."""
    bodies = [*(service.organisation for service in story.services), *(area.organisation for area in story.areas)]
    return members(bodies)


def _people(world: World, keyring: Keyring) -> Iterator[Canary]:
    allowed = {
        "email": either(SAFEGUARDING, DPO),
        "postcode": SAFEGUARDING,
        "pen_name": either(SAFEGUARDING, DPO),
        "demographics_id": nobody,
    }
    for account in world.all(models.Account):
        own, key = person(account.id), keyring.open(account.key, str(account.id))
        for column, others in allowed.items():
            sealed = getattr(account, column)
            if sealed is not None:
                text = key.decrypt(sealed, f"account.{column}:{account.id}")
                yield Canary(f"account {column}", text, others if others is nobody else either(own, others))
        for use in account.ip_addresses:
            text = key.decrypt(use.address, f"ip_address_use.address:{use.id}")
            yield Canary("address of an account", text, either(own, ABUSE))
        if not account.memberships:
            may = either(own, SAFEGUARDING, ABUSE, DPO, role(PlatformRole.ADMIN))
            yield Canary("account id", str(account.id), may)


def _stories(world: World, keyring: Keyring) -> Iterator[Canary]:
    for story in (story for story in world.all(models.Story) if story.author):
        own, key = person(story.author.id), keyring.open(story.author.key, str(story.author.id))
        if story.postcode:
            text = key.decrypt(story.postcode, f"story.postcode:{story.id}")
            yield Canary("postcode of a story", text, either(own, SAFEGUARDING))
        if story.ip_address:
            text = key.decrypt(story.ip_address, f"story.ip_address:{story.id}")
            yield Canary("address of a story", text, either(own, ABUSE))
        if story.original:
            for column in ("title", "body"):
                text = key.decrypt(getattr(story.original, column), f"story_original.{column}:{story.id}")
                yield Canary(f"original {column}", text, either(own, READERS))


def _texts(world: World) -> Iterator[Canary]:
    """What nobody moderated yet, was turned down, or is restricted."""
    for story in (story for story in world.all(models.Story) if story.status in HIDDEN):
        staff = answering(story) if story.status in TO_STAFF else nobody
        may = either(person(story.author_id), READERS, staff)
        if len(story.title) >= SHORTEST_TITLE:
            yield Canary(f"title of a story {story.status}", story.title, may)
        yield Canary(f"body of a story {story.status}", story.body, may)
    for response in (r for r in world.all(models.Response) if r.status != "PUBLISHED"):
        may = either(role(PlatformRole.MODERATOR), members([response.organisation]))
        yield Canary(f"response {response.status}", response.body, may)


def _machinery(world: World) -> Iterator[Canary]:
    for account in world.all(models.Account):
        for value in (account.key, account.email_hash, account.email):
            yield Canary("bytes of an account", value.hex(), nobody)
            yield Canary("bytes of an account", base64.b64encode(value).decode(), nobody)
    yield Canary("password hash", world.all(models.Account)[0].password_hash, nobody)


def _public(world: World) -> Iterator[str]:
    """What everybody may read anyway."""
    for story in world.all(models.Story):
        if story.status == StoryStatus.PUBLISHED:
            yield from (story.title, story.body)
            yield from (response.body for response in story.responses if response.status == "PUBLISHED")
    yield from (service.postcode for service in world.all(models.Service) if service.postcode)
