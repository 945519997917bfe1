"""Erasure: the end of an account and of all that is held about its person."""

from typing import Annotated

import strawberry

from operations import erasure
from operations.mail.post import folder_of
from operations.mail.purge import forget_files
from operations.problem import ProblemError
from policies.viewer import Anonymous
from schema.context import Info
from schema.endpoint.cookie import session_cookie
from schema.mutation.payload import ViewerPayload, signed_in
from schema.problem import told


@strawberry.type(description="What erasing gave.")
class EraseAccountPayload(ViewerPayload):
    """The viewer, who is a visitor from then on."""

    tombstones: int = strawberry.field(
        description="How many stories were deleted, each of which left a tombstone: its number, time and kind."
    )


async def erase_account(
    info: Info, password: Annotated[str, strawberry.argument(description="The account's password, to be sure.")]
) -> EraseAccountPayload:
    """Erases the viewer."""
    context, member = info.context, signed_in(info)
    try:
        gone = await erasure.erase_account(
            context.transaction, context.keyring, member.account_id, password, context.origin.address
        )
    except ProblemError as error:
        return EraseAccountPayload(problems=[told(error)], tombstones=0)
    # What a crash leaves here, the job that forgets old mail finds.
    forget_files(folder_of(context.settings), gone.mails)
    context.renewed.append(Anonymous())
    if context.origin.cookie:
        context.cookies.append(session_cookie(context.settings).drop())
    return EraseAccountPayload(problems=[], tombstones=gone.stories)


@strawberry.type
class ErasureMutation:
    """The end of an account."""

    erase_account: EraseAccountPayload = strawberry.mutation(
        resolver=erase_account,
        description="Erases the viewer's account, their stories and responses, and everything else that is held about "
        "them, at once and for ever (P18). Nobody can get any of it back, from backups either. This can't be undone.",
    )
