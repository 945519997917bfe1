"""Worlds that chance makes: rows, relations, memberships and erased authors in every combination.

The first story is always a published one whose author is erased.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from models import (
    Account,
    AgeGroup,
    Alert,
    AlertFrequency,
    Area,
    AreaKind,
    AuditKind,
    AuthorRole,
    Change,
    ChangeKind,
    Complaint,
    ComplaintKind,
    Consent,
    ConsentPurpose,
    Correction,
    DataExport,
    Demographics,
    Disclosure,
    IpAddressUse,
    Membership,
    MembershipRole,
    ModerationAction,
    ModerationEntry,
    Organisation,
    OrganisationKind,
    Reading,
    Region,
    Response,
    ResponseStatus,
    Service,
    Session,
    Story,
    StoryOriginal,
    StoryProgress,
    StoryStatus,
    Tag,
    TagKind,
)
from models.disclosure import DISCLOSABLE, DisclosureOutcome
from policies.viewer import Anonymous, Kind, Member, System, Viewer, all_kinds
from tests.policies.people import access_log_entry, audit_event, state

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
RECENT = datetime.now(UTC) - timedelta(hours=2)
LATER = datetime(2126, 3, 29, 12, tzinfo=UTC)
Row = TypeVar("Row")


class World:
    """Rows in memory, related to each other as the database would relate them."""

    def __init__(self, random: Random, stories: int) -> None:
        self.random = random
        self.accounts = [Account(id=UUID(int=n), created_at=NOON, demographics_id=b"d") for n in range(1, 9)]
        self.answers = [Demographics(id=UUID(int=100 + n)) for n in range(1, 4)]
        self.organisations = [self._organisation(n) for n in range(1, 5)]
        self.memberships = list(self._memberships())
        self.services = [self._service(n) for n in range(1, 6)]
        self.areas = [self._area(n) for n in range(1, 5)]
        self.tags = [Tag(id=n, kind=TagKind.GOOD, label=f"label {n}") for n in (1, 2)]
        self.stories = [self._story(n) for n in range(1, stories + 1)]
        self.responses = [self._response(n) for n in range(1, 2 * stories + 1)]
        self.changes = [self._change(n) for n in range(1, stories + 1)]
        self.entries = [self._entry(n) for n in range(1, stories + 1)]
        self.originals = [StoryOriginal(story_id=s.id, title=b"t", body=b"b") for s in self._some(self.stories)]
        self.belongings = [row for account in self.accounts for row in self._belongings(account)]
        self.complaints = [self._complaint(n) for n in range(1, 9)]
        self.disclosures = [self._disclosure(n) for n in range(1, 3 * stories + 1)]
        self.looks = [access_log_entry(10_000 + n, **self._look()) for n in range(1, 2 * stories + 1)]
        self.events = [audit_event(20_000 + n, **self._look()) for n in range(1, 9)]
        self._relate()

    def rows(self) -> list[Any]:
        """Every row, the ones that others point to first."""
        return [
            *self.accounts, *self.answers, *self.organisations, *self.memberships, *self.services, *self.areas,
            *self.tags, *self.stories, *self.responses, *self.changes, *self.entries, *self.originals, *self.belongings,
            *self.complaints, *self.disclosures, *self.looks, *self.events,
        ]  # fmt: skip

    def viewers(self) -> list[Viewer]:
        """Somebody of every kind, with any of the accounts."""
        return [self._viewer(kind) for kind in all_kinds()]

    def _viewer(self, kind: Kind) -> Viewer:
        if kind.name != "Member":
            return Anonymous() if kind.name == "Anonymous" else System()
        answers = self.random.choice([*self.answers, None])
        account = self.random.choice(self.accounts)
        return Member(
            account.id,
            frozenset(kind.roles),
            kind.staff,
            kind.purpose,
            demographics_id=answers.id if answers else None,
            recipient=kind.recipient,
        )

    def _some(self, rows: Sequence[Row], most: int = 2) -> list[Row]:
        return self.random.sample(rows, self.random.randint(0, min(most, len(rows))))

    def _maybe(self, rows: Sequence[Row]) -> Row | None:
        return self.random.choice([*rows, None])

    def _organisation(self, number: int) -> Organisation:
        return Organisation(id=number, name="O", slug=f"o-{number}", kind=OrganisationKind.CHARITY, region=Region.WALES)

    def _memberships(self) -> Iterator[Membership]:
        number = 0
        for account in self.accounts:
            for organisation in self._some(self.organisations):
                number += 1
                role = self.random.choice(list(MembershipRole))
                yield Membership(
                    id=number,
                    account_id=account.id,
                    account=account,
                    organisation_id=organisation.id,
                    organisation=organisation,
                    role=role,
                )

    def _service(self, number: int) -> Service:
        organisation = self.random.choice(self.organisations)
        return Service(
            id=number,
            name="S",
            slug=f"s-{number}",
            organisation_id=organisation.id,
            organisation=organisation,
            region=Region.WALES,
        )

    def _area(self, number: int) -> Area:
        organisation = self._maybe(self.organisations)
        return Area(
            id=number,
            code=f"W1100000{number}",
            name="A",
            kind=AreaKind.HEALTH_BOARD,
            valid_from=date(2020, 1, 1),
            organisation_id=organisation.id if organisation else None,
            organisation=organisation,
        )

    def _story(self, number: int) -> Story:
        status, author = self.random.choice(list(StoryStatus)), self._maybe(self.accounts)
        if number == 1:
            status, author = StoryStatus.PUBLISHED, None
        gone, public = status == StoryStatus.WITHDRAWN, status in (StoryStatus.PUBLISHED, StoryStatus.RESTRICTED)
        return Story(
            id=number,
            status=status,
            region=Region.WALES,
            title=None if gone else "T",
            body=None if gone else "B",
            age_group=AgeGroup.ADULT,
            author_role=AuthorRole.CARER,
            progress=StoryProgress.RESPONDED,
            submitted_at=NOON,
            published_at=NOON if public else None,
            restriction_reason="R" if status == StoryStatus.RESTRICTED else None,
            author_id=author.id if author else None,
            author=author,
            services=self._some(self.services),
            areas=self._some(self.areas),
            tags=self._some(self.tags),
        )

    def _answer(self) -> dict[str, Any]:
        status, story = self.random.choice(list(ResponseStatus)), self.random.choice(self.stories)
        published = NOON if status == ResponseStatus.PUBLISHED else None
        return {"status": status, "published_at": published, "story_id": story.id, "story": story}

    def _response(self, number: int) -> Response:
        account, organisation = self._maybe(self.accounts), self._maybe(self.organisations)
        return Response(
            id=number,
            body="B",
            created_at=NOON,
            account_id=account.id if account else None,
            account=account,
            organisation_id=organisation.id if organisation else None,
            organisation=organisation,
            **self._answer(),
        )

    def _change(self, number: int) -> Change:
        organisation = self.random.choice(self.organisations)
        common = {"organisation_id": organisation.id, "organisation": organisation, **self._answer()}
        return Change(id=number, kind=ChangeKind.MADE, description="D", **common)

    def _entry(self, number: int) -> ModerationEntry:
        story = self.random.choice(self.stories)
        action = ModerationAction.EDITED
        return ModerationEntry(id=number, story_id=story.id, story=story, action=action, done_at=NOON)

    def _complaint(self, number: int) -> Complaint:
        """In any state, by somebody or nobody."""
        extended, answered = self._maybe([NOON]), self._maybe([NOON])
        return Complaint(
            id=UUID(int=300 + number),
            number=number,
            account_id=self._somebody(),
            kind=self.random.choice(list(ComplaintKind)),
            email=b"e",
            body=b"b",
            received_at=NOON,
            due_at=NOON,
            extended_at=extended,
            extension_reason=b"r" if extended else None,
            answered_at=answered,
            outcome=b"o" if answered else None,
        )

    def _disclosure(self, number: int) -> Disclosure:
        """In any state: wanted, lapsed, active, over, ended, reviewed, withheld; of a story's author or of anybody."""
        story = self._maybe(self.stories)
        account = story.author if story else self._maybe(self.accounts)
        asker, approver = self.random.sample(self.accounts, 2)
        asked, approved = self.random.choice((RECENT, NOON)), self.random.random() < 0.7
        ends = asked + self.random.choice((timedelta(hours=1), timedelta(days=7)))
        organisation = self.random.choice(self.organisations)
        reviewed, revoked = approved and self.random.random() < 0.3, self.random.random() < 0.2
        withheld = self._maybe([NOON, LATER])
        found = Disclosure(
            id=UUID(int=500 + number), number=number, story_id=story.id if story else None, story=story,
            account_id=account.id if account else None, account=account, fields=self._named(),
            organisation_id=organisation.id, organisation=organisation, requested_by=asker.id, requested_at=asked,
            wanted_until=None if approved else self._maybe([ends]), approved_by=approver.id if approved else None,
            approved_at=asked if approved else None, expires_at=ends if approved else None,
            revoked_at=asked if revoked else None, withheld_until=withheld,
            reviewed_at=asked if reviewed else None, outcome=DisclosureOutcome.JUSTIFIED if reviewed else None,
        )  # fmt: skip
        _tell(found)
        return found

    def _named(self) -> list[str]:
        return self.random.sample(DISCLOSABLE, self.random.choice((1, 5, len(DISCLOSABLE))))

    def _somebody(self) -> UUID | None:
        account = self._maybe(self.accounts)
        return account.id if account else None

    def _look(self) -> dict[str, Any]:
        """Whose data was looked at and under which disclosure; or something else that is on the log."""
        kind = self.random.choice([AuditKind.READ, *AuditKind])
        return {"person": self._somebody(), "told": self._maybe(self.disclosures), "kind": kind}

    def _belongings(self, account: Account) -> Iterator[Any]:
        number = account.id.int
        identity = {"id": UUID(int=400 + number), "account_id": account.id}
        yield Session(token_hash=bytes([number]), created_at=NOON, expires_at=NOON, **identity)
        yield DataExport(requested_at=NOON, **identity)
        yield Alert(name="Ward 7", frequency=AlertFrequency.DAILY, created_at=NOON, **identity)
        yield Correction(id=number, account_id=account.id, field="postcode", corrected_at=NOON)
        used: dict[str, Any] = {"address": b"a", "used_at": NOON, "use": "story"}
        yield IpAddressUse(id=UUID(int=200 + number), account_id=account.id, account=account, **used)
        given: dict[str, Any] = {"purpose": ConsentPurpose.PUBLISH, "granted": True, "given_at": NOON}
        yield Consent(id=number, account_id=account.id, notice_version="1", given_by="form", **given)
        for story in self._some(self.stories):
            yield Reading(account_id=account.id, account=account, story_id=story.id, read_at=NOON)

    def _relate(self) -> None:
        """What no model writes, but policies follow."""
        from sqlalchemy.orm.attributes import set_committed_value

        stories = {story.id: story for story in self.stories}
        for original in self.originals:
            set_committed_value(original, "story", stories[original.story_id])


def _tell(disclosure: Disclosure) -> None:
    """What the database works out of a disclosure by its clock, here by this machine's."""
    now, ended = datetime.now(UTC), disclosure.revoked_at is not None
    approved, ends, wanted = disclosure.approved_at, disclosure.expires_at, disclosure.wanted_until
    waited = disclosure.requested_at <= now - timedelta(days=7)
    state(
        disclosure,
        waiting=approved is None and not ended and not waited and (wanted is None or wanted > now),
        active=ends is not None and not ended and ends > now,
        shown=(approved is not None or ended or waited)
        and (disclosure.withheld_until is None or disclosure.withheld_until <= now),
    )
