"""Backups: data without keys, keys apart, and a restoring that brings back nobody who was erased."""
