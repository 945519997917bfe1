"""What masks leave of a value."""

import pytest

from policies.mask import MASKS


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        ("outward", "SW1A 1AA", "SW1A"),
        ("outward", "m1 1ae", "M1"),
        ("outward", "EH991SP", "EH99"),
        ("outward", "1AA", ""),
        ("decade", "1987", "1980s"),
        ("decade", "2000", "2000s"),
        ("partial-email", "anna@example.org.uk", "a…@e….uk"),
        ("partial-email", "a@b.c", "a…@b….c"),
    ],
)
def test_mask(mask: str, value: str, shown: str) -> None:
    assert MASKS[mask](value) == shown
