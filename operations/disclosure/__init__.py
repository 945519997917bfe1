"""Disclosures (P09): asked for, approved by somebody else, ended, reviewed; each step is on the audit log."""
