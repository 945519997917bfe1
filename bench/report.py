"""The tables that are printed, in Markdown."""

from collections.abc import Mapping, Sequence

from bench.queries import Query
from bench.reading import Comparison

MEMORY_MEGABYTES = 150
"""DESIGN's budget for a worker."""
BUSY = 0.1
"""From this share of the CPUs for other programs on, the ratio of requests a second is not to be trusted."""
HEAD = (
    "query", "multiple of the limit", "by CPU", "floor", "aim", "", "limit's requests/s", "Candour's requests/s",
    "limit without reset", "of that", "server CPU ms (limit's)", "PostgreSQL CPU ms (limit's)",
    "statements (limit's)", "p50 / p99 ms", "kB",
)  # fmt: skip


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns aligned."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    texts = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def verdict(query: Query, multiple: float) -> str:
    """Where a multiple stands between floor and aim."""
    if multiple < query.floor:
        return "UNDER THE FLOOR"
    return "aim reached" if multiple >= query.aim else "above the floor"


def queries_table(found: Mapping[Query, Comparison]) -> str:
    """One row for each query."""
    return table(HEAD, [_row(query, comparison) for query, comparison in found.items()])


def _row(query: Query, c: Comparison) -> list[str]:
    server, server_limit = c.typical(lambda r: r.candour.server_ms), c.typical(lambda r: r.limit.server_ms)
    postgres, postgres_limit = c.typical(lambda r: r.candour.postgres_ms), c.typical(lambda r: r.limit.postgres_ms)
    return [
        query.title,
        f"{c.multiple:.2f}",
        f"{c.by_cpu:.2f}",
        f"{query.floor}",
        f"{query.aim}",
        verdict(query, c.by_cpu if c.others > BUSY else c.multiple),
        f"{c.typical(lambda r: r.limit.rate):.0f}",
        f"{c.typical(lambda r: r.candour.rate):.0f}",
        f"{c.bare:.2f}",
        f"{c.of_bare:.2f}",
        f"{server:.3f} ({server_limit:.3f})",
        f"{postgres:.3f} ({postgres_limit:.3f})",
        f"{c.statements[0]:g} ({c.statements[1]:g})",
        f"{c.typical(lambda r: r.candour.p50):.1f} / {c.typical(lambda r: r.candour.p99):.1f}",
        f"{c.typical(lambda r: r.candour.bytes) / 1000:.1f}",
    ]


def pages_table(found: Mapping[int, Comparison]) -> str:
    """How the home page's cost grows with its size."""
    head = ("stories on the page", "multiple of the limit", "by CPU", "Candour's CPU ms", "ms a story")
    rows = []
    for page, c in found.items():
        cpu = c.typical(lambda r: r.candour.cpu_ms)
        rows.append([str(page), f"{c.multiple:.2f}", f"{c.by_cpu:.2f}", f"{cpu:.2f}", f"{cpu / page:.4f}"])
    return table(head, rows)


def sizes_table(found: Mapping[int, Mapping[Query, Comparison]]) -> str:
    """How the cost of each query grows with the number of stories."""
    head = ["query"]
    for stories in found:
        head += [f"{stories:,} stories: multiple", "Candour's CPU ms"]
    rows = []
    for query in next(iter(found.values())):
        row = [query.title]
        for compared in found.values():
            c = compared[query]
            row += [f"{c.multiple:.2f}", f"{c.typical(lambda r: r.candour.cpu_ms):.2f}"]
        rows.append(row)
    return table(head, rows)


def memory_line(megabytes: float) -> str:
    """The worker's peak memory beside its budget."""
    word = "within" if megabytes < MEMORY_MEGABYTES else "OVER"
    return f"Peak memory of Candour's worker: {megabytes:.0f} MB, {word} the {MEMORY_MEGABYTES} MB that it may take."


def others_line(found: Mapping[Query, Comparison]) -> str:
    """Whether requests a second say anything: not where other programs want the CPUs too."""
    share = max((comparison.others for comparison in found.values()), default=0.0)
    advice = " Where it is over 10%, requests a second are chance: the verdict is on `by CPU`." if share > BUSY else ""
    return f"Other programs took up to {share:.0%} of the CPUs meanwhile.{advice}"
