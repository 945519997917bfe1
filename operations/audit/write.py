"""Writing entries: numbered, sealed and appended to a lane, within a transaction of the caller's."""

from collections.abc import Awaitable, Sequence
from itertools import count
from secrets import randbelow
from typing import Any, Protocol

import orjson

from models.audit import LANES, AuditKind
from models.secret import Keyring
from operations.audit.entry import Entry
from operations.audit.seal import CONTENT, Row, sealed

# Whose data a row is: a subject of any other form is nobody's, and breaks nothing. An erased author is nobody either.
PERSON = """
case
    when subject ~ '^Account:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then split_part(subject, ':', 2)::uuid
    when subject ~ '^Story:[0-9]{1,10}$' then (
        select author_id from story where id = split_part(subject, ':', 2)::bigint
    )
    when subject ~ '^Response:[0-9]{1,10}$' then (
        select author_id from story join response on response.story_id = story.id
        where response.id = split_part(subject, ':', 2)::bigint
    )
    when subject ~ '^Complaint:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (
        select account_id from complaint where id = split_part(subject, ':', 2)::uuid
    )
end
"""
PREPARE = f"""
select nextval('audit_event_id_seq') as id, clock_timestamp() as happened_at, {PERSON} as person_id,
    coalesce(
        (select organisation_id from disclosure where id = given.read_by),
        (select organisation_id from membership where membership.account_id = given.account_id order by id limit 1)
    ) as organisation_id
from unnest($1::text[], $2::uuid[], $3::uuid[]) with ordinality as given (subject, account_id, read_by, place)
order by place
"""
# A lane that another writer holds is passed over, so that writers do not wait for each other.
FREE = """
select lane, position, seal from audit_lane order by (lane + $1::int) % 64 limit 1 for no key update skip locked
"""
ANY = "select lane, position, seal from audit_lane where lane = $1::int for no key update"
COLUMNS = ", ".join((*CONTENT, "lane", "position"))
APPEND = f"""
with appended as (
    insert into audit_event ({COLUMNS}, seal)
    select {COLUMNS}, decode(seal, 'hex') from json_to_recordset($1::text::json) as given (
        id bigint, kind auditkind, happened_at timestamptz, account_id uuid, roles text[], purpose text, reference text,
        organisation_id int, subject text, person_id uuid, fields text[], reasons text[], rules text[], request text,
        disclosure_id uuid, count int, lane smallint, position bigint, seal text
    )
)
update audit_lane set position = $3::bigint, seal = $4::bytea where lane = $2::int
"""


class Fetch(Protocol):
    """Runs a statement of the caller's transaction; its rows can be read by name."""

    def __call__(self, statement: str, /, *arguments: Any) -> Awaitable[Sequence[Row]]: ...


async def write(fetch: Fetch, keyring: Keyring, entries: Sequence[Entry], lane: int | None = None) -> None:
    """Append the entries, and hold their lane until the transaction ends. What people read of themselves is left out.

    `lane` is the first that is tried; else it is any.
    Raises what the database raises, and then nothing may be shown or done.
    """
    # What somebody reads by a disclosure they read for the organisation to which it was made.
    read_by = [entry.disclosure_id if entry.kind is AuditKind.READ else None for entry in entries]
    found = await fetch(PREPARE, [entry.subject for entry in entries], [entry.account_id for entry in entries], read_by)
    rows = [_row(entry, given) for entry, given in zip(entries, found, strict=True)]
    rows = [row for row in rows if not _own(row)]
    if not rows:
        return
    start = randbelow(LANES) if lane is None else LANES - lane
    (head,) = await fetch(FREE, start) or await fetch(ANY, start)
    lane, seal = int(head["lane"]), head["seal"]
    for row, position in zip(rows, count(head["position"] + 1)):
        seal = sealed(keyring, row, lane, position, seal)
        row |= {"lane": lane, "position": position, "seal": seal.hex()}
    await fetch(APPEND, orjson.dumps(rows, default=str).decode(), lane, head["position"] + len(rows), seal)


def _row(entry: Entry, given: Row) -> dict[str, Any]:
    row = {name: getattr(entry, name, None) for name in CONTENT}
    row |= {"id": given["id"], "organisation_id": given["organisation_id"]}
    row["happened_at"] = entry.happened_at or given["happened_at"]
    row["person_id"] = entry.person_id or given["person_id"]
    return row


def _own(row: Row) -> bool:
    """Whether somebody read their own data, which owes nobody an account."""
    return row["kind"] is AuditKind.READ and row["person_id"] is not None and row["person_id"] == row["account_id"]
