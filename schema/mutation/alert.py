"""Setting and deleting alerts."""

from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry import UNSET

from operations.alert.create import Wanted, create
from operations.alert.delete import delete
from operations.problem import ProblemCode, ProblemError
from resolvers.identity import key_of
from schema.alert import Alert, AlertInput
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, ViewerPayload, perform, planned_row, signed_in

MEANINGLESS = {"status": "status", "published_from": "publishedFrom", "published_to": "publishedTo"}
"""Conditions of lists that mean nothing for stories to come."""


@strawberry.type(description="What setting an alert gave.")
class CreateAlertPayload(Payload):
    """An alert or a problem."""

    key: strawberry.Private[UUID | None] = None

    @resolved("The new alert; null where there was a problem.")
    async def alert(self, info: Info) -> Alert | None:
        return await planned_row(info, "Alert", self.key) if self.key else None


@strawberry.type(description="What deleting an alert gave.")
class DeleteAlertPayload(ViewerPayload):
    """The alerts that are left."""


async def create_alert(
    info: Info, input_: Annotated[AlertInput, strawberry.argument(name="input", description="The alert.")]
) -> CreateAlertPayload:
    """Sets an alert of the viewer."""

    async def operation(session: AsyncSession) -> UUID:
        return (await create(session, info.context.plan, signed_in(info), _wanted(input_))).id

    key, problems = await perform(info, operation)
    return CreateAlertPayload(problems=problems, key=key)


async def delete_alert(
    info: Info, alert_id: Annotated[strawberry.ID, strawberry.argument(description="The alert's id.")]
) -> DeleteAlertPayload:
    """Deletes one of the viewer's alerts."""
    key = key_of(alert_id, "Alert")

    async def operation(session: AsyncSession) -> None:
        await delete(session, signed_in(info), key)

    _, problems = await perform(info, operation)
    return DeleteAlertPayload(problems=problems)


def _wanted(sent: AlertInput) -> Wanted:
    """The alert in the words of operations; ProblemError for a condition that means nothing."""
    given = {name: value for name, value in vars(sent.filter).items() if value is not None and value is not UNSET}
    for name, field in MEANINGLESS.items():
        if name in given:
            message = "An alert is about stories to come, so this means nothing here. Leave it out."
            raise ProblemError(ProblemCode.INVALID, message, field)
    return Wanted(sent.name, sent.frequency, **{name: _value(name, value) for name, value in given.items()})


def _value(name: str, value: Any) -> Any:
    match name:
        case "service_id":
            return key_of(value, "Service")
        case "organisation_id":
            return key_of(value, "Organisation")
        case "tag":
            return value.kind, value.label
        case "criticality":
            return value.gte or (0 if value.gte == 0 else None), value.lte or (0 if value.lte == 0 else None)
    return value


@strawberry.type
class AlertMutation:
    """Alerts."""

    create_alert: CreateAlertPayload = strawberry.mutation(
        resolver=create_alert,
        description="Sets an alert: from now on, e-mails tell of each story that meets it, by its number and link "
        "alone (P22). For staff of organisations; at most 50 alerts.",
    )
    delete_alert: DeleteAlertPayload = strawberry.mutation(
        resolver=delete_alert, description="Deletes an alert of the viewer, with what it has met and not told yet."
    )
