"""One operation that is answered as a stream, whatever carries it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from policies.viewer import Viewer
from resolvers.answer import Answer, Request, refusal
from resolvers.document import Refused
from resolvers.executor import Executor
from resolvers.live.hub import Hub
from resolvers.live.subscription import Subscription
from resolvers.suggestion import fitting
from schema.endpoint.document import Known
from schema.endpoint.patience import SECONDS, late

Mutate = Callable[[Request, Viewer], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, who sends it, and how a mutation of theirs is run."""

    request: Request
    viewer: Viewer
    token: str | None
    mutate: Mutate


@dataclass(frozen=True, slots=True)
class Operations:
    """Begins operations: a subscription is the hub's, all others have one answer."""

    executor: Executor
    hub: Hub
    known: Known

    seconds: float = SECONDS

    async def begin(self, asked: Asked) -> Subscription | Answer:
        """What is to be sent; a subscription has to be left in the end. Raises RefusalError."""
        limit = asyncio.timeout(self.seconds)
        try:
            async with limit:
                return await self._begin(asked)
        except TimeoutError:
            if not limit.expired():
                raise
            raise late(self.seconds) from None

    async def _begin(self, asked: Asked) -> Subscription | Answer:
        try:
            request = self.known.resolve(asked.request, asked.viewer)
            known = self.executor.documents.operation(request.query, request.operation_name, request.charge)
            if known.is_subscription:
                return await self.hub.subscribe(request, asked.viewer, asked.token)
        except Refused as refused:
            return refusal(fitting(refused.errors, self.executor.policies.plan(asked.viewer)))
        return await self.executor.execute(request, asked.viewer, asked.mutate)
