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
    recipient: bool = False
    """Whether something is disclosed to one of these, which they manage."""


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
    acts: bool = False
    """Whether it is the account of somebody who asks in these tests, and so may be on the audit log."""
    told: frozenset[tuple[str, int]] = frozenset()
    """Fields that active disclosures of it name, each with the organisation that may read it; "Story" for its text."""
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


def acting(person: Person, row: Row) -> bool:
    return row.acts


def staff(person: Person, row: Row) -> bool:
    return row.status in PROVIDED and colleague(person, row)


def shown(person: Person, row: Row) -> bool:
    return row.status in SHOWN


def published(person: Person, row: Row) -> bool:
    return row.status == "PUBLISHED"


def disclosed(name: str) -> Rule:
    """Those who manage an organisation to which a field of this row is disclosed."""
    return lambda person, row: person.recipient and any((name, body) in row.told for body in person.bodies)


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
told = both(lambda person, row: row.status != "REJECTED", disclosed("Story"))
text = kept(published, own, staff, moderator, safe, told)
decided = both(lambda person, row: row.owner != person.account, either(safe, dpo))
shown_to_person = both(own, lambda person, row: row.status == "SHOWN")
handled = kept(own, moderator, safe, both(role("DPO"), shown))
reply = both(lambda person, row: not row.bodies, of_story(own))
response = both(of_story(text), either(published, colleague, moderator, reply))

SIGHT: Mapping[str, Rule] = {
    "Story": kept(shown, own, staff, moderator, safe, told),
    **dict.fromkeys(("Story.title", "Story.body", "Story.tags", "Story.responses", "Story.responseCount"), text),
    **dict.fromkeys(("Story.ageGroup", "Story.authorRole", "Story.penName", "Story.progress", "Story.changes"), text),
    "Story.criticality": kept(staff, moderator, safe, told),
    "Story.submittedAt": either(handled, kept(staff, told)),
    "Story.moderationLog": handled,
    "Story.original": kept(own, moderator, safe),
    "Story.identifying": kept(moderator, safe),
    **dict.fromkeys(("Story.assignedToMe", "Story.assignedAt", "Story.moderationDueAt"), kept(moderator)),
    "Story.routedAreas": kept(own, staff, moderator, safe, told),
    "Story.routing": kept(own, staff, moderator, safe, told),
    "Story.author": kept(own, harm, both(request, shown), both(told, disclosed("Story.author"))),
    "Story.postcode": kept(own, harm, both(told, disclosed("Story.postcode"))),
    "Story.ipAddress": kept(own, both(abuse, shown), both(told, disclosed("Story.ipAddress"))),
    "Response": response,
    "Response.account": both(response, either(colleague, both(moderator, employed))),
    # The id alone is a handle: colleagues and moderators tell by it who writes for an organisation.
    # So is who did what is on the audit log.
    "Account": either(
        own,
        harm,
        request,
        abuse,
        admin,
        colleague,
        both(moderator, employed),
        both(dpo, acting),
        disclosed("Account.id"),
    ),
    "AuditEvent": dpo,
    "AuditEvent.personId": request,
    "AuditEvent.happenedAt": either(own, dpo),
    **{
        name: either(own, harm, request, disclosed(name))
        for name in ("Account.createdAt", "Account.penName", "Account.email")
    },
    "Account.postcode": either(own, harm, disclosed("Account.postcode")),
    "Account.ipAddresses": either(own, abuse, disclosed("Account.ipAddresses")),
    "Account.disclosures": either(own, request),
    **dict.fromkeys(("Disclosure", "Disclosure.grounds"), either(decided, shown_to_person, disclosed("Disclosure"))),
    **dict.fromkeys(("Disclosure.withheldReason", "Disclosure.note"), either(decided, shown_to_person)),
    "Account.consents": either(own, request),
    **dict.fromkeys(("Account.memberships", "Account.roles"), either(own, admin)),
    **dict.fromkeys(("Account.demographics", "Account.stories"), own),
    **{name: either(own, disclosed(name)) for name in ("Account.readingHistory", "Account.similarExperiences")},
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
