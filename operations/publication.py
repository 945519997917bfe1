"""Publication: what happens to a story that is shown to everybody, whether a moderator or the clock publishes it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, cast, delete, func, literal_column
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.account import Account
from models.consent import ConsentPurpose, standing
from models.event import EventKind
from models.moderation import ModerationAction, ModerationEntry
from models.secret import Keyring
from models.story import Story, StoryOriginal, StoryStatus
from models.transition import become
from operations import mail
from operations.outbox import emit

PREVIEW = timedelta(hours=72)
"""How long providers see a story before everybody does (P08)."""
KEPT = "6 months"
"""How long the original is kept after publication, or after the story was turned down (P11)."""
NOT_AGREED = "Held: its author's consent to publication does not stand."
BATCH = 50


def log(
    session: AsyncSession, story: Story, who: UUID | None, action: ModerationAction, note: str | None = None
) -> None:
    """One step in the story's moderation log; without `who` no moderator took it."""
    entry = ModerationEntry(story_id=story.id, account_id=who, action=action, note=note, done_at=now())
    session.add(entry)


def now() -> Any:
    """The time by the database's clock, which all processes share."""
    return func.statement_timestamp()


async def agreed(session: AsyncSession, story: Story) -> bool:
    """Whether the author's consent to publication stands (P12); it does as long as their account is held."""
    return (await session.exec(select(standing(story.author_id, ConsentPurpose.PUBLISH)))).one()


async def publish(
    session: AsyncSession, keyring: Keyring, url: str, story: Story, author: Account | None, who: UUID | None
) -> None:
    """Show a locked story to everybody, and tell its author; `who` is the moderator, None where a preview ended."""
    become(story, StoryStatus.PUBLISHED, published_at=now())
    log(session, story, who, ModerationAction.PUBLISHED)
    emit(session, EventKind.STORY_PUBLISHED, [story.id])
    await tell(session, keyring, url, story, author, "story_published")
    await session.flush()
    # P11: from the publication on, by the database's clock.
    published = select(Story.published_at).where(col(Story.id) == story.id).scalar_subquery()
    await keep_original(session, story.id, published)


async def keep_original(session: AsyncSession, number: int, since: Any) -> None:
    """Let the original of a story that was decided on, if there is one, go six months after that (P11)."""
    end = since + cast(literal_column(f"'{KEPT}'"), Interval)
    kept = update(StoryOriginal).where(col(StoryOriginal.story_id) == number).values(purge_after=end)
    await session.exec(kept.execution_options(synchronize_session=False))


async def tell(
    session: AsyncSession, keyring: Keyring, url: str, story: Story, author: Account | None, template: str
) -> None:
    """An e-mail to the author about what became of the story, if they can be reached and want it (P21)."""
    # SECURITY: P01: the story's number and address, and nothing of what was written in it or decided about it.
    said = {"link": f"{url}/stories/{story.id}", "number": str(story.id)}
    await mail.tell(session, keyring, author, template, **said)


async def end_previews(session: AsyncSession, keyring: Keyring, url: str, after: int) -> tuple[int, int | None]:
    """Publish the next stories whose preview is over, with numbers above `after`; hold them where consent is gone.

    Returns how many, and after which number to go on, None at the end. What somebody else has locked is left to them.
    """
    over = [col(Story.status) == StoryStatus.PREVIEW, col(Story.preview_until) <= now()]
    due = select(Story.id, Story.author_id).where(*over, col(Story.id) > after).order_by(col(Story.id)).limit(BATCH)
    found = (await session.exec(due)).all()
    if not found:
        return 0, None
    authors = await _held(session, {author for _, author in found if author})
    # An account that somebody has locked to change it, or to erase it, is taken up in the next run.
    free = [number for number, author in found if author is None or author in authors]
    locked = select(Story).where(col(Story.id).in_(free), *over).order_by(col(Story.id))
    stories = (await session.exec(locked.with_for_update(skip_locked=True, of=Story))).all()
    for story in stories:
        await _end_preview(session, keyring, url, story, authors.get(story.author_id) if story.author_id else None)
    await session.flush()
    return len(stories), found[-1][0]


async def purge_originals(session: AsyncSession) -> int:
    """Delete originals six months after the decision (P11), the oldest of them; returns how many, 0 at the end."""
    old = select(StoryOriginal.story_id).where(col(StoryOriginal.purge_after) <= now())
    batch = old.order_by(col(StoryOriginal.purge_after)).limit(BATCH * 10).with_for_update(skip_locked=True)
    numbers = (await session.exec(batch)).all()
    gone = await session.exec(delete(StoryOriginal).where(col(StoryOriginal.story_id).in_(numbers)))
    return gone.rowcount


async def _held(session: AsyncSession, wanted: set[UUID]) -> dict[UUID, Account]:
    accounts = select(Account).where(col(Account.id).in_(wanted)).order_by(col(Account.id))
    held = accounts.with_for_update(read=True, key_share=True, skip_locked=True, of=Account)
    return {account.id: account for account in await session.exec(held)}


async def _end_preview(session: AsyncSession, keyring: Keyring, url: str, story: Story, author: Account | None) -> None:
    # SECURITY: P12: what was agreed when the preview began may have been taken back since.
    if await agreed(session, story):
        await publish(session, keyring, url, story, author, None)
        return
    story.preview_until = None
    log(session, story, None, ModerationAction.HELD, NOT_AGREED)
    emit(session, EventKind.STORY_HELD, [story.id])
