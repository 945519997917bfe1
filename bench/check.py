"""Whether Candour and the limit give the same answer, before anybody counts how fast."""

import json
from typing import Any

from bench.error import BenchError
from bench.queries import Query
from bench.sample import Pair
from bench.server import Server

PRIVATE = {"postcode", "email"}


def check(query: Query, pair: Pair, candour: Server, limit: Server) -> None:
    """Raise BenchError unless both answer with the same data.

    Of private values only the presence is compared, since the limit leaves them encrypted.
    """
    ours, theirs = json.loads(candour.request(pair.candour)), json.loads(limit.request(pair.limit))
    if bool(ours.get("errors")) != query.private:
        raise BenchError(f"{query.title}: Candour answers with the errors {ours.get('errors', [])[:3]}")
    if not ours.get("data"):
        raise BenchError(f"{query.title}: Candour answers without data")
    found = difference(ours["data"], theirs["data"], query.private)
    if found:
        raise BenchError(f"{query.title}: the answers differ at {found}")


def difference(ours: Any, theirs: Any, private: bool, path: str = "data") -> str | None:
    """Where two answers differ first, with both values; None if they are equal."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        steps = [(f"{path}.{key}", ours[key], theirs[key]) for key in ours]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        steps = [(f"{path}.{place}", *both) for place, both in enumerate(zip(ours, theirs, strict=True))]
    elif ours == theirs or (private and _hidden(path) and None not in (ours, theirs)):
        return None
    else:
        return f"{path}: {str(ours)[:200]!r} instead of {str(theirs)[:200]!r}"
    return next(filter(None, (difference(a, b, private, where) for where, a, b in steps)), None)


def _hidden(path: str) -> bool:
    return path.rpartition(".")[2] in PRIVATE
