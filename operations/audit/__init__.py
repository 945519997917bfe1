"""The audit log: written before the answer leaves, sealed row by row; no entry, no data."""

from operations.audit.attempts import Asked, Attempt, Attempts
from operations.audit.entry import Entry, Reading, request_reference
from operations.audit.journal import Journal
from operations.audit.record import record_event

__all__ = ["Asked", "Attempt", "Attempts", "Entry", "Journal", "Reading", "record_event", "request_reference"]
