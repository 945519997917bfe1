"""How the fields of responses and changes are found."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, not_

from models import Account, Change, Organisation, Response
from resolvers.build import Build, Selected
from resolvers.identity import global_id
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.permission import Permissions
from resolvers.record import One


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


def _account(build: Build, row: Row) -> Source:
    account = fresh(Account)
    return Source(account, [account.id == row.account_id])


class Settling(Permissions):
    """What may be done with a response: some of it until it settles, the moderation only after that."""

    def _may(self, build: Build, row: Row, part: Selected) -> ColumnElement[Any]:
        allowed = super()._may(build, row, part)
        running = func.coalesce(row.settles_at > func.statement_timestamp(), literal_column("false"))
        if part.name in ("edit", "undo"):
            return and_(allowed, running)
        return and_(allowed, not_(running)) if part.name == "moderate" else allowed


register(
    "Response",
    TypeMap(
        Response,
        {
            "id": Column(lambda r: global_id("Response", r.id)),
            "body": Column(lambda r: r.body),
            "status": Column(lambda r: r.status),
            "publishedAt": Column(lambda r: r.published_at),
            "organisation": One("Organisation", _organisation),
            "staffName": Column(lambda r: r.staff_name),
            "jobTitle": Column(lambda r: r.job_title),
            "account": One("Account", _account),
            "settlesAt": Column(lambda r: r.settles_at),
            "rejection": Column(lambda r: r.rejection),
            "viewerCan": Settling("Response"),
        },
        subject=lambda r: global_id("Response", r.id),
    ),
)

register(
    "Change",
    TypeMap(
        Change,
        {
            "kind": Column(lambda c: c.kind),
            "description": Column(lambda c: c.description),
            "organisation": One("Organisation", _organisation),
            "publishedAt": Column(lambda c: c.published_at),
        },
        subject=lambda c: global_id("Story", c.story_id),
        row_field="kind",
    ),
)
