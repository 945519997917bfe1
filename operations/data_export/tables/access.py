"""Who read what is private: of the person, and, where they work for the site, by the person."""

from sqlalchemy import or_
from sqlmodel import col, select

from models.audit import AuditKind
from models.base import metadata
from models.disclosure import Disclosure
from operations.data_export.table import NAMED, OTHERS, PERSON, ROW, YOURS, Column, Table
from operations.retention import kept

entry = metadata.tables["audit_event"]
SEALED = "by what we find out whether somebody changed the record"
organisation = metadata.tables["organisation"]

# SECURITY: P09: a reading under a disclosure that is withheld from its person is told with it. Other events about a
# person (attempts, decisions about a disclosure) hold nothing that is not in what they are about.
TOLD = (entry.c.kind == AuditKind.READ) & or_(
    entry.c.disclosure_id.is_(None),
    select(Disclosure.id).where(col(Disclosure.id) == entry.c.disclosure_id, col(Disclosure.shown)).exists(),
)

TABLES = (
    Table(
        "access_log",
        "Who read private data of yours: in which role, what, and why.",
        "so that you can see it (P14), and we can answer for it",
        kept("audit_event"),
        entry.outerjoin(organisation, entry.c.organisation_id == organisation.c.id),
        (entry.c.person_id == PERSON) & TOLD,
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
            "audit_event.rules": "where in the policies the rules stand, which reasons says in words",
            "audit_event.request": "under which number the request is in the logs of the servers",
            "audit_event.disclosure_id": "which of the disclosures it was, which disclosures shows by its number",
            "audit_event.lane": SEALED,
            "audit_event.position": SEALED,
            "audit_event.seal": SEALED,
            "audit_event.reference": "the number of a case in the papers of who read it, which can concern others too",
        },
    ),
    Table(
        "access_by_you",
        "What you did that we keep a record of: if you work for the site or an organisation, such as what you read of "
        "others' private data (not whose it was); and what you asked for of others and were denied.",
        "so that we can answer for it (P14)",
        kept("audit_event"),
        entry,
        entry.c.account_id == PERSON,
        (entry.c.id,),
        (
            Column("happened_at", entry.c.happened_at, "when"),
            Column("kind", entry.c.kind, "what you did, or tried"),
            Column("roles", entry.c.roles, "your roles at the time"),
            Column("purpose", entry.c.purpose, "the purpose that you stated"),
            Column("fields", entry.c.fields, "what you read, asked for or changed"),
            Column("count", entry.c.count, "how often within ten seconds"),
        ),
    ),
)
