"""Anchors of the audit log: what was written until one can't be cut off unseen."""

from datetime import timedelta

from jobs.job import Job, Work
from operations.audit.anchor import make_anchor


async def _anchor(work: Work) -> int:
    async with work.pool.acquire() as connection:
        if not await connection.fetchval("select exists (select from audit_event)"):
            return 0
        _, new = await make_anchor(connection, work.keyring)
    return int(new)


JOBS = (
    Job(
        "anchor audit",
        timedelta(hours=1),
        _anchor,
        waiting="""
        select count(*) from (select 1 where exists (select from audit_event) and not exists (
            select from audit_anchor where id = (select max(id) from audit_anchor)
                and positions = array(select position from audit_lane order by lane)
        )) as news
        """,
    ),
)
