"""Stories that were sent with an email address: no stories yet, until whoever reads that mailbox confirms them."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import LargeBinary, delete, exists, func, insert, literal, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account, IpAddressUse
from models.attempt import AttemptKind
from models.confirmation import Confirmation, ConfirmationKind, WaitingStory
from models.consent import ConsentPurpose
from models.secret import Keyring, PersonKey, token_hash
from models.story import AgeGroup, AuthorRole, Story
from models.tag import TagKind
from operations import confirmation, decoy, form, mail
from operations.account import email_of, opened
from operations.attempt import Transaction, attempt
from operations.key import new_key
from operations.problem import ProblemCode, ProblemError
from operations.registration import lock
from operations.submission import (
    Origin,
    Submission,
    accepted,
    enter,
    idempotency_hash,
    known_services,
    require_consent,
    require_services,
)

LIFETIME = timedelta(days=7)
SUBMIT = ConfirmationKind.SUBMIT_STORY
BEGUN, KEPT = 2, 3
"""So many statements make an account, and keep a story that waits."""


async def submit_by_email(transaction: Transaction, keyring: Keyring, typed: str, sent: Submission, url: str) -> None:
    """Keep a story of who is not signed in until they confirm it by an e-mail, to whomever the address belongs.

    Raises ProblemError for what was sent, and for too many attempts: the same whether the email is known or not.
    """
    email = form.email(typed)
    # SECURITY: P02, P15: what an account says about its person is put into no story that a stranger may have sent.
    submission = replace(accepted(sent), own_postcode=False, own_pen_name=False)
    require_consent(submission)
    await attempt(transaction, keyring, AttemptKind.SUBMIT, email, sent.origin.address)
    # SECURITY: P01: neither the number of statements nor what they cost here tells whether the email was known.
    async with decoy.even(), transaction() as session:
        require_services(submission, await session.scalar(select(known_services(submission.services))))
        await _receive(session, keyring, email, submission, url)


async def confirm(session: AsyncSession, keyring: Keyring, account: Account, link: Confirmation) -> int:
    """The person sent it: from now on it is a story of theirs; its number. The account is held to be changed.

    Raises ProblemError where it can't be taken any more.
    """
    gone = delete(WaitingStory).where(col(WaitingStory.confirmation_id) == link.id)
    row = (await session.exec(gone.returning(WaitingStory))).scalar_one_or_none()
    if row is None:
        raise ProblemError(ProblemCode.TOKEN_UNKNOWN, "This link is not known.", confirmation.FIELD)
    key = opened(keyring, account)
    kept = orjson.loads(key.decrypt(row.content, _place(row.id)))
    hash_ = row.idempotency_hash
    session.expunge(row)
    if account.email_verified_at is None:
        await _take_over(session, key, account, kept["email"])
    return await enter(session, keyring, account, _thawed(kept["story"]), hash_)


async def _receive(session: AsyncSession, keyring: Keyring, email: str, sent: Submission, url: str) -> None:
    hash_ = keyring.email_hash(email)
    await lock(session, hash_)
    found = await session.exec(select(Account).where(col(Account.email_hash) == hash_).with_for_update())
    account = found.one_or_none()
    if account is None:
        account_id = uuid4()
        key = await _begin(session, keyring, account_id, email, hash_)
        to = email
    else:
        account_id, key = account.id, opened(keyring, account)
        # SECURITY: to the address that is known, not as it was typed: two spellings may be two mailboxes. An address
        # that nobody confirmed is nobody's yet.
        to = email if account.email_verified_at is None else email_of(key, account)
        await decoy.write(session, BEGUN)
    again = idempotency_hash(keyring, account_id, sent.key)
    if await _came_before(session, again):
        await decoy.write(session, KEPT)
        return
    await _keep(session, key, account_id, (to, sent, again), url)


async def _begin(session: AsyncSession, keyring: Keyring, account_id: UUID, email: str, hash_: bytes) -> PersonKey:
    """An account without a password, which is nobody's until its email is confirmed."""
    key = new_key(session, keyring, account_id)
    await session.flush()
    row = insert(Account).values(id=account_id, created_at=func.statement_timestamp(), email_hash=hash_)
    await session.exec(row.values(email=key.encrypt(email, f"account.email:{account_id}")))
    return key


async def _came_before(session: AsyncSession, hash_: bytes | None) -> bool:
    wanted = literal(hash_, LargeBinary)
    tables = (Story.idempotency_hash, WaitingStory.idempotency_hash)
    waits, came = (exists().where(col(column) == wanted) for column in tables)
    return bool(await session.scalar(select(waits | came)))


async def _keep(
    session: AsyncSession, key: PersonKey, account_id: UUID, kept: tuple[str, Submission, bytes | None], url: str
) -> None:
    """The story under the person's key, hanging on its link, and the e-mail with that."""
    email, sent, again = kept
    token = await confirmation.issue(session, account_id, SUBMIT, LIFETIME)
    id_ = uuid4()
    content = orjson.dumps({"email": email, "story": asdict(sent)}).decode()
    issued = select(Confirmation.id).where(col(Confirmation.token_hash) == token_hash(token)).scalar_subquery()
    row = insert(WaitingStory).values(id=id_, account_id=account_id, confirmation_id=issued, idempotency_hash=again)
    await session.exec(row.values(content=key.encrypt(content, _place(id_)), sent_at=func.statement_timestamp()))
    link = confirmation.link(url, "story", token)
    mail.queue(session, key, "confirm_story", email, account_id=account_id, link=link)
    await session.flush()


async def _take_over(session: AsyncSession, key: PersonKey, account: Account, email: str) -> None:
    # SECURITY: whoever registered with this email may be a stranger: their password and what else they left go.
    row = update(Account).where(col(Account.id) == account.id).execution_options(synchronize_session=False)
    sealed = key.encrypt(email, f"account.email:{account.id}")
    await session.exec(row.values(password_hash=None, pen_name=None, email=sealed))
    await session.exec(delete(IpAddressUse).where(col(IpAddressUse.account_id) == account.id))


def _thawed(kept: dict[str, Any]) -> Submission:
    """The submission that was kept as JSON."""
    return Submission(
        **{
            **kept,
            "age_group": AgeGroup(kept["age_group"]),
            "author_role": AuthorRole(kept["author_role"]),
            "tags": [(TagKind(kind), label) for kind, label in kept["tags"]],
            "consents": [ConsentPurpose(purpose) for purpose in kept["consents"]],
            "origin": Origin(**kept["origin"]),
        }
    )


def _place(waiting_id: UUID) -> str:
    return f"waiting_story.content:{waiting_id}"
