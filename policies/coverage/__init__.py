"""What the decision tables exercise of the rules, and what they leave untried."""

from policies.coverage.tally import Coverage, asked, watched, watching
from policies.coverage.untried import Result, Untried, untried

__all__ = ["Coverage", "Result", "Untried", "asked", "untried", "watched", "watching"]
