"""A postcode directory of any length, made while it is read."""

from collections.abc import Iterator
from io import RawIOBase
from itertools import islice, product

DISTRICTS = [f"{a}{b}{n}" for a, b, n in product("ABCDEFGHLMNPSTW", "ABDEGHLNRSTY", range(10, 100))]
UNITS = [f"{n}{a}{b}" for n, a, b in product(range(10), "ABDE", "ABDE")]


def lines(rows: int, area: str = "E54000901") -> Iterator[bytes]:
    """A header and `rows` different postcodes."""
    yield b"pcds,doterm,icb,lat,long\n"
    for district, unit in islice(product(DISTRICTS, UNITS), rows):
        yield f"{district} {unit},,{area},54.500000,-1.500000\n".encode()


class Stream(RawIOBase):
    """These lines as a file that is not on any disk."""

    def __init__(self, rows: int) -> None:
        self._lines = lines(rows)

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1) -> bytes:
        return next(self._lines, b"")
