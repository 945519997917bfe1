"""How long what is held about people is kept, table by table: what the notice and the copy of one's data say (P13).

Lengths come from the operations that delete, and `ends` names the jobs that call them; a test compares both with the
jobs themselves. Whatever else a table holds goes with its person (P18).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from operations import attempt, complaint, expiry, publication, reading, registration, waiting
from operations.alert import purge as alert
from operations.data_export import deliver
from operations.disclosure import erase as disclosure
from operations.mail import purge as mail


@dataclass(frozen=True, slots=True)
class Retention:
    """`until` completes the sentence “Kept …”; `ends` are the jobs that delete, with the lengths that they wait."""

    until: str
    ends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def in_words(length: timedelta) -> str:
    """A length of whole days as people say it."""
    return "a day" if length.days == 1 else f"{length.days} days"


ACCOUNT = "until you delete your account"
STORY = "as long as the story"
ANSWERABLE = "as long as we must be able to answer for it"

LINK, WAITING = in_words(expiry.KEPT), in_words(waiting.LIFETIME)
UNCONFIRMED = in_words(registration.KEPT)
TOLD = in_words(alert.KEPT)
SENT = in_words(mail.KEPT)
FAILED, SUCCEEDED = in_words(attempt.FAILURES), in_words(attempt.FAMILIAR)
ORIGINAL, ANSWERED, DISCLOSED = publication.KEPT, complaint.KEPT, disclosure.KEPT
COPY = in_words(deliver.LIFETIME)

KEPT: Mapping[str, Retention] = MappingProxyType(
    {
        "account": Retention(
            f"until you correct it or delete your account; for {UNCONFIRMED} if nobody confirms the email",
            {"forget unconfirmed accounts": (UNCONFIRMED,)},
        ),
        "account.roles": Retention("until an administrator takes them back, or you delete your account"),
        "person_key": Retention("until you delete your account: without it, nothing private can be read any more"),
        "demographics": Retention("until you correct it or delete your account"),
        "ip_address_use": Retention(ACCOUNT),
        "consent": Retention(ACCOUNT),
        "session": Retention("until you sign out, or they end", {"purge sessions": ()}),
        "second_factor": Retention("until you switch it off"),
        "attempt": Retention(
            f"for {FAILED} if they failed, for {SUCCEEDED} if they succeeded",
            {"purge attempts": (FAILED, SUCCEEDED)},
        ),
        "rate": Retention("for about an hour after you asked for much within a minute", {"purge rates": ()}),
        "membership": Retention("until your organisation ends them, or you delete your account"),
        "story": Retention(
            "until you withdraw it or delete your account; a published story indefinitely otherwise",
        ),
        "story.moderator_id": Retention("until the moderator has decided, or gives the story back"),
        "story_original": Retention(
            f"for {ORIGINAL} after the story was published or turned down", {"purge originals": (ORIGINAL,)}
        ),
        "story_service": Retention(STORY),
        "story_area": Retention(STORY),
        "story_tag": Retention(STORY),
        "change": Retention(STORY),
        "moderation_entry": Retention(f"{STORY}; without the moderator's name once their account is deleted"),
        "response": Retention(
            f"{STORY}; if you wrote it, {ACCOUNT}; without the moderator's name once their account is deleted"
        ),
        "tombstone": Retention("indefinitely; it names nobody"),
        "event": Retention("as long as recipients need it; it names nobody"),
        "reading": Retention(
            f"until you clear it or delete your account, and only the latest {reading.KEPT} stories",
        ),
        "similar_experience": Retention("until you take the mark back or delete your account"),
        "alert": Retention("until you delete the alert or your account"),
        "alert_match": Retention(
            f"for {TOLD} after you were told, or until you delete the alert or your account",
            {"purge alert matches": (TOLD,)},
        ),
        "correction": Retention(ACCOUNT),
        "confirmation": Retention(f"for {LINK} after they expire", {"purge links": (LINK,)}),
        "waiting_story": Retention(
            f"until they are confirmed; the link works for {WAITING}, and {LINK} later the story is gone",
            {"purge links": (LINK,)},
        ),
        "email_change": Retention(f"until it is confirmed, or for {LINK} after it expires", {"purge links": (LINK,)}),
        "complaint": Retention(
            f"{ACCOUNT}; for {ANSWERED} after the answer, if you have none", {"forget complaints": (ANSWERED,)}
        ),
        "data_export": Retention(f"for {COPY} at most; that you asked for it, {ACCOUNT}"),
        "data_export.token": Retention(f"for {COPY} at most", {"expire data exports": ()}),
        "data_export_part": Retention(
            f"until you have fetched it, for {COPY} at most", {"expire data exports": ()}
        ),
        "mail": Retention(f"until they are sent; that they were sent, for {SENT}", {"forget mail": (SENT,)}),
        "mail_refusal": Retention("until you ask for these e-mails again, or delete your account"),
        "audit_event": Retention(ANSWERABLE),
        "disclosure": Retention(
            f"for {DISCLOSED} after it ended; without anything about you once you delete your account",
            {"forget disclosures": (DISCLOSED,)},
        ),
    }
)  # fmt: skip
"""By table, or by `table.column` where that differs."""


def retention(table: str, column: str = "") -> Retention:
    """How long something is kept; raises KeyError for what has no length here."""
    return KEPT.get(f"{table}.{column}") or KEPT[table]


def kept(table: str) -> str:
    """How long the rows of a table are kept, to complete the sentence “Kept …”."""
    return KEPT[table].until
