"""Who read what is private: of the person, and, where they work for the site, by the person."""

from models.base import metadata
from operations.data_export.table import NAMED, OTHERS, PERSON, ROW, YOURS, Column, Table

entry = metadata.tables["audit_event"]
organisation = metadata.tables["organisation"]
KEPT = "as long as we must be able to answer for it"

TABLES = (
    Table(
        "access_log",
        "Who read private data of yours: in which role, what, and why.",
        "so that you can see it (P14), and we can answer for it",
        KEPT,
        entry.outerjoin(organisation, entry.c.organisation_id == organisation.c.id),
        entry.c.person_id == PERSON,
        (entry.c.id,),
        (
            Column("happened_at", entry.c.happened_at, "when"),
            Column("roles", entry.c.roles, "the roles of who read it"),
            Column("organisation", organisation.c.name, "their organisation, if they have one"),
            Column("purpose", entry.c.purpose, "for what purpose"),
            Column("fields", entry.c.fields, "what they read"),
            Column("reasons", entry.c.reasons, "the rules that allow it"),
        ),
        {
            "audit_event.id": ROW,
            "audit_event.account_id": OTHERS,
            "audit_event.organisation_id": NAMED,
            "audit_event.person_id": YOURS,
            "audit_event.subject": "which of your rows it was in; fields says of what kind",
            "audit_event.reference": "the number of a case in the papers of who read it, which can concern others too",
        },
    ),
    Table(
        "access_by_you",
        "What you read of others' private data, if you work for the site; not whose it was.",
        "so that we can answer for it (P14)",
        KEPT,
        entry,
        entry.c.account_id == PERSON,
        (entry.c.id,),
        (
            Column("happened_at", entry.c.happened_at, "when"),
            Column("roles", entry.c.roles, "your roles at the time"),
            Column("purpose", entry.c.purpose, "the purpose that you stated"),
            Column("fields", entry.c.fields, "what you read"),
        ),
    ),
)
