"""Failures that are not the client's: what is logged of them, and the little that is told (P27)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.database.outage import RETRY_SECONDS, is_outage
from schema.endpoint.log import fault
from schema.endpoint.refusal import Header, error_body, internal, logged

AWAY = (
    "The database can't be reached. Try again in a few seconds; look before you repeat a change, for it may have "
    "happened. It was logged with the reference {}."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a client gets: the HTTP status, a message, its extensions, and headers."""

    status: int
    message: str
    extensions: Mapping[str, str]
    headers: Sequence[Header] = ()

    @property
    def body(self) -> bytes:
        """The answer that says nothing else."""
        return error_body(self.message, **self.extensions)


def failed(reference: str, error: BaseException) -> Failure:
    """Log an unforeseen error; an outage is told as 503 UNAVAILABLE, everything else as 500 INTERNAL."""
    fault(reference, error)
    # SECURITY: P27: the text of an unforeseen error may hold anything, so only a reference leaves.
    if is_outage(error):
        told = {"code": "UNAVAILABLE", "reference": reference}
        return Failure(503, AWAY.format(reference), told, [(b"retry-after", b"%d" % RETRY_SECONDS)])
    return Failure(500, logged(reference), internal(reference))
