"""What was read of servers, and how two of them compare."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Reading:
    """One server, busy for a while: requests a second; CPU and latencies in milliseconds a request.

    `others` is the share of the machine's CPUs that programs outside the benchmark took meanwhile.
    """

    rate: float
    server_ms: float
    postgres_ms: float
    p50: float
    p99: float
    bytes: float
    others: float

    @property
    def cpu_ms(self) -> float:
        """Server and PostgreSQL together, without the client."""
        return self.server_ms + self.postgres_ms


@dataclass(frozen=True, slots=True)
class Round:
    """The three servers, one after the other."""

    limit: Reading
    candour: Reading
    bare: Reading


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rounds of a query; `statements` are Candour's and the limit's for each request."""

    rounds: Sequence[Round]
    statements: tuple[float, float]

    def typical(self, of: Callable[[Round], float]) -> float:
        """The median of a figure over the rounds."""
        return median(of(one) for one in self.rounds)

    @property
    def multiple(self) -> float:
        """Candour's requests a second for each one of the limit's."""
        return self.typical(lambda one: one.candour.rate / one.limit.rate)

    @property
    def by_cpu(self) -> float:
        """The same by the CPU that a request takes, which leaves the client's share and idle time out."""
        return self.typical(lambda one: one.limit.cpu_ms / one.candour.cpu_ms)

    @property
    def others(self) -> float:
        """The share of the machine that went to programs outside the benchmark."""
        return self.typical(lambda one: max(one.limit.others, one.candour.others, one.bare.others))

    @property
    def of_bare(self) -> float:
        """Candour's requests a second for each one of the limit without asyncpg's reset."""
        return self.typical(lambda one: one.candour.rate / one.bare.rate)

    @property
    def bare(self) -> float:
        """What the missing reset alone gives the limit."""
        return self.typical(lambda one: one.bare.rate / one.limit.rate)
