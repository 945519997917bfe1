"""The map as the seeders use it: which services there are, who runs them, and where a postcode leads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from models.area import AreaKind
from models.database.connection import Connection
from models.organisation import OrganisationKind
from models.region import Region
from operations.demo.dice import NOW, Dice

SERVICES = "select id, organisation_id, region::text from service where closed_on is null order by id"
ORGANISATIONS = "select id, kind::text, region::text from organisation where closed_on is null order by id"
AREAS = "select id, organisation_id, kind::text, valid_from, valid_to from area order by id"
POSTCODES = """
select postcode, array_agg(area_id order by area_id) as areas from postcode_area group by postcode
order by postcode collate "C"
"""
SUCCESSORS = "select area_id, successor_id from area_successor order by area_id, successor_id"
WHERE = "select service_id, area_id from service_area order by service_id, area_id"
TAKEN = "select postcode from service where postcode is not null"


@dataclass(frozen=True, slots=True)
class Place:
    """A service, the organisation that runs it and the areas where it stands."""

    service: int
    organisation: int
    region: Region
    areas: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """An area, with the days on which it was on the map."""

    id: int
    organisation: int | None
    kind: AreaKind
    valid_from: date
    valid_to: date | None

    def valid(self, day: date) -> bool:
        """Whether it was on the map that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Atlas:
    """Everything of it, read once."""

    settings: Mapping[str, Sequence[Place]]
    """Services by the setting that a written story names."""
    organisations: Mapping[int, tuple[OrganisationKind, Region]]
    areas: Mapping[int, Ground]
    postcodes: Mapping[str, tuple[int, ...]]
    """The areas of each postcode in the routing table."""
    predecessors: Mapping[int, Sequence[int]]
    public_postcodes: frozenset[str]
    """Those of services' own addresses."""

    _near: dict[int, list[str]] = field(default_factory=dict)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every service that a setting has, by id."""
        found = {place.service: place for places in self.settings.values() for place in places}
        return tuple(found[service] for service in sorted(found))

    @cached_property
    def run_by(self) -> dict[int, list[Place]]:
        """Services by organisation."""
        found: dict[int, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.organisation, []).append(place)
        return found

    @cached_property
    def districts(self) -> dict[int, list[str]]:
        """Postcodes by area on today's map."""
        found: dict[int, list[str]] = {}
        for postcode, areas in self.postcodes.items():
            for area in areas:
                if self.areas[area].valid(NOW.date()):
                    found.setdefault(area, []).append(postcode)
        return found

    @cached_property
    def regions(self) -> dict[Region, list[str]]:
        """Postcodes by the nation of the services around them."""
        nation = {area: place.region for place in self.places for area in place.areas}
        found: dict[Region, set[str]] = {}
        for area, postcodes in self.districts.items():
            if area in nation:
                found.setdefault(nation[area], set()).update(postcodes)
        return {region: sorted(postcodes) for region, postcodes in found.items()}

    def around(self, place: Place) -> list[str]:
        """Known postcodes near a service, or at least in its nation."""
        if place.service not in self._near:
            near = [postcode for area in place.areas for postcode in self.districts.get(area, ())]
            self._near[place.service] = near or self.regions.get(place.region, [])
        return self._near[place.service]

    def on(self, areas: Sequence[int], day: date, chance: Dice) -> tuple[int, ...]:
        """What today's `areas` were called on an earlier day: one predecessor each, where the map changed."""
        if self.predecessors.keys().isdisjoint(areas):
            return tuple(areas)
        return tuple(dict.fromkeys(self._once(area, day, chance) for area in areas))

    def _once(self, area: int, day: date, chance: Dice) -> int:
        if self.areas[area].valid(day):
            return area
        earlier = [old for old in self.predecessors.get(area, ()) if self.areas[old].valid(day)]
        return chance.choice(earlier) if earlier else area

    def trusts(self) -> list[int]:
        """England's hospital trusts, the one with most settings first."""
        settings = Counter(o for places in self.settings.values() for o in {p.organisation for p in places})
        hospital = (OrganisationKind.NHS_TRUST, Region.ENGLAND)
        found = [o for o, is_ in self.organisations.items() if is_ == hospital and settings[o]]
        return sorted(found, key=lambda organisation: (-settings[organisation], organisation))

    def first(self, kind: OrganisationKind) -> int:
        """The first organisation of its kind; ValueError if there is none."""
        for organisation, (its_kind, _) in self.organisations.items():
            if its_kind == kind:
                return organisation
        raise ValueError(f"the demo world has no organisation of kind {kind}")


async def read_atlas(connection: Connection, settings: Mapping[str, Sequence[int]]) -> Atlas:
    """The map in the database; `settings` gives services' ids by setting."""
    where = await _lists(connection, WHERE)
    places = {
        service: Place(service, organisation, Region(region), tuple(where.get(service, ())))
        for service, organisation, region in await connection.fetch(SERVICES)
    }
    return Atlas(
        settings={name: [places[s] for s in ids if s in places] for name, ids in sorted(settings.items())},
        organisations={
            id_: (OrganisationKind(kind), Region(region)) for id_, kind, region in await connection.fetch(ORGANISATIONS)
        },
        areas={
            id_: Ground(id_, organisation, AreaKind(kind), *days)
            for id_, organisation, kind, *days in await connection.fetch(AREAS)
        },
        postcodes={row["postcode"]: tuple(row["areas"]) for row in await connection.fetch(POSTCODES)},
        predecessors=_turned(await _lists(connection, SUCCESSORS)),
        public_postcodes=frozenset(row["postcode"] for row in await connection.fetch(TAKEN)),
    )


async def _lists(connection: Connection, statement: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, value in await connection.fetch(statement):
        found.setdefault(key, []).append(value)
    return found


def _turned(lists: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, values in lists.items():
        for value in values:
            found.setdefault(value, []).append(key)
    return found
