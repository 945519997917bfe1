"""Submission: a story comes in, is routed by its author's postcode (P02), and waits for a moderator (P10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Date, LargeBinary, and_, case, cast, func, insert, literal, literal_column
from sqlalchemy import select as columns
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, IpAddressUse
from models.area import Area, PostcodeArea
from models.attempt import AttemptKind
from models.consent import Consent, ConsentPurpose, standing
from models.event import EventKind
from models.moderation import ModerationAction, ModerationEntry
from models.privacy_notice import NOTICE_VERSION
from models.secret import Keyring, PersonKey
from models.service import Service, StoryService
from models.story import AgeGroup, AuthorRole, Routing, Story, StoryArea, StoryProgress, StoryStatus
from models.tag import StoryTag
from operations import consent, form
from operations.account import hold, opened, pen_name_of
from operations.attempt import Transaction, attempt
from operations.edit import Edit, Label, checked, held_tags
from operations.outbox import emit
from operations.privacy_notice import check_shown
from operations.problem import ProblemCode, ProblemError

MOST_SERVICES, LONGEST_KEY = 10, 200
USE = "submit story"
ZONE = "Europe/London"
"""An area is valid on a day of the people who live there."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence a story comes: its IP address, empty where none is known, and by what form or call consent is given."""

    address: str = ""
    given_by: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A story as it is sent; `services` are their ids, `consents` what the form asked for and the person agreed to.

    With `own_postcode` and `own_pen_name` those of the author's account are taken.
    """

    title: str
    body: str
    services: Sequence[int]
    age_group: AgeGroup
    author_role: AuthorRole
    tags: Sequence[Label] = ()
    postcode: str | None = None
    pen_name: str | None = None
    consents: Sequence[ConsentPurpose] = ()
    notice_version: str | None = None
    key: str | None = None
    own_postcode: bool = False
    own_pen_name: bool = False
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows of what was sent: the next number, or that of the story that was sent before."""

    number: int
    earlier: int | None
    services: Sequence[int] | None
    region: Any
    areas: Sequence[int] | None
    shared: Sequence[int] | None
    standing: frozenset[ConsentPurpose]


async def submit(transaction: Transaction, keyring: Keyring, account_id: UUID, sent: Submission) -> int:
    """Take a story of who is signed in: its number, the same again for the same key.

    Raises ProblemError: INVALID or TOO_LONG for what was sent, naming the field, TOO_MANY_ATTEMPTS, NOT_SIGNED_IN.
    """
    submission = accepted(sent)
    await attempt(transaction, keyring, AttemptKind.SUBMIT, str(account_id), sent.origin.address)
    async with transaction() as session:
        # One at a time for each author, so that of two with the same key at once the second finds the first.
        account = await hold(session, account_id, change=True)
        return await enter(session, keyring, account, submission, idempotency_hash(keyring, account_id, sent.key))


def accepted(sent: Submission) -> Submission:
    """What was sent, in the form in which it is kept. Raises ProblemError: INVALID, TOO_LONG, naming the field."""
    words = checked(Edit(sent.title, sent.body, sent.tags))
    if not 1 <= len(set(sent.services)) <= MOST_SERVICES:
        message = f"Name the services that it is about: at least one, at most {MOST_SERVICES}."
        raise ProblemError(ProblemCode.INVALID, message, "serviceIds")
    check_shown(sent.notice_version)
    if sent.key is not None and not 1 <= len(sent.key) <= LONGEST_KEY:
        message = f"Give a key of 1 to {LONGEST_KEY} characters, new for each story."
        raise ProblemError(ProblemCode.INVALID, message, "idempotencyKey")
    return replace(
        sent,
        title=words.title or "",
        body=words.body or "",
        tags=words.tags or (),
        services=tuple(dict.fromkeys(sent.services)),
        consents=tuple(dict.fromkeys(sent.consents)),
        postcode=None if sent.postcode is None else form.home(sent.postcode),
        pen_name=None if sent.pen_name is None else form.pen_name(sent.pen_name),
    )


def idempotency_hash(keyring: Keyring, account_id: UUID, key: str | None) -> bytes | None:
    """What is kept of the key that a client gave, so that a retry makes no second story."""
    # SECURITY: P01: keyed, and with the account, so that it tells nobody whose story it is nor meets another's key.
    return None if key is None else keyring.attempt_hash(f"submission {account_id} {key}")


async def enter(
    session: AsyncSession, keyring: Keyring, account: Account, sent: Submission, hash_: bytes | None
) -> int:
    """Write a story with all that goes with it; its number. The account is held to be changed.

    Raises ProblemError for services that are not there, and without the author's consent to publish.
    """
    key = opened(keyring, account)
    sent = _completed(key, account, sent)
    facts = await _facts(session, account.id, sent, hash_)
    if facts.earlier is not None:
        return facts.earlier
    require_services(sent, facts.services)
    require_consent(sent, facts.standing)
    tags = await held_tags(session, sent.tags) if sent.tags else {}
    agreed = [purpose for purpose in sent.consents if purpose not in facts.standing]
    asked = {"given_by": sent.origin.given_by, "notice_version": sent.notice_version or NOTICE_VERSION}
    # A SELECT would not see what the same statement writes, so each insert says all that its row holds.
    story = insert(Story).values(**_story(key, account.id, sent, facts), idempotency_hash=hash_)
    belongings = [
        *_links(StoryService, facts.number, "service_id", sent.services, shown_at=func.statement_timestamp()),
        *_links(StoryTag, facts.number, "tag_id", [tags[label] for label in sent.tags]),
        *_rows(StoryArea, [{"story_id": facts.number, "area_id": area} for area in facts.areas or ()]),
        *_rows(ModerationEntry, [_entry(facts.number)]),
        *_address(key, account.id, sent.origin.address),
        *_rows(Consent, consent.entries(account.id, agreed, **asked)),
    ]
    await session.exec(story.add_cte(*(row.cte(f"_{place}") for place, row in enumerate(belongings))))
    emit(session, EventKind.STORY_SUBMITTED, [facts.number])
    await consent.follow(session, keyring, account, agreed, facts.shared or ())
    return facts.number


def require_services(sent: Submission, known: Sequence[int] | None) -> None:
    """Raises ProblemError unless all services that a story names are there."""
    if set(sent.services) - set(known or ()):
        message = "One of these services is not there. Look them up again and name those that it is about."
        raise ProblemError(ProblemCode.INVALID, message, "serviceIds")


def require_consent(sent: Submission, standing: frozenset[ConsentPurpose] = frozenset()) -> None:
    """Raises ProblemError unless its author agreed to publish it, with it or before (P12)."""
    # SECURITY: P12: without consent there is no reason to keep a story at all.
    if ConsentPurpose.PUBLISH not in {*sent.consents, *standing}:
        message = (
            "A story can't be taken unless you agree that it may be published: give your consent to PUBLISH. "
            "You can take it back at any time."
        )
        raise ProblemError(ProblemCode.INVALID, message, "consents")


def known_services(services: Sequence[int]) -> Any:
    """Which of these services are there, as a subquery."""
    return columns(func.array_agg(col(Service.id))).where(col(Service.id).in_(services)).scalar_subquery()


def _completed(key: PersonKey, account: Account, sent: Submission) -> Submission:
    """With what the account says where the form left it open."""
    if sent.own_pen_name:
        sent = replace(sent, pen_name=pen_name_of(key, account))
    if sent.own_postcode and account.postcode is not None:
        sent = replace(sent, postcode=key.decrypt(account.postcode, f"account.postcode:{account.id}"))
    return sent


async def _facts(session: AsyncSession, account_id: UUID, sent: Submission, hash_: bytes | None) -> Facts:
    """All that has to be looked up, in one statement."""
    earlier = select(Story.id).where(col(Story.idempotency_hash) == literal(hash_, LargeBinary)).scalar_subquery()
    first = select(Service.region).where(col(Service.id) == sent.services[0]).scalar_subquery()
    public = [col(Story.author_id) == account_id, col(Story.status).in_(consent.SHARED)]
    purposes = list(ConsentPurpose)
    found = await session.exec(
        columns(
            case((earlier.is_(None), func.nextval(literal_column("'story_id_seq'::regclass")))),
            earlier,
            known_services(sent.services),
            first,
            _areas(sent.postcode),
            columns(func.array_agg(col(Story.id))).where(*public).scalar_subquery(),
            *(standing(account_id, purpose) for purpose in purposes),
        )  # type: ignore[call-overload]
    )
    number, known, services, region, areas, shared, *stands = found.one()
    agreed = frozenset(purpose for purpose, stood in zip(purposes, stands, strict=True) if stood)
    return Facts(number, known, services, region, areas, shared, agreed)


def _areas(postcode: str | None) -> Any:
    """The areas with somebody responsible for care that the postcode lies in, as the map is today, as a subquery."""
    today = cast(func.timezone(ZONE, func.statement_timestamp()), Date)
    valid = and_(col(Area.valid_from) <= today, func.coalesce(col(Area.valid_to) >= today, True))
    lies = col(PostcodeArea.area_id) == col(Area.id), col(PostcodeArea.postcode) == postcode
    return columns(func.array_agg(col(Area.id))).where(*lies, valid).scalar_subquery()


def _story(key: PersonKey, account_id: UUID, sent: Submission, facts: Facts) -> dict[str, Any]:
    """The columns of the new row; what is private lies under its author's key."""
    number, address = facts.number, sent.origin.address
    return {
        "id": number,
        "status": StoryStatus.SUBMITTED,
        "region": facts.region,
        "title": sent.title,
        "body": sent.body,
        "age_group": sent.age_group,
        "author_role": sent.author_role,
        "pen_name": sent.pen_name,
        "progress": StoryProgress.AWAITING_RESPONSE,
        "similar_count": 0,
        "submitted_at": func.statement_timestamp(),
        "notice_version": sent.notice_version,
        "routing": _routing(sent.postcode, facts.areas),
        "author_id": account_id,
        "postcode": key.encrypt(sent.postcode, f"story.postcode:{number}") if sent.postcode else None,
        "ip_address": key.encrypt(address, f"story.ip_address:{number}") if address else None,
    }


def _routing(postcode: str | None, areas: Sequence[int] | None) -> Routing:
    if postcode is None:
        return Routing.NO_POSTCODE
    # A moderator looks at where it should go.
    return Routing.ROUTED if areas else Routing.UNKNOWN_POSTCODE


def _entry(number: int) -> dict[str, Any]:
    return {"story_id": number, "action": ModerationAction.SUBMITTED, "done_at": func.statement_timestamp()}


def _links(table: type[SQLModel], number: int, column: str, ids: Sequence[int], **more: Any) -> list[Any]:
    """The inserts of rows that link a story with others, in their order: none or one."""
    rows = [{"story_id": number, column: id_, "position": place, **more} for place, id_ in enumerate(ids)]
    return _rows(table, rows)


def _rows(table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> list[Any]:
    return [insert(table).values(rows)] if rows else []


def _address(key: PersonKey, account_id: UUID, address: str) -> list[Any]:
    """The address that is kept against abuse of the site (P03)."""
    if not address:
        return []
    id_ = uuid4()
    sealed = key.encrypt(address, f"ip_address_use.address:{id_}")
    used = {"id": id_, "account_id": account_id, "address": sealed, "used_at": func.statement_timestamp(), "use": USE}
    return _rows(IpAddressUse, [used])
