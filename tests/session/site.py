"""What the tests of signing in share: a site asked from one IP address, and people with passwords and apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
from pyotp import TOTP

from models.account import PlatformRole
from models.secret import Keyring
from operations.password import hash_password

PASSWORD = "rambling walrus teapot"
SIGN_IN = """mutation S($email: String!, $password: String!, $code: String, $cookie: Boolean) {
  signIn(email: $email, password: $password, code: $code, cookie: $cookie) {
    token secondFactorSetupRequired viewer { kind roles } problems { field code message }
  }
}"""
START = "mutation($password: String!) { startSecondFactor(password: $password) { secret uri problems { field code } } }"
CONFIRM = """mutation($code: String!) {
  confirmSecondFactor(code: $code) { recoveryCodes viewer { roles } problems { field code } }
}"""
REMOVE = """mutation($password: String!, $code: String!) {
  removeSecondFactor(password: $password, code: $code) { viewer { roles } problems { field code } }
}"""
ME = "{ viewer { kind roles account { secondFactor sessions { id client current secondFactor } } } }"


@cache
def stored_password() -> str:
    """The hash of PASSWORD, made once."""
    return hash_password(PASSWORD)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    email: str
    id: UUID


@dataclass(frozen=True)
class Site:
    """The site, asked from one IP address; `connection` looks behind it."""

    client: httpx2.AsyncClient
    connection: asyncpg.Connection
    keyring: Keyring
    address: str

    async def post(
        self, query: str, token: str | None = None, headers: dict[str, str] | None = None, **variables: Any
    ) -> httpx2.Response:
        """The answer to a document."""
        sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> Any:
        """The value of a document's only root field."""
        answer = (await self.post(query, token, **variables)).json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        return payload

    async def problem(self, query: str, token: str | None = None, **variables: Any) -> str | None:
        """The code of what was wrong; None where nothing was."""
        problems = (await self.ask(query, token, **variables))["problems"]
        return str(problems[0]["code"]) if problems else None

    async def person(self, *roles: PlatformRole, verified: bool = True) -> Person:
        """Somebody new with PASSWORD."""
        email, id_, now = f"{uuid4().hex[:12]}@people.example", uuid4(), datetime.now(UTC)
        wrapped = self.keyring.new_person_key(str(id_))
        sealed = self.keyring.open(wrapped, str(id_)).encrypt(email, f"account.email:{id_}")
        await self.connection.execute("insert into person_key (id, wrapped) values ($1, $2)", id_, wrapped)
        await self.connection.execute(
            "insert into account (id, created_at, email_verified_at, email_hash, email, password_hash, roles)"
            " values ($1, $2, $3, $4, $5, $6, $7::text[]::platformrole[])",
            id_,
            now,
            now if verified else None,
            self.keyring.email_hash(email),
            sealed,
            stored_password(),
            [role.value for role in roles],
        )
        return Person(email, id_)

    async def sign_in(self, person: Person, code: str | None = None, password: str = PASSWORD) -> str:
        """The token of a new session."""
        payload = await self.ask(SIGN_IN, email=person.email, password=password, code=code)
        assert payload["problems"] == []
        return str(payload["token"])

    async def refusal(self, person: Person, code: str | None = None, password: str = PASSWORD) -> str | None:
        """The code of what was wrong with signing in."""
        return await self.problem(SIGN_IN, email=person.email, password=password, code=code)

    async def code(self, secret: str, ahead: int = 0) -> str:
        """The app's code by the database's clock, some steps of 30 seconds ahead."""
        step = await self.connection.fetchval("select floor(extract(epoch from statement_timestamp()) / 30)::int")
        return TOTP(secret).generate_otp(step + ahead)

    async def secured(self, *roles: PlatformRole) -> tuple[Person, str, str, Sequence[str]]:
        """Somebody new with a second factor that never gave a code yet: person, token, secret, recovery codes."""
        person = await self.person(*roles)
        token = await self.sign_in(person)
        secret = (await self.ask(START, token, password=PASSWORD))["secret"]
        codes = (await self.ask(CONFIRM, token, code=await self.code(secret)))["recoveryCodes"]
        await self.connection.execute("update second_factor set last_step = null where account_id = $1", person.id)
        return person, token, secret, codes

    async def mails(self, person: Person) -> list[str]:
        """The templates of what waits to be sent to somebody."""
        found = await self.connection.fetch("select template from mail where account_id = $1", person.id)
        return sorted(row["template"] for row in found)
