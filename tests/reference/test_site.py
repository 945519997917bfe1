"""Which site fits whom: both executors say the same for everybody."""

from tests.reference.proof import Proof

SITE = "{ site { __typename host region suggestedRegion suggestedUrl country } }"


async def test_the_site_for_everybody(in_small: Proof) -> None:
    suggested = set()
    for viewer in in_small.viewers:
        assert await in_small.differences(SITE, {}, viewer) == [], str(viewer.kind)
        suggested.add((await in_small.planned(SITE, {}, viewer))["data"]["site"]["suggestedRegion"])
    assert suggested >= {None, "ENGLAND", "SCOTLAND"}
