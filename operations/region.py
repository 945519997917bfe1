"""Which nation a postcode lies in, and from which country an IP address is (P26). Nothing of it is stored or logged."""

from iptocc import country_code

from models.database.connection import Connection
from models.region import Region

NATIONS = {
    "E": Region.ENGLAND,
    "N": Region.NORTHERN_IRELAND,
    "S": Region.SCOTLAND,
    "W": Region.WALES,
}
"""How the codes of areas begin (GSS)."""
NATION = """
select min(left(area.code, 1)) from postcode_area join area on area.id = postcode_area.area_id
where postcode_area.postcode = $1 having min(left(area.code, 1)) = max(left(area.code, 1))
"""


async def nation_of(connection: Connection, postcode: str) -> Region | None:
    """The nation in which a postcode lies; None where the directory has none, or more than one."""
    letter = await connection.fetchval(NATION, postcode)
    return NATIONS.get(letter)


def country_of(address: str) -> str | None:
    """The country of an IP address, by ISO 3166, e.g. `IE`; None where it is of no country, or no address.

    The data comes with the package `iptocc`, so nobody else learns who asks.
    """
    return country_code(address)
