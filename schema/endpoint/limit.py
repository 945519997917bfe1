"""Who may ask for how much: the allowance of each client, and what a client is told of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

from starlette.types import Scope

from limit_settings import LimitSettings
from operations.rate import WINDOW, Bucket, ExceededError, Rates, of_account, of_address
from policies.viewer import Member, Viewer
from resolvers.answer import Request
from resolvers.cost import REQUEST
from resolvers.limit import Limits
from schema.endpoint.body import LIMIT
from schema.endpoint.identify import ANONYMOUS
from schema.endpoint.origin import Networks, address_of
from schema.endpoint.patience import Patience
from schema.endpoint.refusal import Header, RefusalError

MOST_OPERATIONS = 50
"""Operations at once on one WebSocket."""
NAME = b"cost"
"""What the allowance is called in headers."""


class Allowance:
    """What one client may still ask for."""

    __slots__ = ("_bucket",)

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @property
    def remaining(self) -> int:
        """In units of cost."""
        return self._bucket.left[0]

    def charge(self, cost: int) -> None:
        """Take that much of it; raises RefusalError (429), which says when there is enough again."""
        try:
            self._bucket.charge(cost)
        except ExceededError as exceeded:
            unit = "second" if exceeded.seconds == 1 else "seconds"
            message = f"You have asked for too much within a minute. Wait {exceeded.seconds} {unit} and try again."
            retry = (b"retry-after", b"%d" % exceeded.seconds)
            raise RefusalError(429, "RATE_LIMITED", message, [retry, *self.headers]) from None

    @property
    def headers(self) -> Sequence[Header]:
        """The standard headers (IETF, RateLimit header fields for HTTP): what is left, and until when."""
        return [policy(self._bucket.quota), (b"ratelimit", b'"%b";r=%d;t=%d' % (NAME, *self._bucket.left))]


@cache
def policy(quota: int) -> Header:
    """The header that tells how much a client may ask for within how many seconds."""
    return b"ratelimit-policy", b'"%b";q=%d;w=%d' % (NAME, quota, WINDOW)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds the requests of one process: their bodies, their time, and how much each client may ask for.

    `visitor` and `member` are units of cost a minute; 0 is no limit.
    """

    patience: Patience = field(default_factory=Patience)
    rates: Rates | None = None
    visitor: int = 0
    member: int = 0
    body: int = LIMIT
    operations: int = MOST_OPERATIONS

    def allowance(
        self, viewer: Viewer, scope: Scope, headers: Mapping[bytes, bytes], proxies: Networks
    ) -> Allowance | None:
        """What a person may ask for from wherever they are, or else all visitors from one address together."""
        quota = self.member if isinstance(viewer, Member) else self.visitor
        if self.rates is None or not quota:
            return None
        if isinstance(viewer, Member):
            subject = of_account(viewer.account_id)
        else:
            subject = of_address(address_of(scope, headers, proxies))
        return Allowance(self.rates.bucket(subject, quota))

    def charge_refused(self, scope: Scope, headers: Mapping[bytes, bytes], proxies: Networks) -> None:
        """Charge an address for a request of nobody known; raises RefusalError where it sends too many.

        SECURITY: a token costs a statement to look at, also one that was made up.
        """
        allowance = self.allowance(ANONYMOUS, scope, headers, proxies)
        if allowance is not None:
            allowance.charge(REQUEST)

    @property
    def of_visitors(self) -> Sequence[Header]:
        """What any visitor may be told, whoever they are: for answers that shared caches keep."""
        return [policy(self.visitor)] if self.rates is not None and self.visitor else []

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Requests that take too long are given up, and what was counted is told in the end."""
        async with self.patience.looking():
            yield
        if self.rates is not None:
            await self.rates.close()


UNBOUND = Bounds()
"""What stands in where nothing is set: no rates, and the usual patience, with nobody who looks."""


def bounds(chosen: LimitSettings, rates: Rates) -> Bounds:
    """What bounds requests, as a deployment has set it."""
    patience = Patience(chosen.request_seconds)
    return Bounds(patience, rates, chosen.rate, chosen.rate_member, chosen.max_body, chosen.max_operations)


def document_limits(chosen: LimitSettings) -> Limits:
    """The limits of documents, as a deployment has set them."""
    return Limits(
        length=chosen.max_document,
        tokens=chosen.max_tokens,
        aliases=chosen.max_aliases,
        directives=chosen.max_directives,
        depth=chosen.max_depth,
        roots=chosen.max_root_fields,
        fields=chosen.max_fields,
        cost=chosen.max_cost,
        member_cost=chosen.max_cost_member,
    )


def told(request: Request) -> Sequence[Header]:
    """What the answer to a request says of its client's allowance."""
    return request.meter.headers if isinstance(request.meter, Allowance) else ()
