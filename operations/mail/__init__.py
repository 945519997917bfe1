"""Mail: queued in a transaction, rendered and sent by the worker."""

from operations.mail.queue import queue

__all__ = ["queue"]
