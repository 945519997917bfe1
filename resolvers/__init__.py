"""How a question is answered: selection + access plan -> one SQL statement -> JSON.

Importing this package makes every type known to the planner.
"""

from resolvers import account, area, moderation, organisation, response, service, story, tag

__all__ = ["account", "area", "moderation", "organisation", "response", "service", "story", "tag"]
