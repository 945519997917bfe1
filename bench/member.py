"""The signed-in author of the benchmark: somebody who wrote some of the newest stories."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from models.database.connection import Connection
from models.secret import Keyring, token_hash

OWN = 3
"""How many of the newest 20 stories are theirs."""
NEWEST = """
select story.id, author_id, wrapped as key from story join person_key on person_key.id = author_id
where status = 'PUBLISHED' order by shown_at desc, story.id desc limit 20
"""
SESSION = "insert into session (id, token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4, $5)"
GIVE = "update story set author_id = $2, postcode = $3, routing = 'ROUTED' where id = $1"


@dataclass(frozen=True, slots=True)
class Author:
    """An account, and the token of a session of theirs."""

    account: UUID
    token: str


async def sign_in(connection: Connection, keyring: Keyring) -> Author:
    """Start a session for the author of the newest story; a few more of the newest become theirs."""
    newest = await connection.fetch(NEWEST)
    account, wrapped = newest[0]["author_id"], newest[0]["key"]
    key = keyring.open(wrapped, str(account))
    for row in newest[:: len(newest) // OWN][:OWN]:
        number = row["id"]
        await connection.execute(GIVE, number, account, key.encrypt("SW1A 1AA", f"story.postcode:{number}"))
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    await connection.execute(SESSION, uuid4(), token_hash(token), account, now, now + timedelta(days=1))
    return Author(account, token)
