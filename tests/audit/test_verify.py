"""Whoever owns the database can change the log; whatever they do to it, `audit verify` names it."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from models.audit import LANES
from models.database.connection import normalise
from models.secret import Keyring, new_master_key
from operations.audit.anchor import Anchor, make_anchor
from operations.audit.verify import verify
from tests.audit.tamper import longest, named, verified

UNSEALED = """
insert into audit_event (account_id, roles, purpose, subject, fields, reasons) values ($1, '{}', 'abuse', 'x', '{}', '{}')
"""
COPY = """
insert into audit_event (id, happened_at, roles, fields, reasons, lane, position, seal)
select id + 1000000, happened_at, roles, fields, reasons, lane, position + 1000, seal from audit_event where id = $1
"""


async def test_without_tampering_nothing_is_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    assert await verified(owner, keyring) == []
    assert await owner.fetchval("select count(*) from audit_event") == 600


async def test_with_another_master_key_nothing_fits(owner: asyncpg.Connection) -> None:
    """So nobody who has the database alone can seal what they changed."""
    assert len(await verified(owner, Keyring(new_master_key()))) > 600


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("account_id", uuid4()), ("roles", ["ADMIN"]), ("purpose", "abuse"), ("purpose", None), ("reference", "CASE-2"),
        ("organisation_id", 7), ("subject", "Story:8"), ("person_id", uuid4()), ("fields", []), ("reasons", ["P14 y"]),
        ("rules", ["x.polar:1"]), ("request", "0123"), ("disclosure_id", uuid4()), ("count", 2), ("kind", "DENIED"),
    ],
)  # fmt: skip
async def test_an_edit_of_any_column_is_named(
    owner: asyncpg.Connection, keyring: Keyring, column: str, value: object
) -> None:
    row = (await longest(owner))[4]
    await owner.execute(f"update audit_event set {column} = $2 where id = $1", row["id"], value)
    assert await verified(owner, keyring) == [named(row, "was changed")]


async def test_another_time_by_a_microsecond_is_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    row = (await longest(owner))[4]
    earlier = row["happened_at"] - timedelta(microseconds=1)
    await owner.execute("update audit_event set happened_at = $2 where id = $1", row["id"], earlier)
    assert await verified(owner, keyring) == [named(row, "was changed")]


async def test_deletions_are_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    rows = await longest(owner)
    gone = [rows[2], rows[5], rows[6], rows[7]]
    await owner.execute("delete from audit_event where id = any($1::bigint[])", [row["id"] for row in gone])
    lane = f"lane {rows[0]['lane']}, position"
    assert await verified(owner, keyring) == [
        f"{lane} {rows[2]['position']}: is missing: it was deleted",
        f"{lane} {rows[5]['position']}: 3 events up to position {rows[7]['position']} are missing: they were deleted",
    ]


async def test_two_rows_that_changed_places_are_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    rows = await longest(owner)
    one, other = rows[3], rows[6]
    place = "update audit_event set position = $2 where id = $1"
    await owner.execute(place, one["id"], -1)
    await owner.execute(place, other["id"], one["position"])
    await owner.execute(place, one["id"], other["position"])
    faults = [fault for fault in await verified(owner, keyring) if "anchored" not in fault]
    assert faults == [
        named(other, f"was moved here from position {other['position']}", one["position"]),
        named(one, f"was moved here from position {one['position']}", other["position"]),
    ]


async def test_contents_that_changed_places_are_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    """Rows of different lanes exchange who it was."""
    rows = await owner.fetch("select distinct on (lane) * from audit_event order by lane, position limit 2")
    for row, other in (rows, rows[::-1]):
        await owner.execute("update audit_event set account_id = $2 where id = $1", row["id"], other["account_id"])
    assert await verified(owner, keyring) == [named(row, "was changed") for row in rows]


async def test_a_seal_that_was_exchanged_is_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    rows = await longest(owner)
    await owner.execute("update audit_event set seal = $2 where id = $1", rows[3]["id"], rows[4]["seal"])
    faults = await verified(owner, keyring)
    assert named(rows[3], "was changed") in faults
    assert any(fault.startswith(f"event {rows[4]['id']}") for fault in faults)


async def test_rows_that_were_put_in_are_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    row = (await longest(owner))[-1]
    await owner.execute(COPY, row["id"])
    faults = await verified(owner, keyring)
    assert any(fault.startswith(f"event {row['id'] + 1_000_000}, lane {row['lane']}") for fault in faults)


@pytest.mark.parametrize("lane", [-1, LANES])
async def test_a_row_in_a_lane_that_there_is_not_is_named(
    owner: asyncpg.Connection, keyring: Keyring, lane: int
) -> None:
    row = (await longest(owner))[-1]
    await owner.execute("update audit_event set lane = $2 where id = $1", row["id"], lane)
    assert named(row, "does not belong here: it was put in").replace(f"lane {row['lane']},", f"lane {lane},") in (
        await verified(owner, keyring)
    )


@pytest.mark.parametrize("head_too", [False, True])
async def test_a_tail_that_was_cut_off_is_named(owner: asyncpg.Connection, keyring: Keyring, head_too: bool) -> None:
    """By the lane's head; or, where that was set back too, by the anchor, as far as that has seen it."""
    anchor = Anchor.of(await owner.fetchrow("select * from audit_anchor"))  # type: ignore[arg-type]
    lane = max(range(LANES), key=lambda lane: anchor.positions[lane])
    last = await owner.fetchval("select position from audit_lane where lane = $1", lane)
    left = anchor.positions[lane] - 2
    await owner.execute("delete from audit_event where lane = $1 and position > $2", lane, left)
    until = last
    if head_too:
        await owner.execute(
            "update audit_lane set position = $2, seal = (select seal from audit_event "
            "where lane = $1 and position = $2) where lane = $1",
            lane,
            left,
        )
        until = anchor.positions[lane]
    expected = f"lane {lane}, position {left + 1}: {until - left} events up to position {until} are missing"
    assert await verified(owner, keyring) == [f"{expected}: they were deleted"]


async def test_a_log_that_was_emptied_with_its_anchors_is_named_by_an_anchor_kept_elsewhere(
    owner: asyncpg.Connection, keyring: Keyring
) -> None:
    row = await owner.fetchrow("select * from audit_anchor")
    assert row is not None
    kept = Anchor.read(Anchor.of(row).text().encode())
    assert await verified(owner, keyring, kept) == []
    await owner.execute("truncate audit_event, audit_anchor")
    await owner.execute("update audit_lane set position = 0, seal = ''")
    assert await verified(owner, keyring) == []
    faults = await verified(owner, keyring, kept)
    assert faults[0] == "anchor 1, which was kept elsewhere, is missing"
    assert len(faults) == 1 + sum(1 for position in kept.positions if position)


async def test_a_lane_without_its_head_is_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    await owner.execute("delete from audit_lane where lane = 5")
    await owner.execute("update audit_lane set seal = '\\x00' where lane = 6")
    said = "the lane's head is not its last event"
    assert await verified(owner, keyring) == [f"lane 5: {said}", f"lane 6: {said}"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("update audit_anchor set made_at = made_at - interval '1 day' where id = 1", "anchor 1 was changed"),
        ("update audit_anchor set positions[3] = 1000 where id = 1", "anchor 1 was changed"),
        ("delete from audit_anchor where id = 1", "does not follow the one before it"),
    ],
)
async def test_a_changed_anchor_is_named(
    owner: asyncpg.Connection, keyring: Keyring, change: str, expected: str
) -> None:
    await make_anchor(owner, keyring)
    await owner.execute(change)
    (fault,) = await verified(owner, keyring)
    assert expected in fault


async def test_a_row_without_a_seal_is_refused_and_named(owner: asyncpg.Connection, keyring: Keyring) -> None:
    """Rows from before the chain have none; an anchor knows how many there were."""
    with pytest.raises(asyncpg.CheckViolationError):
        async with owner.transaction():
            await owner.execute(UNSEALED, uuid4())
    await owner.execute("alter table audit_event drop constraint ck_audit_event_sealed")
    await owner.execute(UNSEALED, uuid4())
    assert await verified(owner, keyring) == ["there are 1 events from before the chain; there were 0"]


async def test_rows_from_before_the_chain_are_anchored(aged: str, keyring: Keyring) -> None:
    connection = await asyncpg.connect(normalise(aged))
    await connection.execute("alter table audit_event drop constraint ck_audit_event_sealed")
    await connection.execute("alter table audit_event disable trigger user")
    for _ in range(3):
        await connection.execute(UNSEALED, uuid4())
    assert (await make_anchor(connection, keyring))[1]
    assert not (await make_anchor(connection, keyring))[1]
    verdict = await verify(connection, keyring)
    assert (verdict.before, verdict.anchors, verdict.faults) == (3, 1, [])
    await connection.execute("update audit_event set purpose = 'complaint' where id = 2")
    assert list(map(str, (await verify(connection, keyring)).faults)) == ["an event from before the chain was changed"]
    await connection.close()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"id": 1}', "x", '{"madeAt": 1, "positions": [], "heads": "zz"}'])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no anchor"):
        Anchor.read(text.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_event set purpose = 'x'", "delete from audit_event", "truncate audit_event",
        "update audit_anchor set before = 0", "delete from audit_anchor", "truncate audit_anchor",
        "update audit_lane set position = position - 1", "delete from audit_lane", "truncate audit_lane",
    ],
)  # fmt: skip
async def test_the_log_is_never_changed(tampered: str, statement: str) -> None:
    connection = await asyncpg.connect(normalise(tampered))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()
