"""How an account's fields are found."""

from typing import Any

from sqlalchemy import Uuid, exists, func, select

from models import (
    AccessLogEntry,
    Account,
    Alert,
    Complaint,
    Consent,
    Correction,
    DataExport,
    Demographics,
    Disclosure,
    EmailChange,
    IpAddressUse,
    Membership,
    Organisation,
    Reading,
    SecondFactor,
    Session,
    SimilarExperience,
    Story,
)
from resolvers.build import Build
from resolvers.connection import Connection, Listing
from resolvers.identity import global_id
from resolvers.key import moment_key, number_key
from resolvers.listing import story_listing
from resolvers.mail import MailPreferences
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import Many, One, text_literal
from resolvers.secret import Secret
from resolvers.viewer import of_viewer

Arguments = dict[str, Any]


def _secret(column: str) -> Secret:
    return Secret(f"account.{column}", lambda a: getattr(a, column), lambda a: a.id, lambda a: a.id)


def _addresses(build: Build, row: Row, arguments: Arguments) -> Source:
    use = fresh(IpAddressUse)
    return Source(use, [use.account_id == row.id], order=[use.used_at.desc(), use.id])


def _sessions(build: Build, row: Row, arguments: Arguments) -> Source:
    session = fresh(Session)
    live = session.expires_at > func.statement_timestamp()
    return Source(session, [session.account_id == row.id, live], order=[session.created_at.desc(), session.id])


def _corrections(build: Build, row: Row, arguments: Arguments) -> Source:
    correction = fresh(Correction)
    return Source(correction, [correction.account_id == row.id], order=[correction.id.desc()])


def _data_exports(build: Build, row: Row, arguments: Arguments) -> Source:
    copy = fresh(DataExport)
    return Source(copy, [copy.account_id == row.id], order=[copy.requested_at.desc(), copy.id])


def _alerts(build: Build, row: Row, arguments: Arguments) -> Source:
    alert = fresh(Alert)
    return Source(alert, [alert.account_id == row.id], order=[alert.created_at.desc(), alert.id])


def _disclosures(build: Build, row: Row, arguments: Arguments) -> Source:
    disclosure = fresh(Disclosure)
    return Source(disclosure, [disclosure.account_id == row.id], order=[disclosure.number.desc()])


def _complaints(build: Build, row: Row, arguments: Arguments) -> Source:
    complaint = fresh(Complaint)
    return Source(complaint, [complaint.account_id == row.id], order=[complaint.number.desc()])


def _access_log(build: Build, row: Row, arguments: Arguments) -> Listing:
    def rows() -> Source:
        entry = fresh(AccessLogEntry)
        return Source(entry, [entry.person_id == row.id])

    return Listing(rows, (number_key(lambda e: e.id),), descending=True, signature=lambda _: "Account.accessLog")


def _second_factor(row: Row) -> Any:
    factor = fresh(SecondFactor)
    return exists().where(factor.account_id == row.id, factor.confirmed_at.is_not(None)).correlate_except(factor)


def _pending_email() -> Secret:
    """The email that waits for its confirmation, where there is one."""

    def sealed(row: Row) -> Any:
        change = fresh(EmailChange)
        waiting = [change.account_id == row.id, change.expires_at > func.statement_timestamp()]
        return select(change.email).where(*waiting).correlate_except(change).scalar_subquery()

    return Secret("email_change.email", sealed, lambda a: a.id, lambda a: a.id)


def _demographics(build: Build, row: Row) -> Source:
    """Found by the id that only the person's own key reveals: so only for the viewer's own account."""
    answers = fresh(Demographics)
    mine = build.computed(lambda _variables, viewer: of_viewer(viewer, "demographics_id"), Uuid())
    me = build.computed(lambda _variables, viewer: of_viewer(viewer, "account_id"), Uuid())
    return Source(answers, [answers.id == mine, row.id == me])


def _consents(build: Build, row: Row, arguments: Arguments) -> Source:
    consent = fresh(Consent)
    return Source(consent, [consent.account_id == row.id], order=[consent.id])


def _memberships(build: Build, row: Row, arguments: Arguments) -> Source:
    membership = fresh(Membership)
    return Source(membership, [membership.account_id == row.id], order=[membership.id])


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


def _story(build: Build, row: Row) -> Source:
    story = fresh(Story)
    return Source(story, [story.id == row.story_id])


def _stories(build: Build, row: Row, arguments: Arguments) -> Listing:
    def rows() -> Source:
        story = fresh(Story)
        return Source(story, [story.author_id == row.id])

    return story_listing(build, "Account.stories", arguments, rows)


def _readings(build: Build, row: Row, arguments: Arguments) -> Listing:
    def rows() -> Source:
        reading = fresh(Reading)
        return Source(reading, [reading.account_id == row.id])

    keys = (moment_key(lambda r: r.read_at), number_key(lambda r: r.story_id))
    return Listing(rows, keys, descending=True, signature=lambda _: "Account.readingHistory")


def _similar(build: Build, row: Row, arguments: Arguments) -> Listing:
    def rows() -> Source:
        story, mark = fresh(Story), fresh(SimilarExperience)
        return Source(story, [mark.account_id == row.id], [(mark, mark.story_id == story.id)])

    return story_listing(build, "Account.similarExperiences", arguments, rows)


register(
    "Account",
    TypeMap(
        Account,
        {
            "id": Column(lambda a: global_id("Account", a.id)),
            "createdAt": Column(lambda a: a.created_at),
            "penName": _secret("pen_name"),
            "email": _secret("email"),
            "postcode": _secret("postcode"),
            "ipAddresses": Many("IpAddressUse", _addresses),
            "demographics": One("Demographics", _demographics),
            "consents": Many("Consent", _consents),
            "stories": Connection("Story", _stories),
            "readingHistory": Connection("Reading", _readings),
            "similarExperiences": Connection("Story", _similar),
            "memberships": Many("Membership", _memberships),
            "roles": Column(lambda a: a.roles),
            "sessions": Many("Session", _sessions),
            "secondFactor": Column(_second_factor),
            "pendingEmail": _pending_email(),
            "corrections": Many("Correction", _corrections),
            "dataExports": Many("DataExport", _data_exports),
            "complaints": Many("Complaint", _complaints),
            "disclosures": Many("Disclosure", _disclosures),
            "alerts": Many("Alert", _alerts),
            "mailPreferences": MailPreferences(),
            "accessLog": Connection("AccessLogEntry", _access_log),
        },
        subject=lambda a: global_id("Account", a.id),
    ),
)

register(
    "IpAddressUse",
    TypeMap(
        IpAddressUse,
        {
            "address": Secret("ip_address_use.address", lambda u: u.address, lambda u: u.id, lambda u: u.account_id),
            "usedAt": Column(lambda u: u.used_at),
            "use": Column(lambda u: u.use),
        },
        subject=lambda u: global_id("Account", u.account_id),
        row_field="address",
    ),
)

register(
    "Demographics",
    TypeMap(
        Demographics,
        {
            "gender": Column(lambda d: d.gender),
            "birthYear": Column(lambda d: d.birth_year),
            "ethnicGroup": Column(lambda d: d.ethnic_group),
            "limitedByCondition": Column(lambda d: d.limited_by_condition),
        },
        subject=lambda d: text_literal("Account"),
        row_field="gender",
    ),
)

register(
    "Consent",
    TypeMap(
        Consent,
        {
            "purpose": Column(lambda c: c.purpose),
            "granted": Column(lambda c: c.granted),
            "givenAt": Column(lambda c: c.given_at),
            "noticeVersion": Column(lambda c: c.notice_version),
            "givenBy": Column(lambda c: c.given_by),
        },
        subject=lambda c: global_id("Account", c.account_id),
        row_field="purpose",
    ),
)

register(
    "Membership",
    TypeMap(
        Membership,
        {"role": Column(lambda m: m.role), "organisation": One("Organisation", _organisation)},
        subject=lambda m: global_id("Account", m.account_id),
        row_field="role",
    ),
)

register(
    "Reading",
    TypeMap(
        Reading,
        {"readAt": Column(lambda r: r.read_at), "story": One("Story", _story)},
        subject=lambda r: global_id("Account", r.account_id),
        row_field="readAt",
    ),
)
