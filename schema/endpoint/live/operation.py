"""One operation that is answered as a stream, whatever carries it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from policies.viewer import Viewer
from resolvers.answer import Answer, Request, refusal
from resolvers.document import Refused
from resolvers.executor import Executor
from resolvers.live.hub import Hub
from resolvers.live.subscription import Subscription

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

    async def begin(self, asked: Asked) -> Subscription | Answer:
        """What is to be sent; a subscription has to be left in the end. Raises RefusalError."""
        request = asked.request
        try:
            if self.executor.documents.operation(request.query, request.operation_name).is_subscription:
                return await self.hub.subscribe(request, asked.viewer, asked.token)
        except Refused as refused:
            return refusal(refused.errors)
        return await self.executor.execute(request, asked.viewer, asked.mutate)
