"""Chance that falls the same way every time, and the moment at which the demo world stands still."""

import random
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""The last moment of the demo world."""
SPAN = timedelta(days=3 * 365)
"""How far back its stories reach."""
SEED = 20_261_120

Dice = random.Random


def dice(number: int) -> Dice:
    """Throws that depend on `number` only."""
    return random.Random(SEED + number)  # noqa: S311 - invented people, always the same


def moments(chance: Dice, count: int, oldest: timedelta, newest: timedelta) -> list[datetime]:
    """`count` points in time between `oldest` and `newest` before the world's last moment, in order."""
    reach = (oldest - newest).total_seconds()
    seconds = sorted(chance.uniform(0, reach) for _ in range(count))
    return [NOW - oldest + timedelta(seconds=round(second)) for second in seconds]


def hours(chance: Dice, least: float, most: float) -> timedelta:
    """Some time between `least` and `most` hours, to the second."""
    return timedelta(seconds=round(chance.uniform(least, most) * 3600))
