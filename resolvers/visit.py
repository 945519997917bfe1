"""`site`: by which of our hosts somebody came, and whether they may have meant the site of another nation (P26)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from models.database.connection import Connection
from models.region import Region
from operations.region import country_of, nation_of
from policies.viewer import Member, Viewer
from resolvers.answer import Visit
from resolvers.build import Build, Question, Selected
from resolvers.statement import Statement

if TYPE_CHECKING:
    from resolvers.executor import Executor

HOME = "{ viewer { account { postcode } } }"
SUGGESTING = frozenset({"suggestedRegion", "suggestedUrl"})


@dataclass(frozen=True)
class Regions:
    """The sites of a deployment: their hosts, the address of one of them, and what is suggested to which country."""

    url: str = ""
    by_host: Mapping[str, Region | None] = field(default_factory=dict)
    by_country: Mapping[str, Region] = field(default_factory=dict)

    @cached_property
    def urls(self) -> Mapping[Region, str]:
        """The address of each region's site: the first host that has it, reached as that of the settings is."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        found = [(region, f"{parts.scheme}://{host}{port}") for host, region in self.by_host.items() if region]
        return dict(reversed(found))


async def site_value(
    executor: "Executor", question: Question, selected: Selected, visit: Visit | None, viewer: Viewer, open_: Connection
) -> bytes:
    """The field with its selection, as JSON."""
    parts = Build(question).subfields(selected, "Site", selected.path)
    host = visit.host if visit else ""
    country = country_of(visit.address) if visit else None
    region = executor.regions.by_host.get(host)
    suggested = None
    if any(part.name in SUGGESTING for part in parts):
        suggested = await _suggested(executor, viewer, country, open_)
    if suggested == region:
        suggested = None
    found: dict[str, Any] = {
        "__typename": "Site",
        "host": host,
        "region": region,
        "suggestedRegion": suggested,
        "suggestedUrl": executor.regions.urls.get(suggested) if suggested else None,
        "country": country,
    }
    return orjson.dumps({part.key: found[part.name] for part in parts})


async def _suggested(executor: "Executor", viewer: Viewer, country: str | None, open_: Connection) -> Region | None:
    """The region where somebody is at home, or else the one that goes with the country from which they come."""
    postcode = await _postcode(executor, viewer, open_) if isinstance(viewer, Member) else None
    nation = await nation_of(open_, postcode) if postcode else None
    return nation or executor.regions.by_country.get(country or "")


async def _postcode(executor: "Executor", viewer: Member, open_: Connection) -> str | None:
    """The viewer's own postcode.

    SECURITY: asked for as they themselves could, so that the policies decide; opened in memory only. A purpose of use
    has no part in it.
    """
    own = replace(viewer, purpose=None, reference=None)
    operation = executor.documents.operation(HOME, None)
    values = operation.variables({})
    (part,) = executor.parts(operation, values, own)
    assert isinstance(part, Statement)
    found = await part.run(open_, values.coerced, own, executor.keyring)
    account = orjson.loads(found.json)["account"]
    return account["postcode"] if account else None
