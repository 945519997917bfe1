"""What a deployment can set of where its sites are, and of whose pages may ask (docs/site.md, docs/browsers.md)."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from models.region import Region

LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\]")
COUNTRY = re.compile(r"[A-Z]{2}")
ANY = "*"


class SiteSettings(BaseSettings):
    """The hosts and the neighbours of one process; part of its `Settings`."""

    hosts: str = Field(
        "",
        alias="CANDOUR_HOSTS",
        description="The hosts that are answered beside that of `CANDOUR_URL`, each with the region of its site, if it "
        "has one, e.g. `www.candour.example=ENGLAND, scotland.candour.example=SCOTLAND`. Without it any host in "
        "development, and only that of `CANDOUR_URL` in production.",
    )
    origins: str = Field(
        "",
        alias="CANDOUR_ORIGINS",
        description="Origins of other sites whose pages may ask (CORS), e.g. `https://app.example, "
        "http://localhost:3000`, or `*` for all. They sign people in by token: the session's cookie is never theirs.",
    )
    countries: str = Field(
        "IE=NORTHERN_IRELAND, IM=ENGLAND, JE=ENGLAND, GG=ENGLAND",
        alias="CANDOUR_COUNTRIES",
        description="Which region's site is suggested to visitors from which country (ISO 3166). `GB` alone tells no "
        "region.",
    )

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, value: str) -> str:
        for host, region in _pairs(value):
            if not HOST.fullmatch(host.lower()):
                raise ValueError("name hosts without scheme and port, e.g. www.candour.example=ENGLAND")
            _region(region, needed=False)
        return value

    @field_validator("origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        if not all(part == ANY or is_origin(part) for part in _parts(value)):
            raise ValueError("name origins as browsers do, without a path: https://app.example, http://localhost:3000")
        return value

    @field_validator("countries")
    @classmethod
    def _countries(cls, value: str) -> str:
        for country, region in _pairs(value):
            if not COUNTRY.fullmatch(country):
                raise ValueError("name countries by two capital letters, e.g. IE=NORTHERN_IRELAND")
            _region(region, needed=True)
        return value

    @property
    def region_by_host(self) -> Mapping[str, Region | None]:
        """The hosts that are named, with their regions, in their order."""
        found = {host.lower(): _region(region, needed=False) for host, region in _pairs(self.hosts)}
        return MappingProxyType(found)

    @property
    def region_by_country(self) -> Mapping[str, Region]:
        """Which region's site is suggested to whoever comes from a country."""
        found = {country: _region(region, needed=True) for country, region in _pairs(self.countries)}
        return MappingProxyType({country: region for country, region in found.items() if region is not None})

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The origins whose pages may ask; `*` stands for all."""
        return frozenset(_parts(self.origins))


def is_origin(text: str) -> bool:
    """Whether a text is an origin as browsers write it."""
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return False
    named = parts.netloc.removesuffix(port)
    return (
        parts.scheme in ("http", "https") and bool(HOST.fullmatch(named)) and text == f"{parts.scheme}://{named}{port}"
    )


def _parts(value: str) -> Iterator[str]:
    return filter(None, map(str.strip, value.split(",")))


def _pairs(value: str) -> Iterator[tuple[str, str]]:
    for part in _parts(value):
        name, _, region = part.partition("=")
        yield name.strip(), region.strip()


def _region(name: str, *, needed: bool) -> Region | None:
    if not name and not needed:
        return None
    if name not in Region.__members__:
        raise ValueError(f"a region is one of {', '.join(Region)}")
    return Region(name)
