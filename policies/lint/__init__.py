"""What Polar's loader lets through, found before the first question is asked.

Polar accepts misspelt rule names, unknown fields, unknown classes and wildcards. Each would open or close something
that nobody meant to. The lint refuses them all, with file and line.
"""

from policies.lint.coverage import coverage_problems
from policies.lint.head import rule_problems

__all__ = ["coverage_problems", "rule_problems"]
