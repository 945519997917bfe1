"""More organisations and services, so that a big seed has about as many stories for each as a small one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.database.connection import Connection
from operations.demo.geography import open_services
from operations.imports.link import link_services

STORIES_A_SERVICE = 100
SERVICES_A_BODY = 8
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PATTERNS = """
select id, name, slug, region::text, specialties from service where id = any($1) order by id
"""
POSTCODES = """
select service.region::text, array_agg(distinct postcode_area.postcode order by postcode_area.postcode)
from service join service_area on service_area.service_id = service.id
join postcode_area on postcode_area.area_id = service_area.area_id group by service.region
"""
BODIES = """
insert into organisation (ods_code, name, slug, kind, region)
select code, name, slug, 'PRIVATE_PROVIDER', region::region
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as body (code, name, slug, region)
on conflict do nothing
"""
SERVICES = """
insert into service (ods_code, name, slug, organisation_id, region, specialties, postcode)
select made.code, made.name, made.slug, organisation.id, organisation.region, array[]::text[], made.postcode
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as made (code, name, slug, body, postcode)
join organisation on organisation.ods_code = made.body
order by made.code on conflict do nothing
"""
IDS = "select ods_code, id from service where ods_code is not null"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A service of the demo world after which others are made."""

    setting: str
    name: str
    slug: str
    region: str


@dataclass(frozen=True, slots=True)
class Made:
    """One service more, of the organisation with the code `body`."""

    code: str
    name: str
    slug: str
    body: str
    region: str
    postcode: str
    setting: str


async def add_services(connection: Connection, stories: int) -> Mapping[str, Sequence[int]]:
    """Have about one service for 100 stories; gives the open services by setting. Made again, they are the same."""
    known = await _ids(connection)
    settings = {setting: list(found) for setting, found in open_services(known).items()}
    wanted = stories // STORIES_A_SERVICE - sum(map(len, settings.values()))
    if wanted <= 0:
        return settings
    near = {region: found for region, found in await connection.fetch(POSTCODES)}
    made = _made(await _patterns(connection, settings), near, wanted)
    async with connection.transaction():
        await _write(connection, made)
    known = await _ids(connection)
    for service in made:
        settings[service.setting].append(known[service.code])
    return settings


async def _ids(connection: Connection) -> dict[str, int]:
    return {code: id_ for code, id_ in await connection.fetch(IDS)}


async def _patterns(connection: Connection, settings: Mapping[str, Sequence[int]]) -> list[Pattern]:
    setting_of = {service: setting for setting, services in settings.items() for service in services}
    rows = await connection.fetch(PATTERNS, list(setting_of))
    return [Pattern(setting_of[row["id"]], row["name"], row["slug"], row["region"]) for row in rows]


def _made(patterns: Sequence[Pattern], postcodes: Mapping[str, Sequence[str]], wanted: int) -> list[Made]:
    found: list[Made] = []
    by_region: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        by_region.setdefault(pattern.region, []).append(pattern)
    ordered = [pattern for region in sorted(by_region) for pattern in by_region[region]]
    for number in range(wanted):
        pattern = ordered[number % len(ordered)]
        near = postcodes[pattern.region]
        body = f"YB{_code(number // SERVICES_A_BODY)}{pattern.region[0]}"
        round_ = number // len(ordered) + 2
        found.append(
            Made(
                f"YA{_code(number)}",
                f"{pattern.name} {round_}",
                f"{pattern.slug}-{round_}-{_code(number).lower()}",
                body,
                pattern.region,
                near[number % len(near)],
                pattern.setting,
            )
        )
    return found


def _code(number: int) -> str:
    """Four characters of an invented ODS code."""
    digits = ""
    for _ in range(4):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


async def _write(connection: Connection, made: Sequence[Made]) -> None:
    bodies = {service.body: service.region for service in made}
    await connection.execute(
        BODIES,
        list(bodies),
        [f"Neighbourhood Care {code[2:]}" for code in bodies],
        [f"neighbourhood-care-{code[2:].lower()}" for code in bodies],
        list(bodies.values()),
    )
    columns = zip(*((s.code, s.name, s.slug, s.body, s.postcode) for s in made), strict=True)
    await connection.execute(SERVICES, *map(list, columns))
    await link_services(connection)
