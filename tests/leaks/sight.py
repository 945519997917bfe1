"""Who sees what: the access table once more, in plain Python, so that the policies are judged by something else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

SHOWN = frozenset({"PUBLISHED", "RESTRICTED"})
PROVIDED = SHOWN | {"PREVIEW"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks; a visitor has none of these."""

    account: str = ""
    roles: frozenset[str] = frozenset()
    purpose: str = ""
    bodies: frozenset[int] = frozenset()
    """The organisations that they are a member of."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the table asks of a row."""

    identity: str
    """Its global id."""
    owner: str | None
    """The account of its author, or of the person that it is about."""
    status: str = ""
    bodies: frozenset[int] = frozenset()
    """The organisations that answer for it: a story's, the one that responds, those that employ a person."""
    story: "Row | None" = None
    """The story that it belongs to."""


Rule = Callable[[Person, Row], bool]


def nobody(person: Person, row: Row) -> bool:
    return False


def own(person: Person, row: Row) -> bool:
    return bool(person.account) and person.account == row.owner


def colleague(person: Person, row: Row) -> bool:
    return bool(person.bodies & row.bodies)


def employed(person: Person, row: Row) -> bool:
    return bool(row.bodies)


def staff(person: Person, row: Row) -> bool:
    return row.status in PROVIDED and colleague(person, row)


def shown(person: Person, row: Row) -> bool:
    return row.status in SHOWN


def published(person: Person, row: Row) -> bool:
    return row.status == "PUBLISHED"


def role(name: str, *purposes: str) -> Rule:
    """People with this role, and with one of these purposes if there are any."""
    return lambda person, row: name in person.roles and (not purposes or person.purpose in purposes)


def either(*rules: Rule) -> Rule:
    return lambda person, row: any(rule(person, row) for rule in rules)


def both(*rules: Rule) -> Rule:
    return lambda person, row: all(rule(person, row) for rule in rules)


def kept(*rules: Rule) -> Rule:
    """One of these, of a story that was not withdrawn."""
    return both(lambda person, row: row.status != "WITHDRAWN", either(*rules))


def of_story(rule: Rule) -> Rule:
    """The same rule, of the story that a row belongs to."""
    return lambda person, row: row.story is not None and rule(person, row.story)


moderator, safe, admin = role("MODERATOR"), role("SAFEGUARDING"), role("ADMIN")
harm, abuse = role("SAFEGUARDING", "safeguarding"), role("ABUSE", "abuse")
request = role("DPO", "rights-request", "complaint")
dpo = role("DPO")
text = kept(published, own, staff, moderator, safe)
handled = kept(own, moderator, safe, both(role("DPO"), shown))
reply = both(lambda person, row: not row.bodies, of_story(own))
response = both(of_story(text), either(published, colleague, moderator, reply))

SIGHT: Mapping[str, Rule] = {
    "Story": kept(shown, own, staff, moderator, safe),
    **dict.fromkeys(("Story.title", "Story.body", "Story.tags", "Story.responses", "Story.responseCount"), text),
    **dict.fromkeys(("Story.ageGroup", "Story.authorRole", "Story.penName", "Story.progress", "Story.changes"), text),
    "Story.criticality": kept(staff, moderator, safe),
    "Story.submittedAt": either(handled, kept(staff)),
    "Story.moderationLog": handled,
    "Story.original": kept(own, moderator, safe),
    "Story.identifying": kept(moderator, safe),
    **dict.fromkeys(("Story.assignedToMe", "Story.assignedAt", "Story.moderationDueAt"), kept(moderator)),
    "Story.routedAreas": kept(own, staff, moderator, safe),
    "Story.routing": kept(own, staff, moderator, safe),
    "Story.author": kept(own, harm, both(request, shown)),
    "Story.postcode": kept(own, harm),
    "Story.ipAddress": kept(own, both(abuse, shown)),
    "Response": response,
    "Response.account": both(response, either(colleague, both(moderator, employed))),
    # The id alone is a handle: colleagues and moderators tell by it who writes for an organisation.
    "Account": either(own, harm, request, abuse, admin, colleague, both(moderator, employed)),
    **dict.fromkeys(("Account.createdAt", "Account.penName", "Account.email"), either(own, harm, request)),
    "Account.postcode": either(own, harm),
    "Account.ipAddresses": either(own, abuse),
    "Account.consents": either(own, request),
    **dict.fromkeys(("Account.memberships", "Account.roles"), either(own, admin)),
    **dict.fromkeys(("Account.demographics", "Account.stories"), own),
    **dict.fromkeys(("Account.readingHistory", "Account.similarExperiences"), own),
    **dict.fromkeys(("Account.sessions", "Account.secondFactor", "Account.pendingEmail", "Account.corrections"), own),
    **dict.fromkeys(("Account.dataExports", "Account.complaints"), own),
    "Account.accessLog": either(own, request),
    **dict.fromkeys(("Session", "Session.client", "Session.current", "DataExport", "DataExport.url"), own),
    **dict.fromkeys(("Account.alerts", "Alert"), own),
    **dict.fromkeys(
        ("Complaint", "Complaint.body", "Complaint.extensionReason", "Complaint.outcome"), either(own, dpo)
    ),
    "Complaint.email": either(own, request),
    **dict.fromkeys(("demographics id", "not in the API"), nobody),
}
"""Who reads a row at all (`Type`), and a field of it (`Type.field`) in clear; the rest is public with its row."""
