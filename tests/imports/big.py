"""A postcode directory of any length."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice, product

DISTRICTS = [f"{a}{b}{n}" for a, b, n in product("ABCDEFGHLMNPSTW", "ABDEGHLNRSTY", range(10, 100))]
UNITS = [f"{n}{a}{b}" for n, a, b in product(range(10), "ABDE", "ABDE")]


def lines(rows: int, area: str = "E54000901") -> Iterator[bytes]:
    """A header and `rows` different postcodes."""
    yield b"pcds,doterm,icb,lat,long\n"
    for district, unit in islice(product(DISTRICTS, UNITS), rows):
        yield f"{district} {unit},,{area},54.500000,-1.500000\n".encode()


class Stream(BytesIO):
    """A file that is read in `pieces` pieces of the same 1,000 rows."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self._piece = list(lines(1000))[1:]
        self._left = pieces

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        self._left -= 1
        return self._piece if self._left >= 0 else []
