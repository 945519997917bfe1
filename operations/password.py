"""Passwords: which are good enough, and how they are stored and checked."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from operations.problem import ProblemCode, ProblemError

Result = TypeVar("Result")

SHORTEST, LONGEST = 10, 128
STRONG = 3
"""The least score of zxcvbn (0 to 4): some 10^8 guesses, even for somebody who knows email and pen name."""
JUDGED, PART = 72, 20
"""What counts of a password, in characters, and what is judged at once."""
SYMBOLS = str.maketrans("@({[<!|$+%", "accccilstx")
"""The letters that zxcvbn takes symbols to stand for."""
ADVICE = "Use a few uncommon words that have nothing to do with each other."

# Argon2id as OWASP advises for servers: 19 MiB a hash, so that a worker's memory stays small.
PASSWORDS = PasswordHash((Argon2Hasher(memory_cost=19_456, time_cost=2, parallelism=1),))
# SECURITY: one hash at a time in a process; a flood of sign-ins waits instead of taking all memory.
_HASHING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")
# zxcvbn keeps a person's words in a global dictionary while it works, so it works for one at a time.
_JUDGING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zxcvbn")


def hash_password(password: str) -> str:
    """What is stored of a password (takes some 30 ms of CPU)."""
    return PASSWORDS.hash(password)


async def hashed(password: str) -> str:
    """The same, off the event loop."""
    return await _aside(_HASHING, lambda: PASSWORDS.hash(password))


async def fits(stored: str | None, password: str) -> tuple[bool, str | None]:
    """Whether the password is the stored one, and its hash by today's parameters if they were others.

    It costs one hash in every case, whether anything is stored or not, and whatever its length.
    """

    # SECURITY: nobody's password is checked against a hash of nothing, so that time tells nobody who is known.
    def checked() -> tuple[bool, str | None]:
        return PASSWORDS.verify_and_update(password, stored or _nobodys_hash())

    right, better = await _aside(_HASHING, checked)
    return (right, better) if stored else (False, None)


async def accept(password: str, words: Iterable[str | None] = (), field: str = "password") -> None:
    """Nothing, if the password is hard to guess; `words` are what everybody knows of the person: email, pen name.

    Raises ProblemError: TOO_LONG, WEAK_PASSWORD or BREACHED_PASSWORD, about the input `field`.
    """
    if len(password) < SHORTEST:
        message = f"This password is too short: take at least {SHORTEST} characters. {ADVICE}"
        raise ProblemError(ProblemCode.WEAK_PASSWORD, message, field)
    if len(password) > LONGEST:
        message = f"This password is too long: take at most {LONGEST} characters."
        raise ProblemError(ProblemCode.TOO_LONG, message, field)
    if password.lower() in _stolen():
        message = f"This password is on a list of stolen passwords, which are tried first: take another. {ADVICE}"
        raise ProblemError(ProblemCode.BREACHED_PASSWORD, message, field)
    # Read before the thread starts, since an iterable may belong to the event loop.
    known = _known(words)
    if advice := await _aside(_JUDGING, lambda: _weakness(password, known)):
        raise ProblemError(ProblemCode.WEAK_PASSWORD, f"This password is easy to guess. {advice}", field)


def _weakness(password: str, known: list[str]) -> str | None:
    """How to mend it; None for a password that is strong as a whole, and in some part with its symbols."""
    counted = password[:JUDGED]
    parts = [_judged(counted[start : start + PART], known) for start in range(0, len(counted), PART)]
    weakest = max(parts, key=_score)
    if len(parts) > 1:
        weakest = min(weakest, _judged(_plain(counted), [*map(_plain, known)]), key=_score)
    if _score(weakest) >= STRONG:
        return None
    told = weakest["feedback"]
    return " ".join(text for text in (told["warning"], *told["suggestions"]) if text) or ADVICE


def _judged(text: str, known: list[str]) -> dict[str, Any]:
    # Its word lists take 14 MB, which a process that only answers questions does without.
    import zxcvbn

    found: dict[str, Any] = zxcvbn.zxcvbn(text, user_inputs=known)
    return found


def _score(judged: dict[str, Any]) -> int:
    return int(judged["score"])


def _plain(text: str) -> str:
    # SECURITY: zxcvbn tries all letters that symbols may stand for, which takes seconds for many of them in a long
    # text: only its parts are judged with their symbols.
    return text.translate(SYMBOLS)


def _known(words: Iterable[str | None]) -> list[str]:
    """What a guesser would try first: each of these texts, and the words in them."""
    texts = ["candour", *filter(None, words)]
    split = ("".join(letter if letter.isalnum() else " " for letter in text).split() for text in texts)
    return sorted({*texts, *(word for found in split for word in found)})


@cache
def _stolen() -> frozenset[str]:
    """The passwords that leaked from elsewhere so often that zxcvbn lists them (30,000, in lower case)."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


@cache
def _nobodys_hash() -> str:
    return PASSWORDS.hash(secrets.token_urlsafe(32))


async def _aside(executor: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
