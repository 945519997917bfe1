"""An invented story with all that belongs to it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from models import (
    AgeGroup,
    AuthorRole,
    Change,
    ChangeKind,
    ModerationAction,
    ModerationEntry,
    Region,
    Response,
    ResponseStatus,
    Routing,
    Story,
    StoryArea,
    StoryOriginal,
    StoryProgress,
    StoryService,
    StoryStatus,
    StoryTag,
)

if TYPE_CHECKING:
    from tests.reference.invented import Inventor

PUBLIC = (StoryStatus.PUBLISHED, StoryStatus.RESTRICTED)
TAKEN = (StoryStatus.IN_REVIEW, StoryStatus.PREVIEW)
IDENTIFYING = " ☕ Ask Dr Gwen Tŷ, 01632 960123, or jo@x.example"
STATUSES = [*StoryStatus, *[StoryStatus.PUBLISHED] * 7, StoryStatus.PREVIEW]


def story_rows(inventor: "Inventor", number: int, people: Sequence[UUID]) -> None:
    """One story and its rows; every fifth has an author who is erased."""
    author = inventor.maybe(inventor.chance.choice(people[:9]), 0.8)
    status = STATUSES[number % len(StoryStatus)] if number <= len(StoryStatus) else inventor.chance.choice(STATUSES)
    # The third is the moderator who has no other part, the last one is staff as well.
    moderator = (None, people[3], people[-1])[number % 3] if status in TAKEN else None
    inventor.add(_story(inventor, number, author, status, moderator))
    _links(inventor, number)
    if author and status is not StoryStatus.WITHDRAWN and inventor.maybe(True):
        inventor.add(_original(inventor, number, author))
    for _ in range(inventor.chance.randint(0, 4)):
        inventor.add(_response(inventor, number, author, people))
    for _ in range(inventor.chance.randint(0, 2)):
        inventor.add(_change(inventor, number))
    for _ in range(inventor.chance.randint(0, 3)):
        action = inventor.chance.choice(list(ModerationAction))
        note = inventor.maybe(inventor.text())
        inventor.add(ModerationEntry(story_id=number, action=action, done_at=inventor.moment(), note=note))


def _story(
    inventor: "Inventor", number: int, author: UUID | None, status: StoryStatus, moderator: UUID | None
) -> Story:
    chance = inventor.chance
    gone, sent = status is StoryStatus.WITHDRAWN, inventor.moment()
    restricted = inventor.text() if status is StoryStatus.RESTRICTED else None
    return Story(
        id=number,
        status=status,
        region=chance.choice(list(Region)),
        title=None if gone else inventor.text(),
        body=None if gone else inventor.text() + (IDENTIFYING if number % 3 else ""),
        age_group=chance.choice(list(AgeGroup)),
        author_role=chance.choice(list(AuthorRole)),
        pen_name=inventor.maybe(inventor.text()),
        progress=chance.choice(list(StoryProgress)),
        submitted_at=sent,
        published_at=sent + timedelta(days=chance.randint(0, 1)) if status in PUBLIC else None,
        criticality=inventor.maybe(chance.randint(0, 5), 0.8),
        restriction_reason=restricted,
        restriction_by=restricted,
        moderator_id=moderator,
        assigned_at=sent + timedelta(hours=1) if number % 4 else None,
        preview_until=sent + timedelta(days=3) if status is StoryStatus.PREVIEW and number % 2 else None,
        routing=chance.choice(list(Routing)),
        author_id=author,
        postcode=None if gone else _private(inventor, author, f"AB{number} 1CD", f"story.postcode:{number}"),
        ip_address=None if gone else _private(inventor, author, f"2001:db8::{number}", f"story.ip_address:{number}"),
    )


def _private(inventor: "Inventor", author: UUID | None, value: str, place: str) -> bytes | None:
    """A ciphertext; an erased author's is left without a key."""
    key = inventor.keys[author or next(iter(inventor.keys))]
    return inventor.maybe(key.encrypt(value, place), 0.8)


def _links(inventor: "Inventor", number: int) -> None:
    for service in inventor.some(range(1, 13), 3):
        inventor.add(StoryService(story_id=number, service_id=service, position=inventor.chance.randint(0, 1)))
    for tag in inventor.some(range(1, 27), 5):
        inventor.add(StoryTag(story_id=number, tag_id=tag, position=inventor.chance.randint(0, 2)))
    for area in inventor.some(range(1, 6), 2):
        inventor.add(StoryArea(story_id=number, area_id=area))


def _original(inventor: "Inventor", number: int, author: UUID) -> StoryOriginal:
    key = inventor.keys[author]
    return StoryOriginal(
        story_id=number,
        title=key.encrypt(inventor.text(), f"story_original.title:{number}"),
        body=key.encrypt(inventor.text(), f"story_original.body:{number}"),
        purge_after=inventor.maybe(inventor.moment()),
    )


def _response(inventor: "Inventor", number: int, author: UUID | None, people: Sequence[UUID]) -> Response:
    status = inventor.chance.choice([*ResponseStatus, ResponseStatus.PUBLISHED])
    organisation = inventor.maybe(inventor.chance.randint(1, 7), 0.8)
    return Response(
        story_id=number,
        organisation_id=organisation,
        account_id=author if organisation is None else inventor.maybe(inventor.chance.choice(people[8:]), 0.9),
        body=inventor.text(),
        staff_name=inventor.maybe(inventor.text()),
        job_title=inventor.maybe(inventor.text()),
        status=status,
        created_at=inventor.moment(),
        published_at=inventor.moment() if status is ResponseStatus.PUBLISHED else None,
        settles_at=inventor.maybe(inventor.far()) if status is ResponseStatus.PENDING else None,
        rejection=inventor.maybe(inventor.text()) if status is ResponseStatus.REJECTED else None,
    )


def _change(inventor: "Inventor", number: int) -> Change:
    status = inventor.chance.choice(list(ResponseStatus))
    return Change(
        story_id=number,
        organisation_id=inventor.chance.randint(1, 7),
        kind=inventor.chance.choice(list(ChangeKind)),
        description=inventor.text(),
        status=status,
        published_at=inventor.moment() if status is ResponseStatus.PUBLISHED else None,
    )
