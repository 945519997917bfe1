"""Loads one batch of stories in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from models.database.connection import Connection
from operations.demo.batch import Batch
from operations.demo.people import NOTICE
from operations.demo.rows import move_sequences
from operations.demo.stories import RESTRICTED_BECAUSE, RESTRICTED_BY
from operations.demo.variant import WAIT, add_variants

COLUMNS = {
    "demographics": ("id", "gender", "birth_year", "ethnic_group", "limited_by_condition"),
    "account": (
        "id", "created_at", "email_verified_at", "email_hash", "password_hash", "email", "postcode", "pen_name",
        "demographics_id",
    ),
    "ip_address_use": ("id", "account_id", "address", "used_at", "use"),
    "incoming": (
        "id", "variant", "text", "status", "region", "progress", "submitted_at", "published_at",
        "similar_count", "routing", "author_id", "postcode", "ip_address", "first_response",
        "organisation_id", "responder_id",
    ),
    "story_service": ("story_id", "service_id", "position", "shown_at"),
    "story_area": ("story_id", "area_id"),
    "reading": ("account_id", "story_id", "read_at"),
    "similar_experience": ("account_id", "story_id", "marked_at"),
}  # fmt: skip
CONSENTS = """
insert into consent (account_id, purpose, granted, given_at, notice_version, given_by)
select account.id, purpose, true, created_at, $2, 'registration'
from account, unnest(array['PUBLISH', 'FEED', 'RESEARCH']::consentpurpose[]) as purpose
where account.id = any($1)
"""
# The counting trigger runs unless this session is one of a replica (see QUIET): then the number is given.
STORIES = """
insert into story (id, status, region, title, body, age_group, author_role, pen_name, progress,
    submitted_at, published_at, criticality, similar_count, restriction_reason, restriction_by, routing,
    author_id, postcode, ip_address, search)
select incoming.id, status, region, case when kept then title end, case when kept then body end, age_group,
    author_role, case when kept then pen_name end, progress, submitted_at, published_at,
    case when published_at is not null then criticality end,
    case when current_setting('session_replication_role') = 'replica' then similar_count else 0 end,
    case status when 'RESTRICTED' then $1 end, case status when 'RESTRICTED' then $2 end, routing,
    author_id, postcode, ip_address, case when kept then search else '' end
from incoming join variant on variant.number = incoming.variant,
    lateral (select status <> 'WITHDRAWN' as kept) as fate
order by incoming.id
"""
TAGS = """
insert into story_tag (story_id, tag_id, position)
select incoming.id, tag_id, position from incoming join variant_tag using (text)
where status <> 'WITHDRAWN' order by 1
"""
RESPONSES = """
insert into response (id, story_id, organisation_id, account_id, body, staff_name, job_title, status,
    created_at, published_at)
select $2 + first_response + position, incoming.id, case when not reply then organisation_id end,
    case when reply then author_id else responder_id end, body, staff_name, job_title, 'PUBLISHED',
    published_at + delay, published_at + delay + $1
from incoming join variant_response using (text)
where first_response is not null order by 1
"""
CHANGES = """
insert into change (story_id, organisation_id, response_id, kind, description, status, published_at)
select incoming.id, organisation_id, $2 + first_response + position, kind, description, 'PUBLISHED',
    published_at + delay + $1
from incoming join variant_response using (text)
where first_response is not null and kind is not null order by 1
"""
ENTRIES = """
insert into moderation_entry (story_id, account_id, action, done_at)
select id, author_id, 'SUBMITTED'::moderationaction, submitted_at from incoming where status <> 'WITHDRAWN'
union all
select id, $1, 'PUBLISHED', published_at from incoming where published_at is not null
order by 1
"""
TOMBSTONES = """
insert into tombstone (number, kind, gone_at)
select id, 'WITHDRAWN', submitted_at + interval '3 days' from incoming where status = 'WITHDRAWN'
"""
# Row security takes no COPY.
KEY = "insert into person_key (id, wrapped) values ($1, $2)"
FREE = "select coalesce(max(id), 0) + 1 from response"
QUIET = """
select set_config('session_replication_role', 'replica', true)
where has_parameter_privilege('session_replication_role', 'SET')
"""
VARIANT = COLUMNS["incoming"].index("variant")
BEFORE = ("demographics", "account", "ip_address_use", "incoming")
AFTER = ("story_service", "story_area", "reading", "similar_experience")


async def load(connection: Connection, batch: Batch, moderator: UUID | None) -> None:
    """Write the batch, whole or not at all; its texts come from the tables of `variant.prepare`."""
    async with connection.transaction():
        await connection.execute("set local synchronous_commit = off")
        # A superuser's load skips the checks of foreign keys, which the batch keeps by how it is made.
        await connection.execute(QUIET)
        await add_variants(connection, {story[VARIANT] for story in batch.rows["incoming"]})
        await connection.executemany(KEY, batch.rows["person_key"])
        await _copy(connection, batch, BEFORE)
        await connection.execute(CONSENTS, [account[0] for account in batch.rows["account"]], NOTICE)
        await connection.execute(STORIES, RESTRICTED_BECAUSE[0], RESTRICTED_BY)
        await _copy(connection, batch, AFTER)
        await connection.execute(TAGS)
        free = await connection.fetchval(FREE)
        await connection.execute(RESPONSES, WAIT, free)
        await connection.execute(CHANGES, WAIT, free)
        await connection.execute(ENTRIES, moderator)
        await connection.execute(TOMBSTONES)
        await move_sequences(connection, ("story", "response"))


async def _copy(connection: Connection, batch: Batch, tables: Sequence[str]) -> None:
    for table in tables:
        await connection.copy_records_to_table(table, records=batch.rows[table], columns=COLUMNS[table])
