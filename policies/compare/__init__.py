"""Two versions of the policies beside each other: who gains and loses what, on how many rows, in which requests."""

from policies.compare.difference import Difference, differences, gains_private
from policies.compare.revision import revision

__all__ = ["Difference", "differences", "gains_private", "revision"]
