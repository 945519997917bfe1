"""The audit log: written before the answer leaves; no entry, no data."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.database.connection import Connection, Pool
from policies.viewer import Member

# Whose data a row is: a subject of any other form is nobody's, and breaks nothing. An erased author is nobody either.
PERSON = """
case
    when subject ~ '^Account:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then split_part(subject, ':', 2)::uuid
    when subject ~ '^Story:[0-9]{1,10}$' then (
        select author_id from story where id = split_part(subject, ':', 2)::bigint
    )
    when subject ~ '^Complaint:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (
        select account_id from complaint where id = split_part(subject, ':', 2)::uuid
    )
end
"""
INSERT = f"""
insert into audit_event (account_id, roles, purpose, reference, organisation_id, subject, person_id, fields, reasons)
select $1, $2, $3, $4, (select organisation_id from membership where account_id = $1 order by id limit 1),
    subject, person, fields::text[], reasons::text[]
from unnest($5::text[], $6::text[], $7::text[]) as reading (subject, fields, reasons),
    lateral (select {PERSON} as person) as whose
where person is distinct from $1
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """Private fields of one row that were read: never their values."""

    subject: str
    fields: tuple[str, ...]
    reasons: tuple[str, ...]


async def record(database: Connection | Pool, reader: Member, readings: Sequence[Reading]) -> None:
    """Writes one event for each row of others that was read; one's own needs none.

    Raises what the database raises, and then nothing may be shown.
    """
    await database.execute(
        INSERT,
        reader.account_id,
        sorted(reader.roles),
        reader.purpose,
        reader.reference,
        [reading.subject for reading in readings],
        [_array(reading.fields) for reading in readings],
        [_array(reading.reasons) for reading in readings],
    )


def _array(texts: Sequence[str]) -> str:
    """A PostgreSQL array in its text form, so that arrays of different lengths travel in one."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
