"""What each field of each type holds, before anybody asks whether it may be shown."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import models
from policies.viewer import Member
from tests.reference.alert import ALERT, alerts
from tests.reference.complaint import COMPLAINT
from tests.reference.desk import DESK
from tests.reference.disclosure import DISCLOSURE, disclosures
from tests.reference.permission import permissions, settling
from tests.reference.place import Order

if TYPE_CHECKING:
    from tests.reference.reader import Reader

Arguments = Mapping[str, Any]
Field = Callable[["Reader", Any, Arguments], Any]
NEWEST: Callable[[Any], Any] = lambda s: (s.published_at or s.submitted_at, s.id)  # noqa: E731
BY_SLUG: Callable[[Any], Any] = lambda row: (row.slug.encode(),)  # noqa: E731


def columns(*names: str) -> dict[str, Field]:
    """Fields that are a column of the same name in the other spelling."""
    return {name: _column("".join(f"_{c.lower()}" if c.isupper() else c for c in name)) for name in names}


def _column(name: str) -> Field:
    return lambda reader, row, arguments: getattr(row, name)


def identity(reader: "Reader", row: Any, arguments: Arguments) -> str:
    return f"{type(row).__name__}:{row.id}"


def named(type_name: str, column: str) -> Field:
    """The global id in a column, or null where there is none."""
    return lambda reader, row, arguments: getattr(row, column) and f"{type_name}:{getattr(row, column)}"


def one(relation: str) -> Field:
    """A related row, or null where it is not there for the viewer."""
    return lambda reader, row, arguments: reader.one(getattr(row, relation))


def many(relation: str, key: Callable[[Any], Any]) -> Field:
    return lambda reader, row, arguments: reader.sight.visible(sorted(getattr(row, relation), key=key))


def secret(column: str, place: str, row_id: str, owner: str) -> Field:
    """A value that only its owner's key opens; null where the owner is erased."""

    def opened(reader: "Reader", row: Any, arguments: Arguments) -> str | None:
        person, value = _owner(row, owner), getattr(row, column)
        if person is None or value is None:
            return None
        return _open(reader, person.id, value, f"{place}:{getattr(row, row_id)}")

    return opened


def _open(reader: "Reader", person: UUID, value: bytes, place: str) -> str:
    key = reader.world.get(models.WrappedKey, id=person)
    return reader.keyring.open(key.wrapped, str(person)).decrypt(value, place)


def _owner(row: Any, path: str) -> Any:
    for step in path.split("."):
        row = getattr(row, step) if step else row
    return row


def stories(name: str, rows: Callable[["Reader", Any], Any]) -> Field:
    """Stories newest first, as a connection."""

    def found(reader: "Reader", row: Any, arguments: Arguments) -> Any:
        readable = [s for s in rows(reader, row) if reader.sight.clear(s, "publishedAt")]
        return reader.page(Order(f"{name}:NEWEST", NEWEST, descending=True), readable, arguments)

    return found


def restriction(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    found = {"reason": row.restriction_reason, "by": row.restriction_by}
    return None if row.restriction_reason is None else found


def tags(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    kind = arguments.get("kind")
    found = reader.sight.visible(reader.world.tags.get(row.id, []))
    return [tag for tag in found if kind is None or tag.kind == kind]


def responses(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    order = Order("Story.responses", lambda r: (r.published_at or r.created_at, r.id))
    return reader.page(order, reader.sight.visible(row.responses), arguments)


def readings(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    order = Order("Account.readingHistory", lambda r: (r.read_at, r.story_id), descending=True)
    return reader.page(order, reader.sight.visible(row.readings), arguments)


def demographics(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    opened = secret("demographics_id", "account.demographics_id", "id", "")(reader, row, {})
    return reader.one(reader.world.get(models.Demographics, id=UUID(opened))) if opened else None


def pending_email(reader: "Reader", row: Any, arguments: Arguments) -> str | None:
    change = row.email_change
    waits = change is not None and change.expires_at > reader.world.now
    return _open(reader, row.id, change.email, f"email_change.email:{row.id}") if waits else None


def sessions(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    live = [session for session in row.sessions if session.expires_at > reader.world.now]
    return reader.sight.visible(sorted(live, key=lambda s: (-s.created_at.timestamp(), s.id)))


def current(reader: "Reader", row: Any, arguments: Arguments) -> bool:
    return bool(row.id == getattr(reader.sight.viewer, "session_id", None))


def mail_preferences(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    refused = {refusal.topic for refusal in reader.world.all(models.MailRefusal) if refusal.account_id == row.id}
    return [{"topic": topic, "wanted": topic not in refused} for topic in models.MailTopic]


def access_log(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    entries = [entry for entry in reader.world.all(models.AccessLogEntry) if entry.person_id == row.id]
    order = Order("Account.accessLog", lambda e: (e.id,), descending=True)
    return reader.page(order, reader.sight.visible(entries), arguments)


def organisation_read_for(reader: "Reader", row: Any, arguments: Arguments) -> Any:
    return reader.one(reader.world.get(models.Organisation, id=row.organisation_id))


def address_of_copy(reader: "Reader", row: Any, arguments: Arguments) -> str | None:
    token = secret("token", "data_export.token", "id", "account")(reader, row, {})
    return f"{reader.address}/exports/{token}" if token else None


def marked(reader: "Reader", row: Any, arguments: Arguments) -> bool:
    viewer = reader.sight.viewer
    return isinstance(viewer, Member) and any(m.account_id == viewer.account_id for m in row.similar_experiences)


def _similar_count(reader: "Reader", row: Any, arguments: Arguments) -> int:
    return len(row.similar_experiences)


STORY: dict[str, Field] = {
    "id": identity,
    "number": _column("id"),
    **columns("status", "region", "title", "body", "submittedAt", "publishedAt", "ageGroup", "authorRole", "penName"),
    **columns("progress", "criticality", "routing"),
    "url": lambda reader, row, arguments: f"{reader.address}/stories/{row.id}",
    "restriction": restriction,
    "services": lambda reader, row, arguments: reader.sight.visible(reader.world.services.get(row.id, [])),
    "tags": tags,
    "responses": responses,
    "responseCount": lambda reader, row, arguments: len(reader.sight.visible(row.responses)),
    "changes": many("changes", lambda c: c.id),
    "similarExperienceCount": _similar_count,
    "markedSimilar": marked,
    "routedAreas": many("areas", lambda a: a.code),
    "original": one("original"),
    "moderationLog": many("moderation_log", lambda e: (e.done_at, e.id)),
    **DESK,
    "author": one("author"),
    "postcode": secret("postcode", "story.postcode", "id", "author"),
    "ipAddress": secret("ip_address", "story.ip_address", "id", "author"),
    "viewerCan": permissions,
}
ACCOUNT: dict[str, Field] = {
    "id": identity,
    **columns("createdAt", "roles"),
    "penName": secret("pen_name", "account.pen_name", "id", ""),
    "email": secret("email", "account.email", "id", ""),
    "postcode": secret("postcode", "account.postcode", "id", ""),
    "ipAddresses": many("ip_addresses", lambda u: (-u.used_at.timestamp(), u.id)),
    "demographics": demographics,
    "consents": many("consents", lambda c: c.id),
    "stories": stories("Account.stories", lambda reader, row: row.stories),
    "readingHistory": readings,
    "similarExperiences": stories(
        "Account.similarExperiences", lambda reader, row: [m.story for m in row.similar_experiences]
    ),
    "memberships": many("memberships", lambda m: m.id),
    "sessions": sessions,
    "secondFactor": lambda reader, row, arguments: bool(row.second_factor and row.second_factor.confirmed_at),
    "pendingEmail": pending_email,
    "corrections": many("corrections", lambda c: -c.id),
    "alerts": alerts,
    "dataExports": many("data_exports", lambda e: (-e.requested_at.timestamp(), e.id)),
    "complaints": many("complaints", lambda c: -c.number),
    "disclosures": disclosures,
    "mailPreferences": mail_preferences,
    "accessLog": access_log,
}
SERVICE: dict[str, Field] = {
    "id": identity,
    **columns("name", "slug", "odsCode", "region", "specialties", "postcode", "latitude", "longitude", "closedOn"),
    "organisation": one("organisation"),
    "parent": one("parent"),
    "children": many("children", BY_SLUG),
    "areas": many("areas", lambda a: a.code),
    "stories": stories("Service.stories", lambda reader, row: row.stories),
    "storyCount": lambda reader, row, arguments: len(reader.sight.visible(row.stories)),
}
ORGANISATION: dict[str, Field] = {
    "id": identity,
    **columns("name", "slug", "odsCode", "kind", "region", "openedOn", "closedOn"),
    "parent": one("parent"),
    "services": lambda reader, row, arguments: reader.page(
        Order("Organisation.services", BY_SLUG), reader.sight.visible(row.services), arguments
    ),
    "stories": stories(
        "Organisation.stories",
        lambda reader, row: list({story.id: story for service in row.services for story in service.stories}.values()),
    ),
}
FIELDS: Mapping[str, Mapping[str, Field]] = {
    "Story": STORY,
    "Account": ACCOUNT,
    "Service": SERVICE,
    "Organisation": ORGANISATION,
    "Area": {
        "id": identity,
        **columns("code", "name", "kind", "validFrom", "validTo"),
        "organisation": one("organisation"),
        "successors": many("successors", lambda a: a.code),
    },
    "Response": {
        "id": identity,
        **columns("status", "body", "publishedAt", "staffName", "jobTitle", "settlesAt", "rejection"),
        "viewerCan": settling,
        "organisation": one("organisation"),
        "account": one("account"),
    },
    "Change": {**columns("kind", "description", "publishedAt"), "organisation": one("organisation")},
    "Tag": columns("kind", "label"),
    "Membership": {**columns("role"), "organisation": one("organisation")},
    "Demographics": columns("gender", "birthYear", "ethnicGroup", "limitedByCondition"),
    "Consent": columns("purpose", "granted", "givenAt", "noticeVersion", "givenBy"),
    "IpAddressUse": {
        **columns("usedAt", "use"),
        "address": secret("address", "ip_address_use.address", "id", "account"),
    },
    "Session": {
        "id": identity,
        **columns("createdAt", "expiresAt", "secondFactor"),
        "client": secret("client", "session.client", "id", "account"),
        "current": current,
    },
    "Alert": ALERT,
    "Disclosure": DISCLOSURE,
    "Correction": columns("field", "correctedAt"),
    "DataExport": {
        "id": identity,
        **columns("status", "requestedAt", "readyAt", "expiresAt", "fetchedAt", "size"),
        "url": address_of_copy,
    },
    "Complaint": COMPLAINT,
    "AuditEvent": {
        "id": identity,
        **columns(
            "kind", "happenedAt", "roles", "purpose", "reference", "fields", "reasons", "rules", "request", "count"
        ),
        "organisation": organisation_read_for,
        "accountId": named("Account", "account_id"),
        "personId": named("Account", "person_id"),
        "disclosureId": named("Disclosure", "disclosure_id"),
        "subject": lambda reader, row, arguments: None if (row.subject or "").startswith("Account:") else row.subject,
    },
    "AccessLogEntry": {
        **columns("happenedAt", "roles", "fields", "purpose", "reasons"),
        "organisation": organisation_read_for,
    },
    "Reading": {**columns("readAt"), "story": one("story")},
    "ModerationEntry": columns("action", "doneAt", "note"),
    "StoryOriginal": {
        **columns("purgeAfter"),
        "title": secret("title", "story_original.title", "story_id", "story.author"),
        "body": secret("body", "story_original.body", "story_id", "story.author"),
    },
}
