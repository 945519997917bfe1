"""The site of a region."""

import strawberry

from models.region import Region


@strawberry.type(
    description="The site by which the request came. What it suggests is worked out anew each time and kept nowhere."
)
class Site:
    """One of the hosts of a deployment."""

    host: str = strawberry.field(description="The host that was asked, without a port.")
    region: Region | None = strawberry.field(description="The region of this host; null where it has none of its own.")
    suggested_region: Region | None = strawberry.field(
        description="The region whose site the viewer may have meant: where the postcode of their account lies, or "
        "else the one that goes with the country of their IP address. Null where that is this site's own, or nothing "
        "is known."
    )
    suggested_url: str | None = strawberry.field(
        description="The address of the suggested region's site; null where there is none."
    )
    country: str | None = strawberry.field(
        description="The country of the viewer's IP address (ISO 3166, e.g. `IE`), looked up without asking anybody."
    )
