"""The written stories: 300 texts with tags, responses and replies, in `data/stories`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.change import ChangeKind
from models.story import AgeGroup, AuthorRole
from models.tag import TagKind

FOLDER = Path(__file__).parent / "data" / "stories"


@dataclass(frozen=True, slots=True)
class WrittenChange:
    """What an organisation says that it changes."""

    kind: ChangeKind
    description: str


@dataclass(frozen=True, slots=True)
class WrittenResponse:
    """What somebody of an organisation answers, `delay_days` after the story was published."""

    body: str
    staff_name: str
    job_title: str
    delay_days: int
    change: WrittenChange | None


@dataclass(frozen=True, slots=True)
class WrittenStory:
    """One text with everything that belongs to it; `setting` says what kind of service it is about."""

    title: str
    body: str
    setting: str
    age_group: AgeGroup
    author_role: AuthorRole
    pen_name: str | None
    tags: tuple[tuple[TagKind, str], ...]
    criticality: int
    responses: tuple[WrittenResponse, ...]
    reply: str | None


@cache
def written_stories() -> tuple[WrittenStory, ...]:
    """All of them, always in the same order; ValueError names the file and line of a faulty one."""
    return tuple(story for path in sorted(FOLDER.glob("*.jsonl")) for story in _read(path))


def _read(path: Path) -> Iterator[WrittenStory]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            yield _story(json.loads(line))
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name} line {number}: {error!r}") from error


def _story(written: dict[str, Any]) -> WrittenStory:
    return WrittenStory(
        title=written["title"],
        body=written["body"],
        setting=written["setting"],
        age_group=AgeGroup(written["ageGroup"]),
        author_role=AuthorRole(written["authorRole"]),
        pen_name=written["penName"],
        tags=tuple((kind, label) for kind in TagKind for label in dict.fromkeys(written[kind.lower()])),
        criticality=written["criticality"],
        responses=tuple(map(_response, written["responses"])),
        reply=written["reply"],
    )


def _response(written: dict[str, Any]) -> WrittenResponse:
    change = written["change"]
    return WrittenResponse(
        body=written["body"],
        staff_name=written["staffName"],
        job_title=written["jobTitle"],
        delay_days=written["delayDays"],
        change=WrittenChange(ChangeKind(change["kind"]), change["description"]) if change else None,
    )
