"""What was disclosed about the person on a risk of serious harm."""

from sqlmodel import col

from models.base import metadata
from models.disclosure import Disclosure
from operations.data_export.table import NAMED, OTHERS, PERSON, ROW, YOURS, Column, Table
from operations.retention import kept

disclosure = metadata.tables["disclosure"]
organisation = metadata.tables["organisation"]

TABLES = (
    Table(
        "disclosures",
        "Private data of yours that was disclosed to an organisation, or was to be.",
        "on an immediate risk of serious harm or loss of life, and to answer for it (P09)",
        kept("disclosure"),
        disclosure.join(organisation, disclosure.c.organisation_id == organisation.c.id),
        # SECURITY: P09: one that is withheld comes with the copies that are made after its date.
        (disclosure.c.account_id == PERSON) & col(Disclosure.shown),
        (disclosure.c.number,),
        (
            Column("number", disclosure.c.number, "its number"),
            Column("story", disclosure.c.story_id, "the number of the story that it was about, if it was one"),
            Column("fields", disclosure.c.fields, "what they could read"),
            Column("recipient", organisation.c.name, "the organisation to which it was disclosed"),
            Column("grounds", disclosure.c.grounds, "why it was needed"),
            Column("requested_at", disclosure.c.requested_at, "when it was asked for"),
            Column("wanted_until", disclosure.c.wanted_until, "until when it was asked for"),
            Column("approved_at", disclosure.c.approved_at, "when it was approved, so that they could read it"),
            Column("expires_at", disclosure.c.expires_at, "when it ended by itself"),
            Column("revoked_at", disclosure.c.revoked_at, "when it was ended before"),
            Column("withheld_until", disclosure.c.withheld_until, "until when you were not to see it"),
            Column("withheld_reason", disclosure.c.withheld_reason, "why you were not"),
            Column("reviewed_at", disclosure.c.reviewed_at, "when the data protection officer reviewed it"),
            Column("outcome", disclosure.c.outcome, "what they found"),
            Column("note", disclosure.c.note, "what they noted"),
        ),
        {
            "disclosure.id": ROW,
            "disclosure.account_id": YOURS,
            "disclosure.organisation_id": NAMED,
            **{f"disclosure.{name}_by": OTHERS for name in ("requested", "approved", "revoked", "reviewed")},
        },
    ),
)
