"""The words of this project: one singular stem per concept, the same in every layer."""

CONCEPTS = {
    "story", "service", "organisation", "area", "response", "account", "membership", "moderation", "consent",
    "disclosure", "audit", "statistics", "feed", "alert", "partner", "complaint", "tag", "change", "session",
    "demographics", "reading", "similar", "tombstone", "region", "viewer",
    "correction", "data_export", "second_factor", "attempt", "confirmation", "event", "mail", "job", "privacy_notice",
    "rate",
}  # fmt: skip
SINGULAR_IN_S = frozenset({"statistics", "demographics", "access"})

# Other words for a concept, in which nothing is named.
INSTEAD_OF = {
    "organization": "organisation", "provider": "organisation", "place": "service", "user": "account",
    "person": "account", "reply": "response", "answers": "response", "label": "tag", "login": "session",
    "statistic": "statistics", "post": "story", "review": "story", "opinion": "story",
    "member": "membership", "actor": "viewer",
}  # fmt: skip

# In these layers a file is a concept's, or one of these.
BESIDES = {
    "models": "base secret database key transition watch",
    "schema": "access api base connection context documentation endpoint mutation policy problem query range scalar site "
    "subscription",
    "docs": "access bench browsers caching client decisions documents errors import limits operation planner policy promises "
    "schema settings site",
}
POLICIES_BESIDES = frozenset({"grant", "open", "query"})
