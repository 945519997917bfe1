"""What types and fields are called where people read of them."""

import re
from collections.abc import Mapping

WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")
TITLES: Mapping[str, str] = {
    "Story": "Your stories",
    "StoryOriginal": "Your story as you sent it, where a moderator changed it",
    "WaitingStory": "A story that waits until you confirm it",
    "ModerationEntry": "How your story was moderated",
    "Response": "Responses, and your replies",
    "Change": "Changes that followed from your story",
    "Account": "Your account",
    "Demographics": "Your answers to the optional questions about you",
    "IpAddressUse": "IP addresses from which you wrote",
    "Consent": "What you agreed to",
    "Reading": "Stories that you have read",
    "SimilarExperience": "Stories that you marked as a similar experience",
    "Session": "Where you are signed in",
    "Rate": "How much your programs asked this site for",
    "SecondFactor": "Your authenticator app",
    "EmailChange": "A new email that waits until you confirm it",
    "Attempt": "Attempts to sign in as you",
    "Membership": "Your work for an organisation",
    "Alert": "Alerts that you set as a member of staff",
    "Mail": "E-mails to you",
    "Correction": "What you corrected",
    "Complaint": "Your complaints and requests",
    "DataExport": "Copies of your data",
    "DataExportPart": "The pieces of a copy",
    "Disclosure": "Disclosures on a risk of serious harm",
    "AccessLogEntry": "Who looked at private information about you",
    "AuditEvent": "The log of what those who run the site do",
    "PersonKey": "The key of your private information",
}
"""What each type is called, in the order in which the notice goes through them."""
NAMES: Mapping[str, str] = {
    "Attempt.address": "IP address, as a keyed hash",
    "Attempt.subject": "email or account, as a keyed hash",
    "AuditEvent.accountId": "who did it",
    "AuditEvent.count": "how often",
    "AuditEvent.disclosureId": "by which disclosure",
    "AuditEvent.personId": "whose information it was",
    "AuditEvent.request": "reference of the request",
    "Complaint.body": "what you wrote",
    "Complaint.overdue": "whether the answer is late",
    "Complaint.outcome": "the answer",
    "Complaint.extensionReason": "why it takes longer",
    "Response.account": "who wrote it",
    "Response.rejection": "why it was turned down",
    "Story.assignedAt": "since when a moderator has it",
    "Story.assignedToMe": "whether a moderator has it",
    "Story.author": "who wrote it",
    "Story.body": "what you wrote",
    "Story.changes": "changes that followed",
    "Story.criticality": "how serious a moderator finds it",
    "Story.idempotencyHash": "a keyed hash that tells a repetition",
    "Story.identifying": "what in it could identify somebody",
    "Story.markedSimilar": "whether you marked it as similar",
    "Story.moderationLog": "how it was moderated",
    "Story.moderatorId": "which moderator has it",
    "Story.original": "what you sent, if a moderator changed it",
    "Story.progress": "how far it has got",
    "Story.responseCount": "how many responses it has",
    "Story.restriction": "why its text is hidden",
    "Story.routedAreas": "areas to which your postcode brought it",
    "Story.routing": "whether your postcode is known",
    "Story.services": "services that it is about",
    "Story.similarExperienceCount": "how many people marked it as similar",
    "StoryOriginal.body": "what you wrote",
    "WaitingStory.content": "what you sent",
    "WaitingStory.idempotencyHash": "a keyed hash that tells a repetition",
    "Account.accessLog": "who looked at private information about you",
    "Account.demographics": "your answers to the optional questions",
    "Account.pendingEmail": "a new email that waits for you to confirm it",
    "Account.secondFactor": "whether you use an authenticator app",
    "Disclosure.account": "whose information it is",
    "Disclosure.wantedUntil": "until when it was asked for",
    "Disclosure.withheldReason": "why it is kept from the person",
    "Disclosure.withheldUntil": "until when it is kept from the person",
    "IpAddressUse.use": "what you did from there",
    "PersonKey.wrapped": "the key itself, encrypted",
    "acknowledgedAt": "when we confirmed it",
    "account": "person",
    "address": "IP address",
    "body": "text",
    "client": "browser or app",
    "content": "content",
    "current": "whether it is the one that you use now",
    "dueAt": "by when it is due",
    "emailHash": "email, as a keyed hash",
    "expiresAt": "when it ends",
    "givenBy": "how you were asked",
    "granted": "whether you agreed",
    "happenedAt": "when it happened",
    "id": "number in our records",
    "ipAddress": "IP address",
    "ipAddresses": "IP addresses",
    "moderationDueAt": "by when it should be moderated",
    "noticeVersion": "which version of this notice you were shown",
    "number": "number by which it is known",
    "overdue": "whether it is late",
    "purgeAfter": "when it is deleted",
    "reviewDueAt": "by when it is to be reviewed",
    "settlesAt": "until when it can be changed",
    "subject": "which record it was",
    "url": "link",
}
"""Names that are no plain words; those with a type go before those without."""


def title(type_name: str) -> str:
    """What a type is called."""
    return TITLES.get(type_name) or WORD.sub(" ", type_name)


def in_words(type_name: str, field: str) -> str:
    """What a field is called: `penName` becomes `pen name`, `createdAt` when it was created."""
    known = NAMES.get(f"{type_name}.{field}") or NAMES.get(field)
    words = WORD.sub(" ", field).lower()
    return known or (f"when it was {words.removesuffix(' at')}" if words.endswith(" at") else words)
