"""`python -m bench.alert`: how long it takes to match 1,000 stories that are published at once with 100,000 alerts."""

import argparse
import asyncio
import time
from pathlib import Path

import asyncpg
from sqlalchemy.dialects import postgresql
from sqlmodel import text

from bench.world import DATA, prepare
from models.database.connection import Connection, engine, normalise, session_factory
from models.database.embedded import EmbeddedPostgres
from operations.alert.match import match_stories, statement

BASE = 10_000
"""Stories of the world on which organisations, staff and alerts are put."""
WORLD = (
    "select setseed(0.5)",
    """
    insert into organisation (ods_code, name, slug, kind, region)
    select 'ZB' || lpad(n::text, 5, '0'), 'Body ' || n, 'bench-body-' || n, 'PRIVATE_PROVIDER', 'ENGLAND'
    from generate_series(1, 2000) as n
    """,
    """
    insert into service (ods_code, name, slug, organisation_id, region, specialties)
    select 'ZS' || lpad(n::text, 6, '0'), 'Service ' || n, 'bench-service-' || n, organisation.id, 'ENGLAND', '{}'
    from generate_series(1, 20000) as n join organisation on ods_code = 'ZB' || lpad((n % 2000 + 1)::text, 5, '0')
    """,
    """
    insert into service_area (service_id, area_id)
    select service.id, places.ids[service.id % cardinality(places.ids) + 1]
    from service, (select array_agg(id order by id) as ids from area where valid_to is null) as places
    where service.ods_code like 'ZS%'
    """,
    """
    insert into account (id, created_at) select md5(n::text)::uuid, now() from generate_series(1, 30000) as n
    """,
    """
    insert into membership (account_id, organisation_id, role)
    select md5(n::text)::uuid, organisation.id, 'READER'
    from generate_series(1, 30000) as n join organisation on ods_code = 'ZB' || lpad((n % 2000 + 1)::text, 5, '0')
    """,
    # The newest stories are about services of all over the country.
    """
    update story_service set service_id = services.ids[1 + floor(random() * cardinality(services.ids))::int]
    from (select array_agg(id order by id) as ids from service where ods_code like 'ZS%') as services
    where story_id in (select id from story where status = 'PUBLISHED' order by shown_at desc, id desc limit 1000)
        and position = 0
    """,
)
ALERTS = """
insert into alert (id, account_id, name, frequency, service_id, organisation_id, area_id, tag_id, region, search,
    criticality_from, age_group)
select gen_random_uuid(), account_id, 'Alert ' || n, (array['AT_ONCE', 'DAILY', 'WEEKLY'])[1 + n % 3]::alertfrequency,
    case when kind < 0.70 then services[1 + floor(random() * cardinality(services))::int] end,
    case when kind between 0.70 and 0.92 then organisation_id end,
    case when kind between 0.92 and 0.96 then areas[1 + floor(random() * cardinality(areas))::int] end,
    case when kind between 0.96 and 0.99 then tags[1 + floor(random() * cardinality(tags))::int] end,
    case when kind > 0.995 then 'ENGLAND'::region end,
    case when more < 0.20 or kind between 0.99 and 0.9925
        then (array['waiting', 'surgery cancelled', '"out of hours"', 'pain or fall'])[1 + n % 4] end,
    case when more > 0.70 or kind between 0.9925 and 0.995 then 3 end,
    case when more between 0.60 and 0.65 then 'CHILD'::agegroup end
from (
    select n, membership.account_id, membership.organisation_id, random() as kind, random() as more,
        array(select id from service where service.organisation_id = membership.organisation_id) as services
    from generate_series(1, $1::int) as n join membership on membership.account_id = md5((n % 30000 + 1)::text)::uuid
) as wanted, (select array_agg(id) as areas from area where valid_to is null) as map, (
    select array_agg(tag_id) as tags from (
        select tag_id from story_tag group by tag_id order by count(*) desc limit 100) as usual) as words
"""
"""Alerts as staff set them: 70 in 100 of a service, 22 of an organisation, 4 of an area, 3 of a tag, 1 of any story;
30 of them with a criticality, 20 with a search."""
NEWEST = "select id from story where status = 'PUBLISHED' order by shown_at desc, id desc limit $1"
ANCHORS = "select split_part(anchor, ' ', 1) as kind, count(*) from alert group by kind order by kind"


async def fill(dsn: str, alerts: int) -> None:
    """Put services, staff and alerts on a demo world."""
    connection: Connection = await asyncpg.connect(normalise(dsn))
    try:
        for part in WORLD:
            await connection.execute(part)
        await connection.execute(ALERTS, alerts)
        await connection.execute("analyze")
        print({row["kind"]: row["count"] for row in await connection.fetch(ANCHORS)})
    finally:
        await connection.close()


async def measure(dsn: str, stories: int, rounds: int) -> None:
    """Match the newest stories, each time as if nobody had been told, and print how long it took."""
    connection: Connection = await asyncpg.connect(normalise(dsn))
    numbers = [row["id"] for row in await connection.fetch(NEWEST, stories)]
    await connection.close()
    opened = engine(dsn)
    try:
        for _ in range(rounds):
            async with session_factory(opened)() as session:
                began = time.perf_counter()
                found = await match_stories(session, numbers)
                print(f"{len(numbers)} stories, {found} matches: {time.perf_counter() - began:.2f} s", flush=True)
                await session.rollback()
    finally:
        await opened.dispose()


async def explain(dsn: str, stories: int) -> None:
    """Print the plan of the one statement, as it ran."""
    compiled = statement().compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    opened = engine(dsn)
    try:
        async with session_factory(opened)() as session:
            newest = text(NEWEST.replace("$1", str(stories)))
            numbers = [row[0] for row in await session.exec(newest)]  # type: ignore[call-overload]
            written = str(compiled) % {
                name: f"'{value}'" if value else "array[" + ",".join(map(str, numbers)) + "]"
                for name, value in compiled.params.items()
            }
            plan = await session.exec(text("explain (analyze, buffers) " + written.replace(":", "\\:")))  # type: ignore[call-overload]
            print("\n".join(row[0] for row in plan))
            await session.rollback()
    finally:
        await opened.dispose()


def main() -> None:
    """Make the world if it is not there, and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.alert", description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000, help="stories that are published at once")
    parser.add_argument("--alerts", type=int, default=100_000, help="alerts in all")
    parser.add_argument("--rounds", type=int, default=5, help="how often it is measured")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the databases")
    parser.add_argument("--explain", action="store_true", help="print the plan, and measure nothing")
    chosen = parser.parse_args()
    with EmbeddedPostgres(chosen.data) as cluster:
        base, name = prepare(cluster, BASE, fresh=False), f"alerts_{chosen.alerts}"
        cluster.dropdb(name)
        dsn = cluster.createdb(name, base.name)
        try:
            asyncio.run(fill(dsn, chosen.alerts))
            asyncio.run(explain(dsn, chosen.stories) if chosen.explain else measure(dsn, chosen.stories, chosen.rounds))
        finally:
            cluster.dropdb(name)


if __name__ == "__main__":
    main()
