"""The limit's statements: written by hand, one for each query, each building the whole answer.

Nested `json_build_object`, correlated subqueries, literals for limits. The figures in docs/bench.md stay comparable
as long as these stay as they are.
"""

TAGS = """(
    select coalesce(json_agg(json_build_object('kind', tag.kind, 'label', tag.label)
        order by story_tag.position, tag.id), '[]'::json)
    from story_tag join tag on tag.id = story_tag.tag_id
    where story_tag.story_id = story.id)"""

SERVICES = """(
    select coalesce(json_agg(json_build_object('id', 'Service:' || service.id, 'name', service.name,
        'slug', service.slug) order by story_service.position, service.id), '[]'::json)
    from story_service join service on service.id = story_service.service_id
    where story_service.story_id = story.id)"""

RESPONSES = """(
    select json_build_object('nodes', coalesce(json_agg(json_build_object('id', 'Response:' || response.id,
        'body', response.body, 'publishedAt', response.published_at, 'staffName', response.staff_name,
        'jobTitle', response.job_title, 'organisation', (
            select json_build_object('name', organisation.name, 'slug', organisation.slug)
            from organisation where organisation.id = response.organisation_id))), '[]'::json))
    from (
        select id, body, published_at, staff_name, job_title, organisation_id from response
        where story_id = story.id and status = 'PUBLISHED' order by published_at, id limit 20) as response)"""

RESPONSE_COUNT = """(
    select count(*) from response where story_id = story.id and status = 'PUBLISHED')"""

IN_LIST = f"""
    'id', 'Story:' || story.id, 'number', story.id, 'title', story.title, 'body', story.body,
    'publishedAt', story.published_at, 'penName', story.pen_name, 'authorRole', story.author_role,
    'ageGroup', story.age_group, 'progress', story.progress, 'similarExperienceCount', story.similar_count,
    'services', {SERVICES},
    'tags', {TAGS},
    'responses', {RESPONSES}"""

COLUMNS = """id, title, body, published_at, shown_at, pen_name, author_role, age_group, progress, similar_count"""


def home(size: int) -> str:
    """The newest published stories."""
    return f"""
select json_build_object('data', json_build_object('stories', json_build_object('nodes',
    coalesce(json_agg(json_build_object({IN_LIST})), '[]'::json))))
from (
    select {COLUMNS} from story where status = 'PUBLISHED' order by shown_at desc, id desc limit {size}) as story"""


def private(size: int) -> str:
    """The same with what only a story's author ($1) may read, still encrypted; for others null."""
    return f"""
select json_build_object('data', json_build_object('stories', json_build_object('nodes',
    coalesce(json_agg(json_build_object({IN_LIST},
    'postcode', case when story.author_id = $1 then encode(story.postcode, 'hex') end,
    'author', case when story.author_id = $1 then (
        select json_build_object('email', encode(account.email, 'hex')) from account
        where account.id = story.author_id) end)), '[]'::json))))
from (
    select {COLUMNS}, author_id, postcode from story
    where status = 'PUBLISHED' order by shown_at desc, id desc limit {size}) as story"""


def story(address: str) -> str:
    """The public story with the number $1, and everything public that belongs to it."""
    return f"""
select json_build_object('data', json_build_object('story', json_build_object(
    'id', 'Story:' || story.id, 'number', story.id, 'status', story.status, 'region', story.region,
    'url', '{address}/stories/' || story.id, 'title', story.title, 'body', story.body,
    'restriction', null, 'publishedAt', story.published_at,
    'ageGroup', story.age_group, 'authorRole', story.author_role, 'penName', story.pen_name,
    'services', (
        select coalesce(json_agg(json_build_object('id', 'Service:' || service.id, 'name', service.name,
            'slug', service.slug, 'odsCode', service.ods_code, 'region', service.region,
            'organisation', json_build_object('id', 'Organisation:' || organisation.id, 'name', organisation.name,
                'slug', organisation.slug, 'kind', organisation.kind))
            order by story_service.position, service.id), '[]'::json)
        from story_service join service on service.id = story_service.service_id
        join organisation on organisation.id = service.organisation_id
        where story_service.story_id = story.id),
    'tags', {TAGS},
    'responses', (
        select json_build_object('nodes', coalesce(json_agg(json_build_object('id', 'Response:' || response.id,
            'body', response.body, 'publishedAt', response.published_at, 'staffName', response.staff_name,
            'jobTitle', response.job_title, 'organisation', (
                select json_build_object('id', 'Organisation:' || organisation.id, 'name', organisation.name,
                    'slug', organisation.slug)
                from organisation where organisation.id = response.organisation_id))), '[]'::json))
        from (
            select id, body, published_at, staff_name, job_title, organisation_id from response
            where story_id = story.id and status = 'PUBLISHED' order by published_at, id limit 20) as response),
    'responseCount', {RESPONSE_COUNT},
    'changes', (
        select coalesce(json_agg(json_build_object('kind', change.kind, 'description', change.description,
            'publishedAt', change.published_at,
            'organisation', json_build_object('name', organisation.name, 'slug', organisation.slug))
            order by change.id), '[]'::json)
        from change join organisation on organisation.id = change.organisation_id
        where change.story_id = story.id and change.status = 'PUBLISHED'),
    'progress', story.progress, 'similarExperienceCount', story.similar_count)))
from story where id = $1 and status = 'PUBLISHED'"""


SERVICE = f"""
select json_build_object('data', json_build_object('service', json_build_object(
    'id', 'Service:' || service.id, 'name', service.name, 'slug', service.slug, 'odsCode', service.ods_code,
    'region', service.region,
    'storyCount', (
        select count(*) from story_service join story on story.id = story_service.story_id
        where story_service.service_id = service.id and story.status in ('PUBLISHED', 'RESTRICTED')),
    'organisation', json_build_object('id', 'Organisation:' || organisation.id, 'name', organisation.name,
        'slug', organisation.slug, 'kind', organisation.kind),
    'stories', json_build_object('nodes', (
        select coalesce(json_agg(json_build_object(
            'id', 'Story:' || story.id, 'number', story.id,
            'title', case when story.status = 'PUBLISHED' then story.title end,
            'body', case when story.status = 'PUBLISHED' then story.body end,
            'publishedAt', story.published_at, 'penName', story.pen_name, 'authorRole', story.author_role,
            'ageGroup', story.age_group, 'progress', story.progress, 'similarExperienceCount', story.similar_count,
            'responseCount', {RESPONSE_COUNT},
            'tags', {TAGS})), '[]'::json)
        from (
            select {", ".join("story." + column for column in COLUMNS.split(", "))}, story.status
            from story_service join story on story.id = story_service.story_id
            where story_service.service_id = service.id and story.status in ('PUBLISHED', 'RESTRICTED')
            order by story_service.shown_at desc, story.id desc limit 20) as story)))))
from service join organisation on organisation.id = service.organisation_id where service.slug = $1"""

MATCHES = """
    select id, title, body, published_at, pen_name, progress,
        ts_rank_cd(search, websearch_to_tsquery('english', $1))::float8 as rank
    from story where status = 'PUBLISHED' and search @@ websearch_to_tsquery('english', $1)"""

LAST_OF_FIRST_PAGE = f"""
select rank, id from ({MATCHES}) as story order by rank desc, id desc offset 19 limit 1"""
"""Where the second page of the search for $1 begins."""

SEARCH = f"""
select json_build_object('data', json_build_object('stories', json_build_object('nodes',
    coalesce(json_agg(json_build_object('id', 'Story:' || story.id, 'number', story.id, 'title', story.title,
        'body', story.body, 'publishedAt', story.published_at, 'penName', story.pen_name,
        'progress', story.progress, 'responseCount', {RESPONSE_COUNT},
        'services', {SERVICES},
        'tags', {TAGS})), '[]'::json))))
from (
    select * from ({MATCHES}) as matches where (rank, id) < ($2, $3)
    order by rank desc, id desc limit 20) as story"""

NAME = """
select json_build_object('data', json_build_object('service', json_build_object('name', name)))
from service where slug = $1"""
