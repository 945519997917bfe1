"""The README's example: one query, answered for four viewers of the demo world."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from models.database.connection import engine, open_pool, session_factory
from models.secret import Keyring
from operations.demo.cast import HOST, PASSWORD
from operations.session import Rules
from operations.sign_in import Credentials, sign_in
from policies.plan import Policies
from policies.viewer import Anonymous, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from schema.api import core, fields

ADDRESS = "http://localhost:8000"
QUERY = """{
  story(number: 1) {
    title
    services { name }
    submittedAt
    criticality
    author { email }
    postcode
  }
}"""
NAMES = ("", "author", "staff", "moderator")
"""Accounts of the demo world; the empty one is nobody's."""


BETWEEN = "A denied field is null, and comes with an error that says why (here the anonymous viewer's last one):"


class Demo:
    """The demo world with its viewers."""

    def __init__(self, executor: Executor, viewers: Mapping[str, Viewer]) -> None:
        self._executor = executor
        self.viewers = viewers

    async def ask(self, document: str, name: str, *, denied_null: bool = False) -> Any:
        """The answer to a document for one of the demo accounts."""
        request = Request(document, {}, None, denied_null)
        answer = await self._executor.execute(request, self.viewers[name])
        return json.loads(answer.body)


@asynccontextmanager
async def opened(dsn: str, keyring: Keyring, names: Sequence[str] = NAMES) -> AsyncIterator[Demo]:
    """The demo world in the database at `dsn`, for the accounts of these names."""
    pool = await open_pool(dsn, 1)
    try:
        executor = Executor(core(), Policies.load(fields=fields()), pool, keyring, ADDRESS)
        yield Demo(executor, {name: await _viewer(dsn, keyring, name) for name in names})
    finally:
        await pool.close()


async def _viewer(dsn: str, keyring: Keyring, name: str) -> Viewer:
    if not name:
        return Anonymous()
    operations = engine(dsn, 1)
    try:
        async with session_factory(operations)() as session:
            # The session is never committed, so that signing in leaves nothing behind.
            sent = Credentials(f"{name}@{HOST}", PASSWORD)
            signed_in = await sign_in(lambda: nullcontext(session), keyring, Rules(second_factor=False), sent)
            return signed_in.viewer
    finally:
        await operations.dispose()


async def example(demo: Demo) -> str:
    """The query, its answers side by side, and one of the errors, as Markdown."""
    answers = [await demo.ask(QUERY, name) for name in NAMES]
    error = f"```json\n{_error(answers[0])}\n```"
    return "\n\n".join([f"```graphql\n{QUERY}\n```", table(answers), BETWEEN, error])


def table(answers: Sequence[Any]) -> str:
    """The fields of the story in rows, the viewers in columns."""
    head = ["field", *(name or "anonymous" for name in NAMES)]
    names = list(answers[0]["data"]["story"])
    rows = [[f"`{name}`", *(_cell(answer, name) for answer in answers)] for name in names]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(answer: Any, name: str) -> str:
    path = ["story", name]
    for error in answer.get("errors", ()):
        if error["path"] == path:
            return f"denied: {error['extensions']['reason'].split(' ', 1)[0]}"
    masked = answer.get("extensions", {}).get("access", {}).get("masked", ())
    shown = _shown(answer["data"]["story"][name])
    return next((f"{shown} (masked: {found['mask']})" for found in masked if found["path"] == path), shown)


def _shown(value: Any) -> str:
    match value:
        case list():
            return ", ".join(map(_shown, value))
        case dict():
            return ", ".join(map(_shown, value.values()))
        case None:
            return "null"
    return str(value)


def _error(answer: Any) -> str:
    error = answer["errors"][-1]
    return json.dumps({key: error[key] for key in ("message", "path", "extensions")}, ensure_ascii=False)
