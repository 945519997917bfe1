"""How disclosures are found."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import case, func, literal_column

from models import Account, Disclosure, Organisation, Story
from models.disclosure import DisclosureStatus
from operations.disclosure.remind import TERM
from resolvers.argument import plain
from resolvers.build import Build
from resolvers.connection import Listing
from resolvers.filter import Filter, filtered
from resolvers.identity import global_id
from resolvers.key import number_key
from resolvers.mapping import Column, Expression, Row, Source, TypeMap, fresh, register
from resolvers.permission import Permissions
from resolvers.record import One, text_literal
from resolvers.secret import Secret


def disclosure_listing(build: Build, arguments: dict[str, Any]) -> Listing:
    """The disclosures that `filter` asks for, the latest first."""

    def rows() -> Source:
        row = fresh(Disclosure)
        return Source(row, filtered(build, "Disclosure", row, FILTERS, arguments.get("filter")))

    return Listing(rows, (number_key(lambda d: d.number),), descending=True, signature=lambda _: "disclosures")


def _status(row: Row) -> Expression:
    steps = (
        (row.revoked_at.is_not(None), DisclosureStatus.REVOKED),
        (row.active, DisclosureStatus.ACTIVE),
        (row.approved_at.is_not(None), DisclosureStatus.EXPIRED),
        (row.waiting, DisclosureStatus.REQUESTED),
    )
    return case(*((when, text_literal(step)) for when, step in steps), else_=text_literal(DisclosureStatus.LAPSED))


def _due(row: Row) -> Expression:
    """By when it is reviewed; null until it is approved."""
    due: Expression = row.approved_at + literal_column(f"interval '{TERM}'")
    return due


def _to_review(row: Row) -> Expression:
    return row.approved_at.is_not(None) & row.reviewed_at.is_(None)  # type: ignore[no-any-return]


def _overdue(row: Row) -> Expression:
    return _to_review(row) & (_due(row) < func.statement_timestamp())


def _if(condition: Callable[[Row], Expression]) -> Callable[[Build, Row, Any], Expression]:
    """A filter by whether something holds of a row, or does not."""
    return lambda build, row, wanted: condition(row) if plain(wanted) else ~condition(row)


FILTERS: Mapping[str, Filter] = {
    "waiting": Filter(("status",), _if(lambda d: d.waiting)),
    "active": Filter(("status",), _if(lambda d: d.active)),
    "toReview": Filter(("reviewedAt",), _if(_to_review)),
    "overdue": Filter(("overdue",), _if(_overdue)),
}


def _secret(column: str) -> Secret:
    return Secret(f"disclosure.{column}", lambda d: getattr(d, column), lambda d: d.id, lambda d: d.account_id)


def _story(build: Build, row: Row) -> Source:
    story = fresh(Story)
    return Source(story, [story.id == row.story_id])


def _account(build: Build, row: Row) -> Source:
    account = fresh(Account)
    return Source(account, [account.id == row.account_id])


def _recipient(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


register(
    "Disclosure",
    TypeMap(
        Disclosure,
        {
            "id": Column(lambda d: global_id("Disclosure", d.id)),
            "number": Column(lambda d: d.number),
            "status": Column(_status),
            "story": One("Story", _story),
            "account": One("Account", _account),
            "fields": Column(lambda d: d.fields),
            "recipient": One("Organisation", _recipient),
            "grounds": _secret("grounds"),
            "requestedAt": Column(lambda d: d.requested_at),
            "wantedUntil": Column(lambda d: d.wanted_until),
            "approvedAt": Column(lambda d: d.approved_at),
            "expiresAt": Column(lambda d: d.expires_at),
            "revokedAt": Column(lambda d: d.revoked_at),
            "withheldUntil": Column(lambda d: d.withheld_until),
            "withheldReason": _secret("withheld_reason"),
            "reviewDueAt": Column(_due),
            "overdue": Column(_overdue),
            "reviewedAt": Column(lambda d: d.reviewed_at),
            "outcome": Column(lambda d: d.outcome),
            "note": _secret("note"),
            "viewerCan": Permissions("Disclosure"),
        },
        subject=lambda d: global_id("Disclosure", d.id),
    ),
)
