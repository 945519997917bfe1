"""A person's optional answers about themselves."""

from dataclasses import replace
from typing import Annotated, Any

import strawberry
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry import UNSET

from models.demographics import EthnicGroup, Gender, Limitation
from operations import demographics
from policies.viewer import Member
from schema.context import Info
from schema.mutation.payload import ViewerPayload, perform, signed_in


@strawberry.input(description="Answers about oneself. Each is optional: left out it stays as it is, null clears it.")
class DemographicsInput:
    """Answers."""

    gender: Gender | None = strawberry.field(description="One's gender.", default=UNSET)
    birth_year: int | None = strawberry.field(
        description=f"The year of one's birth, from {demographics.OLDEST} to this year.", default=UNSET
    )
    ethnic_group: EthnicGroup | None = strawberry.field(description="One's ethnic group.", default=UNSET)
    limited_by_condition: Limitation | None = strawberry.field(
        description="How much a condition of 12 months or more limits one.", default=UNSET
    )

    def given(self) -> dict[str, Any]:
        """What was answered or cleared, by column."""
        return {name: getattr(self, name) for name in demographics.ANSWERS if getattr(self, name) is not UNSET}


@strawberry.type(description="What answering gave: the viewer, with the answers as they are now.")
class UpdateDemographicsPayload(ViewerPayload):
    """The viewer after answering."""


async def update_demographics(
    info: Info,
    answers: Annotated[DemographicsInput, strawberry.argument(name="input", description="The answers.")],
) -> UpdateDemographicsPayload:
    """Keeps, changes or clears the viewer's answers."""
    context = info.context

    async def operation(session: AsyncSession) -> Member:
        member = signed_in(info)
        row = await demographics.update_demographics(session, context.keyring, member.account_id, answers.given())
        return replace(member, demographics_id=row)

    member, problems = await perform(info, operation)
    if member is not None:
        # The first answer makes a row that was not known to be the viewer's when the request began.
        context.renewed.append(member)
    return UpdateDemographicsPayload(problems=problems)


@strawberry.type
class DemographicsMutation:
    """The viewer's answers about themselves."""

    update_demographics: UpdateDemographicsPayload = strawberry.mutation(
        resolver=update_demographics,
        description="Answers, corrects or clears the optional questions about oneself. The answers are shown to the "
        "viewer alone; others get statistics, if the viewer agrees to STATISTICS (P07, P12).",
    )
