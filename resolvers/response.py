"""How the fields of responses and changes are found."""

from models import Account, Change, Organisation, Response
from resolvers.build import Build
from resolvers.identity import global_id
from resolvers.mapping import Column, Row, Source, TypeMap, fresh, register
from resolvers.record import One


def _organisation(build: Build, row: Row) -> Source:
    organisation = fresh(Organisation)
    return Source(organisation, [organisation.id == row.organisation_id])


def _account(build: Build, row: Row) -> Source:
    account = fresh(Account)
    return Source(account, [account.id == row.account_id])


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
