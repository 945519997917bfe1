"""`access`: which rule decides, for the viewer or for one that they describe; never the value itself."""

from resolvers.access.answer import access_decision

__all__ = ["access_decision"]
