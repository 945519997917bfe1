"""Which tables tell of their changes, so that whoever remembers an answer made of them forgets it."""

CHANNEL = "candour_change"
"""Where a transaction says, as it commits, which of these tables it changed: the table's name, and nothing of a row."""
WATCHED = frozenset(
    {
        "area",
        "area_successor",
        "change",
        "organisation",
        "postcode_area",
        "response",
        "service",
        "service_area",
        "story",
        "story_service",
        "story_tag",
        "tag",
    }
)
"""What a visitor's answers are made of; a migration gives each a trigger."""
