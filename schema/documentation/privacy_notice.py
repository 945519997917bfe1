"""The record of the privacy notice, brought up to what the policies, models and texts say now."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from models.privacy_notice import PATH, Topics, read, write
from policies.plan import Policies
from resolvers.privacy_notice import topics
from resolvers.privacy_notice.words import what_changed
from schema.api import core


def renew(path: Path = PATH, *, amend: bool = False) -> Iterator[str]:
    """Write a new version if the notice says something else than its record; lines that tell what changed.

    With `amend` the newest version is written anew instead, for one that nobody was shown yet.
    """
    record, said = read(path), _said()
    now = datetime.now(UTC)
    renewed = record.amended(said, now) if amend else record.renewed(said, now)
    if renewed is record:
        yield f"Version {record.newest.version} says what the software does."
        return
    write(renewed, path)
    yield f"Version {renewed.newest.version}:"
    yield from (f"- {line}" for line in what_changed(renewed.newest))


@cache
def _said() -> Topics:
    """What the notice says of the policies and models that are installed."""
    return topics(Policies.load(), core())
