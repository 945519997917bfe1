"""Queued and scheduled work: each job calls one operation, and can be interrupted and run again."""
