"""What somebody gets does not depend on what they may not see: private values change, and no byte of any answer does.

This holds whatever way a value could come out: a filter, an order, a cursor, a count, an error, or a list of tags.
"""

import asyncpg
import pytest

from models.database.connection import normalise
from models.secret import Keyring
from operations.demo.cast import HOST
from tests.leaks.conftest import Site
from tests.leaks.document import complete

ORDERED = "stories(first: 100, orderBy: %s) { totalCount edges { cursor node { number } } pageInfo { endCursor } }"
FILTERED = "stories(first: 100, filter: {%s}) { totalCount edges { cursor node { number } } }"
FILTERS = (
    "ageGroup: CHILD", "ageGroup: ADULT", "authorRole: CARER", "progress: RESPONDED", "status: RESTRICTED",
    "status: REJECTED", 'search: "night"', 'search: "hidden"', 'tag: {kind: FEELING, label: "scared"}',
    'publishedFrom: "2025-01-01"', "region: WALES", "routing: ROUTED", "criticality: {gte: 3}",
)  # fmt: skip
QUESTIONS = (
    "{ stories(first: 100) { ...StoryConnection_1 } }",
    "{ services(first: 100) { ...ServiceConnection_1 } }",
    "{ organisations(first: 100) { ...OrganisationConnection_0 } }",
    '{ tags(first: 100) { ...TagConnection_0 } more: tags(last: 100, search: "a") { ...TagConnection_0 } }',
    *(f"{{ {ORDERED % order} }}" for order in ("NEWEST", "OLDEST", "MOST_SIMILAR")),
    '{ stories(first: 100, orderBy: RELEVANCE, filter: {search: "night"}) { edges { cursor node { number } } } }',
    *(f"{{ {FILTERED % chosen} }}" for chosen in FILTERS),
    "{ viewer { ...Viewer_2 } }",
    "{ disclosures(first: 100) { ...DisclosureConnection_1 } late: disclosures(filter: {overdue: true}) { totalCount } }",
    "{ complaints(first: 100) { ...ComplaintConnection_1 } late: complaints(filter: {overdue: true}) { totalCount } }",
)
PUBLIC = "status in ('PUBLISHED', 'RESTRICTED')"
SECRETS = {
    "who wrote a public story, from where and when, and how serious it is": f"""
        update story set criticality = 5 - criticality, submitted_at = submitted_at - interval '9 days',
            author_id = (select id from account where email_hash <> $1 order by id limit 1),
            routing = 'NO_POSTCODE', postcode = null, ip_address = null where {PUBLIC}""",
    "where stories were routed to": "delete from story_area where $1::bytea is not null",
    "originals": "delete from story_original where $1::bytea is not null",
    "what moderators did": "update moderation_entry set note = 'x', done_at = now() where $1::bytea is not null",
    "what a restricted story says": """
        update story set title = 'Hidden', body = 'Hidden', pen_name = null, age_group = 'CHILD', author_role = 'CARER',
            progress = 'RESPONDED' where status = 'RESTRICTED' and $1::bytea is not null""",
    "the tags of stories that are not shown": """
        delete from story_tag using story where story.id = story_id and status <> 'PUBLISHED' and $1::bytea is not null""",
    "the responses to stories that are not shown, and those that are not public": """
        delete from response using story where story.id = story_id and $1::bytea is not null
            and (story.status <> 'PUBLISHED' or response.status <> 'PUBLISHED')""",
    "changes that are not public": """
        insert into change (story_id, organisation_id, kind, description, status)
        select story_id, organisation_id, 'MADE', 'Hidden', 'PENDING' from change where $1::bytea is not null""",
    "stories that are not public": f"delete from story where not ({PUBLIC}) and $1::bytea is not null",
    "what others read": "delete from reading using account where account.id = account_id and email_hash <> $1",
    "who marked a story as similar": """
        update similar_experience set account_id = (select id from account where email_hash <> $1
            and not exists (select from similar_experience where account_id = account.id) order by id limit 1)
        where account_id = (select account_id from similar_experience join account on account.id = account_id
            where email_hash <> $1 group by 1 order by count(*) desc limit 1)""",
    "who works where": "delete from membership using account where account.id = account_id and email_hash <> $1",
    "what others agreed to": """
        insert into consent (account_id, purpose, granted, given_at, notice_version, given_by)
        select id, 'RESEARCH', false, now(), 'x', 'x' from account where email_hash <> $1""",
    "where others are signed in": "delete from session using account where account.id = account_id and account.email_hash <> $1",
    "which email others change to": """
        delete from email_change using account where account.id = account_id and account.email_hash <> $1""",
    "how others sign in": "delete from second_factor using account where account.id = account_id and account.email_hash <> $1",
    "what others corrected": "delete from correction using account where account.id = account_id and account.email_hash <> $1",
    "the copies of others": "delete from data_export using account where account.id = account_id and account.email_hash <> $1",
    "what is disclosed of others": """
        delete from disclosure where account_id is distinct from (select id from account where email_hash = $1)""",
    "the complaints of others": """
        delete from complaint where account_id is distinct from (select id from account where email_hash = $1)""",
    "who looked at the data of others": """
        insert into audit_event (account_id, roles, purpose, subject, person_id, fields, reasons, lane, position, seal)
        select id, '{}', 'abuse', 'x', id, '{}', '{}', 0, 1000000 + row_number() over (), ''
        from account where email_hash <> $1""",
    "from where others wrote": "delete from ip_address_use using account where account.id = account_id and email_hash <> $1",
    "who others are": """
        update account set email = null, postcode = null, pen_name = null, demographics_id = null,
            created_at = now(), roles = '{}' where email_hash <> $1""",
}
"""Each changes, for all but the account with the hash $1, something that neither a visitor nor that account may see."""


async def _answers(site: Site, name: str) -> list[bytes]:
    return [(await site.send(name, complete(question))).content for question in QUESTIONS]


@pytest.mark.parametrize("name", ["", "member"])
async def test_nothing_that_one_gets_depends_on_what_one_may_not_see(
    changing: Site, keyring: Keyring, name: str
) -> None:
    before = await _answers(changing, name)
    connection = await asyncpg.connect(normalise(changing.dsn))
    dependent = []
    for secret, change in SECRETS.items():
        status = await connection.execute(change, keyring.email_hash(f"{name or 'nobody'}@{HOST}"))
        assert int(status.split()[-1]) > 0, secret
        after = await _answers(changing, name)
        dependent += [(secret, q) for q, old, new in zip(QUESTIONS, before, after, strict=True) if old != new]
        before = after
    assert dependent == []
    await connection.execute("update story set title = 'Another' where status = 'PUBLISHED'")
    await connection.close()
    assert await _answers(changing, name) != before
