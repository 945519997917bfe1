"""What the person asked of us, and what was written to them."""

from models.base import metadata
from operations.data_export.table import HASH, PERSON, ROW, YOURS, Column, Table
from operations.retention import kept

correction = metadata.tables["correction"]
confirmation = metadata.tables["confirmation"]
change = metadata.tables["email_change"]
complaint = metadata.tables["complaint"]
export = metadata.tables["data_export"]
mail = metadata.tables["mail"]
refusal = metadata.tables["mail_refusal"]
waiting = metadata.tables["waiting_story"]

LINK = "to be sure that it is you who asks, by a link in an e-mail"
RIGHTS = "to answer for how your rights are kept"

TABLES = (
    Table(
        "corrections",
        "What you corrected about yourself; never from what to what.",
        f"{RIGHTS} (P15)",
        kept("correction"),
        correction,
        correction.c.account_id == PERSON,
        (correction.c.id,),
        (
            Column("field", correction.c.field, "what you changed or cleared"),
            Column("corrected_at", correction.c.corrected_at, "when"),
        ),
        {"correction.id": ROW, "correction.account_id": YOURS},
    ),
    Table(
        "confirmations",
        "Links in e-mails that you were asked to open.",
        LINK,
        kept("confirmation"),
        confirmation,
        confirmation.c.account_id == PERSON,
        (confirmation.c.created_at, confirmation.c.id),
        (
            Column("kind", confirmation.c.kind, "what the link confirms"),
            Column("created_at", confirmation.c.created_at, "when it was made"),
            Column("expires_at", confirmation.c.expires_at, "until when it works"),
            Column("used_at", confirmation.c.used_at, "when it was opened"),
        ),
        {"confirmation.id": ROW, "confirmation.account_id": YOURS, "confirmation.token_hash": HASH},
    ),
    Table(
        "waiting_stories",
        "Stories that somebody sent with your email, and that nobody has confirmed: they are in no list of anybody.",
        LINK,
        kept("waiting_story"),
        waiting,
        waiting.c.account_id == PERSON,
        (waiting.c.sent_at, waiting.c.id),
        (
            Column("content", waiting.c.content, "what was sent, with postcode and internet (IP) address, as JSON"),
            Column("sent_at", waiting.c.sent_at, "when it was sent"),
        ),
        {
            "waiting_story.id": ROW,
            "waiting_story.account_id": YOURS,
            "waiting_story.confirmation_id": "which link confirms it; the links are in confirmations",
            "waiting_story.idempotency_hash": HASH,
        },
    ),
    Table(
        "email_change",
        "A new email address that waits for confirmation.",
        LINK,
        kept("email_change"),
        change,
        change.c.account_id == PERSON,
        (change.c.requested_at,),
        (
            Column("email", change.c.email, "the new address"),
            Column("requested_at", change.c.requested_at, "when you asked for it"),
            Column("expires_at", change.c.expires_at, "by when it is to be confirmed"),
            Column("left_at", change.c.left_at, "when it was confirmed from the old address"),
            Column("taken_at", change.c.taken_at, "when it was confirmed from the new address"),
        ),
        {"email_change.account_id": YOURS, "email_change.email_hash": HASH},
    ),
    Table(
        "complaints",
        "Your complaints and the requests about your rights.",
        "to answer them, in time (P19)",
        kept("complaint"),
        complaint,
        complaint.c.account_id == PERSON,
        (complaint.c.number,),
        (
            Column("number", complaint.c.number, "its number"),
            Column("kind", complaint.c.kind, "what it is"),
            Column("email", complaint.c.email, "where the answer goes"),
            Column("body", complaint.c.body, "what you wrote"),
            Column("received_at", complaint.c.received_at, "when it came in"),
            Column("acknowledged_at", complaint.c.acknowledged_at, "when we told you that it came in"),
            Column("due_at", complaint.c.due_at, "by when it is to be answered"),
            Column("extended_at", complaint.c.extended_at, "when the time for it was extended"),
            Column("extension_reason", complaint.c.extension_reason, "why"),
            Column("answered_at", complaint.c.answered_at, "when it was answered"),
            Column("outcome", complaint.c.outcome, "the answer"),
        ),
        {"complaint.id": ROW, "complaint.account_id": YOURS},
    ),
    Table(
        "data_exports",
        "The copies that you asked for; this one still as being made.",
        f"{RIGHTS} (P16)",
        kept("data_export"),
        export,
        export.c.account_id == PERSON,
        (export.c.requested_at, export.c.id),
        (
            Column("status", export.c.status, "how far it has got"),
            Column("requested_at", export.c.requested_at, "when you asked for it"),
            Column("attempts", export.c.attempts, "how often we began to make it"),
            Column("ready_at", export.c.ready_at, "when it was ready"),
            Column("expires_at", export.c.expires_at, "when it is deleted, fetched or not"),
            Column("fetched_at", export.c.fetched_at, "when you fetched it"),
            Column("size", export.c.size, "the size of the ZIP file in bytes"),
        ),
        {
            "data_export.id": ROW,
            "data_export.account_id": YOURS,
            "data_export.fetched_in": "in which of your sessions you fetched it, so that you can resume",
            "data_export.token": "the end of the link to the copy, which opens it",
            "data_export.token_hash": HASH,
        },
    ),
    Table(
        "mails",
        "E-mails that were written to you.",
        "to tell you what you want or need to know (P21)",
        kept("mail"),
        mail,
        mail.c.account_id == PERSON,
        (mail.c.queued_at, mail.c.id),
        (
            Column("template", mail.c.template, "which e-mail"),
            Column("queued_at", mail.c.queued_at, "when it was written"),
            Column("due_at", mail.c.due_at, "when it is to be sent, or was"),
            Column("attempts", mail.c.attempts, "how often we tried"),
            Column("sent_at", mail.c.sent_at, "when it was sent"),
            Column("failed_at", mail.c.failed_at, "when we gave up"),
            Column("fault", mail.c.fault, "the kind of the last failure"),
        ),
        {
            "mail.id": ROW,
            "mail.account_id": YOURS,
            "mail.complaint_id": "only for people who complained without an account",
            "mail.content": "deleted once it is sent; until then it can hold a link that opens your account",
        },
    ),
    Table(
        "mail_refusals",
        "Topics on which you want no e-mails.",
        "to write to you about nothing else than what you want to know (P12)",
        kept("mail_refusal"),
        refusal,
        refusal.c.account_id == PERSON,
        (refusal.c.topic,),
        (
            Column("topic", refusal.c.topic, "what the e-mails would be about"),
            Column("refused_at", refusal.c.refused_at, "when you said so"),
        ),
        {"mail_refusal.account_id": YOURS},
    ),
)
