"""What the tests of the gate share: deployments, what lies behind them, and one request."""

from typing import Any

from models.secret import new_master_key
from schema.endpoint.gate import Gate, gate
from settings import Settings

URL = "https://www.candour.test"
HOSTS = "scotland.candour.test=SCOTLAND, [::1]"
ELSEWHERE, PROXY = "203.0.113.7", "10.1.2.3"
NEIGHBOUR, STRANGER = "https://app.example", "https://evil.example"
KEPT = [(b"cookie", b"__Host-candour=token"), (b"candour-csrf", b"1")]
Headers = list[tuple[bytes, bytes]]


def made(**named: Any) -> Gate:
    return gate(Settings(**{"CANDOUR_URL": URL, "CANDOUR_TRUSTED_PROXIES": "10.0.0.0/8", **named}))


PRODUCTION = {"CANDOUR_ENV": "production", "CANDOUR_MASTER_KEY": new_master_key()}
NAMED = made(CANDOUR_HOSTS=HOSTS, CANDOUR_ORIGINS=f"{NEIGHBOUR}, http://localhost:3000")
ALONE = made(**PRODUCTION)
ANYWHERE = made()
ANYBODY = made(CANDOUR_ORIGINS="*")


class Inside:
    """What lies behind the gate: it says what came, and answers with a cookie."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        headers = [(b"content-type", b"text/html"), (b"set-cookie", b"a=b"), (b"X-Frame-Options", b"SAMEORIGIN")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})


class Outcome:
    """What came of a request: the answer, and what came in, if anything did."""

    def __init__(self, sent: list[Any], scope: dict[str, Any]) -> None:
        self.scope, self.kind = scope, sent[0]["type"]
        self.status, self.headers = sent[0].get("status"), sent[0].get("headers", [])
        self.body = sent[1]["body"] if len(sent) > 1 else b""

    def all(self, name: bytes) -> list[bytes]:
        return [value for found, value in self.headers if found.lower() == name]

    @property
    def sharing(self) -> set[bytes]:
        """The headers of CORS."""
        return {name for name, _ in self.headers if name.startswith(b"access-control")}


async def ask(
    before: Gate,
    headers: Headers,
    method: str = "POST",
    path: str = "/graphql",
    client: str = ELSEWHERE,
    kind: str = "http",
) -> Outcome:
    sent: list[Any] = []
    inside = Inside()

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "headers": headers, "client": (client, 1)}
    await before(scope, receive, send, inside)
    return Outcome(sent, inside.scope)


def at(*names: bytes) -> Headers:
    return [(b"host", name) for name in names]
