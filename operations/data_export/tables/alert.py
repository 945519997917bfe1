"""What the person, as staff, wants to hear of, and what they were told."""

from models.base import metadata
from operations.data_export.table import NAMED, PERSON, YOURS, Column, Table
from operations.retention import kept

alert = metadata.tables["alert"]
match = metadata.tables["alert_match"]
service = metadata.tables["service"]
organisation = metadata.tables["organisation"]
area = metadata.tables["area"]
tag = metadata.tables["tag"]

TABLES = (
    Table(
        "alerts",
        "Of which stories you want to hear by e-mail, as a member of staff.",
        "to tell you of stories that you need to see (P22)",
        kept("alert"),
        alert.outerjoin(service, alert.c.service_id == service.c.id)
        .outerjoin(organisation, alert.c.organisation_id == organisation.c.id)
        .outerjoin(area, alert.c.area_id == area.c.id)
        .outerjoin(tag, alert.c.tag_id == tag.c.id),
        alert.c.account_id == PERSON,
        (alert.c.created_at, alert.c.id),
        (
            Column("alert", alert.c.id, "its number, as in alert_matches"),
            Column("name", alert.c.name, "what you call it"),
            Column("frequency", alert.c.frequency, "when e-mails are sent"),
            Column("created_at", alert.c.created_at, "when you set it"),
            Column("search", alert.c.search, "words in title and text"),
            Column("service", service.c.name, "the service that stories are about"),
            Column("organisation", organisation.c.name, "the organisation that stories are about"),
            Column("area", area.c.name, "the area in which the services lie"),
            Column("tag_kind", tag.c.kind, "the question that the tag answers"),
            Column("tag", tag.c.label, "the tag that stories bear"),
            Column("region", alert.c.region, "the nation"),
            Column("age_group", alert.c.age_group, "the age group of the author"),
            Column("author_role", alert.c.author_role, "in what role the author writes"),
            Column("progress", alert.c.progress, "how far the story has got"),
            Column("routing", alert.c.routing, "what became of the author's postcode"),
            Column("criticality_from", alert.c.criticality_from, "the least criticality"),
            Column("criticality_to", alert.c.criticality_to, "the greatest criticality"),
        ),
        {
            "alert.account_id": YOURS,
            "alert.words": "the words that are looked for again, for the search",
            "alert.anchor": "the narrowest of the conditions again, to find alerts quickly",
            **{f"alert.{name}_id": NAMED for name in ("service", "organisation", "area", "tag")},
        },
    ),
    Table(
        "alert_matches",
        "Stories that met your alerts.",
        "to tell you of each story once (P22)",
        kept("alert_match"),
        match.join(alert, match.c.alert_id == alert.c.id),
        alert.c.account_id == PERSON,
        (match.c.matched_at, match.c.alert_id, match.c.story_id),
        (
            Column("alert", match.c.alert_id, "the number of the alert"),
            Column("story", match.c.story_id, "the number of the story"),
            Column("matched_at", match.c.matched_at, "when it met the alert"),
            Column("due_at", match.c.due_at, "when an e-mail was due"),
            Column("told_at", match.c.told_at, "when you were told, or it turned out that you may not see it any more"),
        ),
    ),
)
