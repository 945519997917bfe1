"""What differs between the reference's answer and the planner's."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from tests.reference.place import Cursors, is_place

Answer = dict[str, Any]


def differences(expected: Answer, found: Answer, cursors: Cursors) -> list[str]:
    """One line for each difference; none where both say the same. Cursors that both show are noted as the same place."""
    lines = list(_values(expected["data"], found.get("data"), "data", cursors))
    if expected["data"] is None:
        # What else went wrong beside a root field that must not be null is told in part.
        lost = [error for error in _errors(expected) if error not in _errors(found)]
        return lines + [f"missing error: {error}" for error in lost]
    lines += _lists("errors", _errors(expected), _errors(found))
    for name in ("denied", "masked"):
        lines += _lists(name, _access(expected, name), _access(found, name))
    return lines


def _values(expected: Any, found: Any, path: str, cursors: Cursors) -> Iterator[str]:
    if is_place(expected) and isinstance(found, str) and found and not is_place(found):
        cursors.meet(expected, found)
    elif isinstance(expected, dict) and isinstance(found, dict) and list(expected) == list(found):
        for key, value in expected.items():
            yield from _values(value, found[key], f"{path}.{key}", cursors)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for position, value in enumerate(expected):
            yield from _values(value, found[position], f"{path}[{position}]", cursors)
    elif expected != found or type(expected) is not type(found):
        yield f"{path}: {expected!r} is expected, {found!r} was found"


def _errors(answer: Answer) -> list[bytes]:
    errors = [
        {name: error.get(name) for name in ("message", "path", "extensions")} for error in answer.get("errors", ())
    ]
    return [orjson.dumps(error, option=orjson.OPT_SORT_KEYS) for error in errors]


def _access(answer: Answer, name: str) -> list[bytes]:
    entries = answer.get("extensions", {}).get("access", {}).get(name, ())
    return [orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) for entry in entries]


def _lists(name: str, expected: list[bytes], found: list[bytes]) -> Iterator[str]:
    """Both in any order, each entry as often as in the other."""
    missing, surplus = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    yield from (f"{name}: missing {entry.decode()}" for entry in missing.elements())
    yield from (f"{name}: surplus {entry.decode()}" for entry in surplus.elements())
