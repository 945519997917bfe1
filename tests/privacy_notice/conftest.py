"""The policies of this tree, and what the notice says of them."""

import pytest

from models.privacy_notice import Topics
from policies.plan import Policies
from resolvers.privacy_notice import topics
from schema.api import core


@pytest.fixture(scope="session")
def policies() -> Policies:
    """The policies that are installed."""
    return Policies.load()


@pytest.fixture(scope="session")
def said(policies: Policies) -> Topics:
    """What the notice says, by topic."""
    return topics(policies, core())
