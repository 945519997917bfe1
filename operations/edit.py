"""What a moderator changes in a story before it is shown: the original stays readable for its author (P11)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from sqlalchemy import and_, delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.secret import PersonKey
from models.story import Story, StoryOriginal
from models.tag import StoryTag, Tag, TagKind
from operations.problem import ProblemCode, ProblemError

LONGEST_TITLE, LONGEST_BODY, MOST_WORDS, LONGEST_LABEL, MOST_TAGS = 200, 12_000, 1_000, 80, 10
"""Characters of a title, a text and a tag; words of a text; tags that answer one question."""
GRAVEST = 5
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
Label = tuple[TagKind, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be different; None leaves it as it is. All `tags` together replace those that were there."""

    title: str | None = None
    body: str | None = None
    tags: Sequence[Label] | None = None
    criticality: int | None = None


def checked(edit: Edit) -> Edit:
    """The edit in the form in which it is kept. Raises ProblemError: INVALID, TOO_LONG, naming the field."""
    if edit.criticality is not None and not 0 <= edit.criticality <= GRAVEST:
        raise ProblemError(ProblemCode.INVALID, f"Criticality goes from 0 to {GRAVEST}.", "criticality")
    return Edit(
        None if edit.title is None else _line(edit.title, "title", LONGEST_TITLE),
        None if edit.body is None else _body(edit.body),
        None if edit.tags is None else _labels(edit.tags),
        edit.criticality,
    )


async def apply(session: AsyncSession, key: PersonKey | None, story: Story, edit: Edit) -> list[str]:
    """Change a locked story; what was changed, in words for its log: "title", "text", "tags".

    Where its words are changed, they are kept as they were sent, under the author's key: only the first time.
    """
    changed = [
        name
        for name, new, old in (("title", edit.title, story.title), ("text", edit.body, story.body))
        if new not in (None, old)
    ]
    if changed and key is not None:
        await _keep_original(session, key, story)
    story.title, story.body = edit.title or story.title, edit.body or story.body
    if edit.criticality is not None:
        story.criticality = edit.criticality
    if edit.tags is not None and await _replace_tags(session, story.id, edit.tags):
        changed.append("tags")
    return changed


async def _keep_original(session: AsyncSession, key: PersonKey, story: Story) -> None:
    # SECURITY: P11: what the author wrote and was taken out lies under the author's key, and goes with it.
    sealed = {
        name: key.encrypt(text or "", f"story_original.{name}:{story.id}")
        for name, text in (("title", story.title), ("body", story.body))
    }
    await session.exec(insert(StoryOriginal).values(story_id=story.id, **sealed).on_conflict_do_nothing())


async def _replace_tags(session: AsyncSession, number: int, labels: Sequence[Label]) -> bool:
    """Whether anything changed."""
    old = select(Tag.id, Tag.kind, Tag.label).join(StoryTag, col(StoryTag.tag_id) == col(Tag.id))
    rows = (await session.exec(old.where(col(StoryTag.story_id) == number).order_by(col(StoryTag.position)))).all()
    if [(kind, label) for _, kind, label in rows] == list(labels):
        return False
    before = [id_ for id_, _, _ in rows]
    numbers = await held_tags(session, labels, before)
    await session.exec(delete(StoryTag).where(col(StoryTag.story_id) == number))
    links = [
        {"story_id": number, "tag_id": numbers[label], "position": position} for position, label in enumerate(labels)
    ]
    if links:
        await session.exec(insert(StoryTag).values(links))
    # A tag is in its author's words: with its last story it goes too. Those that others take up meanwhile are locked.
    used = select(StoryTag.tag_id).where(col(StoryTag.tag_id) == col(Tag.id)).exists()
    await session.exec(delete(Tag).where(col(Tag.id).in_(before), ~used))
    return True


async def held_tags(session: AsyncSession, labels: Sequence[Label], before: Sequence[int] = ()) -> dict[Label, int]:
    """The tags' ids; they stay until the transaction ends, whichever other story loses them meanwhile.

    Tags that may go are given as `before`, so that all are locked at once, in order, and nobody waits in a circle.
    """
    same = (and_(col(Tag.kind) == kind, col(Tag.label) == label) for kind, label in labels)
    locked = select(Tag.id, Tag.kind, Tag.label).where(or_(col(Tag.id).in_(before), *same)).order_by(col(Tag.id))
    locked = locked.with_for_update() if before else locked.with_for_update(read=True, key_share=True)
    while True:
        if labels:
            made = insert(Tag).values([{"kind": kind, "label": label} for kind, label in sorted(labels)])
            await session.exec(made.on_conflict_do_nothing())
        found = {(TagKind(kind), label): id_ for id_, kind, label in await session.exec(locked)}
        # Another story's last tag may go between the two statements.
        if found.keys() >= set(labels):
            return found


def _line(text: str, field: str, longest: int) -> str:
    """One line without surrounding space."""
    line = text.strip()
    if len(line) > longest:
        raise ProblemError(ProblemCode.TOO_LONG, f"This is too long: write at most {longest} characters.", field)
    # SECURITY: no line breaks, nor characters that turn the direction of what is written around them.
    if not line or not line.isprintable():
        message = "Write at least one character, and none that can't be shown."
        raise ProblemError(ProblemCode.INVALID, message, field)
    return line


def _body(text: str) -> str:
    body = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(body) > LONGEST_BODY or len(body.split()) > MOST_WORDS:
        message = f"This text is too long: a story has at most {MOST_WORDS:,} words and {LONGEST_BODY:,} characters."
        raise ProblemError(ProblemCode.TOO_LONG, message, "body")
    if not body or CONTROL.search(body):
        message = "Write at least one character, and none that can't be shown."
        raise ProblemError(ProblemCode.INVALID, message, "body")
    return body


def _labels(tags: Sequence[Label]) -> list[Label]:
    labels = list(dict.fromkeys((kind, _line(_normalised(label), "tags", LONGEST_LABEL)) for kind, label in tags))
    if any(sum(kind == asked for kind, _ in labels) > MOST_TAGS for asked in TagKind):
        raise ProblemError(ProblemCode.INVALID, f"Give at most {MOST_TAGS} tags to a question.", "tags")
    return labels


def _normalised(label: str) -> str:
    """A tag's words in lower case with single spaces, so that what looks the same is the same tag."""
    return " ".join(normalize("NFC", label).lower().split())
