"""How a question is answered: selection + access plan -> one SQL statement -> JSON.

Importing this package makes every type known to the planner.
"""

from resolvers import (
    account,
    alert,
    area,
    audit,
    complaint,
    correction,
    data_export,
    disclosure,
    moderation,
    organisation,
    response,
    service,
    session,
    story,
    tag,
)

__all__ = [
    "account",
    "alert",
    "area",
    "audit",
    "complaint",
    "correction",
    "data_export",
    "disclosure",
    "moderation",
    "organisation",
    "response",
    "service",
    "session",
    "story",
    "tag",
]
