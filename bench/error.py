"""What stops a benchmark."""


class BenchError(RuntimeError):
    """The benchmark can't go on, or would compare different things; the text says why."""
