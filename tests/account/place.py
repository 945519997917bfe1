"""What the tests of accounts share: asking, reading the mail that waits to be sent, and people."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import orjson

from models.secret import Keyring

PASSWORD = "rambling walrus teapot"
OTHER_PASSWORD = "sunlit gravel xylophone"

REGISTER = """mutation Register($email: String!, $password: String!, $penName: String, $noticeVersion: String) {
  register(input: {email: $email, password: $password, penName: $penName, noticeVersion: $noticeVersion}) {
    problems { field code message }
  }
}"""
VERIFY = "mutation V($token: String!) { verifyEmail(token: $token) { confirmed problems { field code message } } }"
SIGN_IN = """mutation S($email: String!, $password: String!) {
  signIn(email: $email, password: $password) { token problems { code } }
}"""
FORGOT = "mutation F($email: String!) { requestPasswordReset(email: $email) { problems { field code message } } }"
RESET = """mutation R($token: String!, $password: String!) {
  resetPassword(token: $token, password: $password) { problems { field code message } }
}"""
CHANGE = """mutation C($current: String!, $new: String!) {
  changePassword(current: $current, new: $new) { problems { field code message } }
}"""
UPDATE = """mutation U($input: UpdateAccountInput!) {
  updateAccount(input: $input) {
    viewer { account { email pendingEmail penName postcode corrections { field } } }
    problems { field code message }
  }
}"""
ME = "{ viewer { account { email pendingEmail penName postcode corrections { field } } } }"


@dataclass(frozen=True)
class Place:
    """The site, asked from one IP address; `connection` looks behind it."""

    client: httpx2.AsyncClient
    connection: asyncpg.Connection
    keyring: Keyring
    address: str

    async def post(self, query: str, bearer: str | None = None, **variables: Any) -> httpx2.Response:
        """The answer to a document."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, query: str, bearer: str | None = None, **variables: Any) -> Any:
        """The payload of a document's only root field."""
        answer = (await self.post(query, bearer, **variables)).json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        return payload

    async def problems(self, query: str, bearer: str | None = None, **variables: Any) -> list[tuple[str | None, str]]:
        """Field and code of what was wrong."""
        payload = await self.ask(query, bearer, **variables)
        return [(problem["field"], problem["code"]) for problem in payload["problems"]]

    async def account(self, email: str) -> UUID | None:
        """Whose email this is."""
        found = "select id from account where email_hash = $1"
        account_id: UUID | None = await self.connection.fetchval(found, self.keyring.email_hash(email))
        return account_id

    async def mails(self, account_id: UUID | None, template: str | None = None) -> list[dict[str, str]]:
        """What waits to be sent to a person, the earliest first."""
        rows = await self.connection.fetch(
            "select mail.id, template, content, wrapped from mail join person_key on person_key.id = mail.account_id"
            " where mail.account_id = $1 and template = coalesce($2, template) order by queued_at, mail.id",
            account_id,
            template,
        )
        return [{"template": row["template"], **self._content(row, account_id)} for row in rows]

    def _content(self, row: asyncpg.Record, account_id: UUID | None) -> dict[str, str]:
        key = self.keyring.open(row["wrapped"], str(account_id))
        content: dict[str, str] = orjson.loads(key.decrypt(row["content"], f"mail.content:{row['id']}"))
        return content

    async def token(self, account_id: UUID | None, template: str) -> str:
        """The token of the newest link in e-mails from this template."""
        newest = (await self.mails(account_id, template))[-1]
        return newest["link"].rpartition("=")[2]

    async def register(self, email: str, password: str = PASSWORD, **more: str) -> UUID:
        """Register; the account, not verified yet."""
        assert await self.problems(REGISTER, email=email, password=password, **more) == []
        found = await self.account(email)
        assert found is not None
        return found

    async def joined(self, password: str = PASSWORD, **more: str) -> tuple[str, UUID]:
        """Somebody new whose email is verified: the email and the account."""
        email = new_email()
        account_id = await self.register(email, password, **more)
        token = await self.token(account_id, "verify_email")
        assert await self.problems(VERIFY, token=token) == []
        return email, account_id

    async def sign_in(self, email: str, password: str = PASSWORD) -> str | None:
        """The token of a new session; None where the password does not fit."""
        token: str | None = (await self.ask(SIGN_IN, email=email, password=password))["token"]
        return token

    async def signed_in(self, password: str = PASSWORD, **more: str) -> tuple[str, UUID, str]:
        """Somebody new who is signed in: email, account, session's token."""
        email, account_id = await self.joined(password, **more)
        token = await self.sign_in(email, password)
        assert token is not None
        return email, account_id, token


def new_email() -> str:
    """An address that nobody has."""
    return f"{uuid4().hex[:12]}@people.example"
