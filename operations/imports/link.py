"""Which areas services lie in: from their postcodes and the routing table."""

from models.database.connection import Connection

LEAVE = """
delete from service_area using service
where service.id = service_area.service_id and not exists (
    select from postcode_area
    where postcode_area.postcode = service.postcode and postcode_area.area_id = service_area.area_id)
"""
ENTER = """
insert into service_area (service_id, area_id)
select service.id, postcode_area.area_id from service join postcode_area using (postcode)
order by 1, 2 on conflict do nothing
"""


async def link_services(connection: Connection) -> None:
    """Make every service a part of the areas of its postcode, and of no other."""
    await connection.execute(LEAVE)
    await connection.execute(ENTER)
