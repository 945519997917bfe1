"""The executor with its memory before it: what was public and has not changed is not asked for again."""

from dataclasses import dataclass

from policies.viewer import Viewer
from resolvers.answer import Answer, Request
from resolvers.cost import REQUEST
from resolvers.executor import Executor, Mutate
from resolvers.memory import Memory, tagged


@dataclass(frozen=True, slots=True)
class Remembering:
    """Answers as the executor does, from memory where it can."""

    executor: Executor
    memory: Memory

    async def execute(self, request: Request, viewer: Viewer, mutate: Mutate | None = None) -> Answer:
        """The answer; one that is public has a tag."""
        memory = self.memory
        key = memory.key(request, viewer)
        if key is not None and (kept := memory.find(key)) is not None:
            request.charge(REQUEST)
            return kept
        since = memory.moment()
        answer = await self.executor.execute(request, viewer, mutate)
        if answer.tables is None:
            return answer
        answer = tagged(answer)
        if key is not None:
            memory.keep(key, answer, since)
        return answer
