"""Moderation of responses and replies: one moderator decides, once, after the time to change it is over (P10)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from models.secret import Keyring
from operations.account import hold
from operations.problem import ProblemCode, ProblemError
from operations.publication import now
from operations.response import text
from operations.response.permission import FIELD, permitted_response
from operations.response.publication import hold_authors, publish, reject
from policies.plan import AccessPlan
from policies.viewer import Member


async def moderate_response(
    session: AsyncSession,
    keyring: Keyring,
    plan: AccessPlan,
    viewer: Member,
    response_id: int,
    rejection: str | None,
    url: str,
) -> int:
    """Publish a response or reply, or turn it down for the reason `rejection`; its id. `url` is the site's.

    Raises ProblemError: NOT_FOUND, NOT_ALLOWED (also while its writer can still change it), CONFLICT where another
    moderator was first; INVALID, TOO_LONG for the reason.
    """
    reason = None if rejection is None else text.passage(rejection, "reason", text.LONGEST_REASON)
    await hold(session, viewer.account_id)
    people = {} if reason is not None else await hold_authors(session, [response_id])
    found = await permitted_response(session, plan, viewer, response_id, "moderate")
    if found.open:
        message = "Whoever wrote it can still change it, for 30 minutes in all. Come back after that."
        raise ProblemError(ProblemCode.NOT_ALLOWED, message, FIELD)
    found.response.moderator_id = viewer.account_id
    found.response.moderated_at = now()
    if reason is None:
        await publish(session, keyring, url, found.story, found.response, people)
    else:
        await reject(session, found.story, found.response, reason)
    return response_id
