"""Mail: queued in a transaction, rendered and sent by the worker."""

from operations.mail.queue import queue
from operations.mail.tell import tell

__all__ = ["queue", "tell"]
