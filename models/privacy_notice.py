"""The record of the privacy notice (P13): which versions there were, what each changed, and what the newest says."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

PATH = Path(__file__).with_suffix(".json")
BEGUN = "The notice is made from the software itself from now on: what is held, who sees it, why, and for how long."

Says = Mapping[str, Any]
"""What the notice says of one topic, by aspect, e.g. `audience`: texts and lists of texts."""
Topics = Mapping[str, Says]
"""What the notice says, by topic: a field (`Story.postcode`) or a text of its own (`section rights`)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became different in a topic; a topic that is new or gone has None before or after, and no aspect."""

    topic: str
    aspect: str | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the notice; `note` says what changed where the record does not reach back."""

    version: str
    at: datetime
    note: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """All versions, the newest last, and what that one says."""

    versions: tuple[Version, ...]
    topics: Topics

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    def renewed(self, topics: Topics, at: datetime) -> "Record":
        """The record with a new version that says this; the same record where nothing changed."""
        changes = tuple(differences(self.topics, topics))
        if not changes:
            return self
        name = _name(at, {version.version for version in self.versions})
        new = Version(name, at, changes=changes) if self.topics else Version(name, at, BEGUN)
        return Record((*self.versions, new), topics)

    def amended(self, topics: Topics, at: datetime) -> "Record":
        """The record whose newest version says this instead: only for a version that nobody was shown yet."""
        if self.newest.note is not None and self.topics:
            begun = replace(self.newest, at=at)
            return self if topics == self.topics else Record((*self.versions[:-1], begun), topics)
        if self.newest.note is not None:
            return self.renewed(topics, at)
        before = undone(self.topics, self.newest.changes)
        return Record(self.versions[:-1], before).renewed(topics, at)


def differences(before: Topics, after: Topics) -> Iterator[Change]:
    """What has to be changed in `before` so that it is `after`, by topic."""
    for topic in sorted({*before, *after}):
        old, new = before.get(topic), after.get(topic)
        if old is None or new is None:
            yield Change(topic, None, old, new)
            continue
        for aspect in sorted({*old, *new}):
            if old.get(aspect) != new.get(aspect):
                yield Change(topic, aspect, old.get(aspect), new.get(aspect))


def undone(topics: Topics, changes: Sequence[Change]) -> Topics:
    """What the notice said before these changes."""
    found = {topic: dict(says) for topic, says in topics.items()}
    for change in changes:
        if change.aspect is not None:
            found[change.topic][change.aspect] = change.before
        elif change.before is None:
            del found[change.topic]
        else:
            found[change.topic] = dict(change.before)
    return found


def read(path: Path = PATH) -> Record:
    """The record as it is kept beside this module."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    versions = tuple(_version(**version) for version in kept["versions"])
    return Record(versions, MappingProxyType(kept["topics"]))


def write(record: Record, path: Path = PATH) -> None:
    """Keep a record, a line a change and a topic, so that a review sees what became different."""
    versions = ",\n".join(map(_version_text, record.versions))
    topics = ",\n".join(f"{_text(topic)}: {_text(record.topics[topic])}" for topic in sorted(record.topics))
    path.write_text(f'{{\n"versions": [\n{versions}\n],\n"topics": {{\n{topics}\n}}\n}}\n', encoding="utf-8")


def _name(at: datetime, known: set[str]) -> str:
    """A version is called after its day, and a second one of that day has a number."""
    day = at.date().isoformat()
    names = (day, *(f"{day}.{number}" for number in range(2, len(known) + 3)))
    return next(name for name in names if name not in known)


def _version(version: str, at: str, note: str | None, changes: list[dict[str, Any]]) -> Version:
    return Version(version, datetime.fromisoformat(at), note, tuple(Change(**change) for change in changes))


def _version_text(version: Version) -> str:
    head = {"version": version.version, "at": version.at.isoformat(timespec="seconds"), "note": version.note}
    changes = ",\n".join(_text(asdict(change)) for change in version.changes)
    return _text(head)[:-1] + (f', "changes": [\n{changes}\n]}}' if changes else ', "changes": []}')


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


RECORD = read()
NOTICE_VERSION = RECORD.newest.version
"""The version of the privacy notice that people are shown now; what is recorded keeps the one they were shown."""
VERSIONS = frozenset(version.version for version in RECORD.versions)
