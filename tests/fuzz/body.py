"""Requests that are wrong before GraphQL begins: methods, addresses, headers, and bodies that are no JSON."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

ASK = '{"query": "{ stories(first: 2) { nodes { number title } } }", "variables": {"a": [1, {"b": null}]}}'
METHODS = ("POST",) * 8 + ("GET", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X")
PATHS = ("/graphql",) * 12 + (
    "/graphql/", "/", "/exports/x", "/exports/%00", "/exports/..%2f", "/unsubscribe/x", "/unsubscribe/%ff", "/confirm",
    "/confirm/page.js", "/confirm/..%2fpage.html", "/healthz", "/readyz", "/metrics", "/schema.graphql", "/no-such",
    "/%2e%2e/etc/passwd", "//graphql",
)  # fmt: skip
HEADERS = {
    "Content-Type": (
        "application/json", "application/json; charset=utf-8", "application/json; charset=x", "text/plain", "", "*/*",
        "multipart/form-data; boundary=x", "application/graphql", "application/json, application/json",
    ),
    "Accept": (
        "*/*", "", "text/event-stream", "application/graphql-response+json", "text/html;q=0", "x/y", ";;;", "a/b;q=é",
        "application/json;q=1e999",
    ),
    "Authorization": ("Bearer", "Bearer ", "Bearer x", "Basic eDp4", "Bearer \x7f", f"Bearer {'x' * 5_000}", "é"),
    "Candour-Purpose": ("abuse", "complaint; reference=1", "", "é", ";", "x" * 3_000, 'abuse; reference="'),
    "Candour-CSRF": ("1", "", "é"),
    "Cookie": ("candour=x", "__Host-candour=x", "a=b; candour=", "=;=;", "é"),
    "Origin": ("null", "https://elsewhere.example", "", "http://candour.test", "é"),
    "Host": ("elsewhere.example", "", "a b", "[::1", "candour.test:99999", "é"),
    "X-Forwarded-For": ("1.2.3.4", "x", "::1, 1.2.3.4", "", "é"),
    "If-None-Match": ("*", '"x"', 'W/"', "é"),
    "Range": ("bytes=0-", "bytes=9-1", "bytes=-", "x"),
    "Content-Length": ("0", "7", "-1", "1e3", "99999999999999999999", "x"),
    "Traceparent": ("00-0-0-0", "x"),
    "Access-Control-Request-Method": ("POST", "X"),
}  # fmt: skip
NUMBERS = ("1" * 5_000, "-0", "1e999", "NaN", "Infinity", "0x1", "01", "1.", "-")


@dataclass(frozen=True, slots=True)
class Sent:
    """One request."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes


def requests(chance: Random) -> Sent:
    """A request."""
    method, path = chance.choice(METHODS), chance.choice(PATHS)
    names = chance.sample(list(HEADERS), chance.choice((0, 1, 1, 2, 4)))
    headers = [(name, chance.choice(HEADERS[name])) for name in names]
    if "Content-Type" not in names and chance.randrange(10):
        headers.append(("Content-Type", "application/json"))
    if method in ("GET", "HEAD") and path == "/graphql":
        path += f"?{_query(chance)}"
    return Sent(method, path, headers, b"" if method in ("GET", "HEAD") else _body(chance))


def _query(chance: Random) -> str:
    names = [chance.choice(("query", "variables", "operationName", "extensions", "x")) for _ in range(3)]
    values = ("{ __typename }", "", "{}", "[]", "%", "\x00", "é", "mutation { signOut { viewer { id } } }", "{ a " * 50)
    return "&".join(f"{name}={quote(chance.choice(values), safe='%')}" for name in names)


def _body(chance: Random) -> bytes:
    kind = chance.randrange(6)
    if kind == 0:
        return chance.randbytes(chance.choice((0, 1, 7, 300)))
    if kind == 1:
        return (chance.choice(("[", '{"a":', "[{", '{"query":')) * chance.choice((5, 200, 20_000))).encode()
    if kind == 2:
        deep = chance.choice((20, 900, 30_000))
        return b'{"query": "{ __typename }", "variables": {"a": %b}}' % (b"[" * deep + b"]" * deep)
    if kind == 3:
        return b'{"query": "{ __typename }", "variables": {"a": %b}}' % chance.choice(NUMBERS).encode()
    if kind == 4:
        return json.dumps(_odd(chance)).encode()
    text = bytearray(ASK.encode())
    for _ in range(chance.randint(1, 4)):
        text[chance.randrange(len(text))] = chance.randrange(256)
    return bytes(text)


def _odd(chance: Random) -> Any:
    """JSON in which each part may be of any type."""
    values: tuple[Any, ...] = (
        None,
        1,
        "x",
        [],
        {},
        True,
        "{ __typename }",
        ["{ __typename }"],
        {"cost": True},
        "é" * 99,
    )
    names = ("query", "variables", "operationName", "extensions", "id", "doc_id", "documentId", "x")
    return {name: chance.choice(values) for name in names if chance.randrange(2)}
