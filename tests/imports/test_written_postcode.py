"""The written form of a postcode."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.postcode import normalise, outward

STORED = r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}"


@pytest.mark.parametrize("text", ["", " ", "SW1A", "SW1A 1A", "SW1A 1AAA", "1SW 1AA", "SW1A-1AA", "ABC1 1AA", "A1 A1A"])
def test_what_is_no_postcode_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="This is not a UK postcode") as refused:
        normalise(text)
    assert not text.strip() or text not in str(refused.value).replace("SW1A 1AA", "")


@pytest.mark.parametrize("text", ["sw1a1aa", "SW1A 1AA", " s W1a1 aA\t", "sw1a  1aa"])
def test_a_postcode_has_one_written_form(text: str) -> None:
    assert normalise(text) == "SW1A 1AA"


@pytest.mark.parametrize(
    ("text", "district"),
    [("m11ae", "M1"), ("B33 8TH", "B33"), ("CR2 6XH", "CR2"), ("DN551PT", "DN55"), ("ec1a1bb", "EC1A")],
)
def test_the_outward_part_is_the_district(text: str, district: str) -> None:
    assert outward(text) == district


@given(st.text(max_size=12) | st.from_regex(STORED, fullmatch=True))
def test_the_written_form_is_as_the_database_wants_it(text: str) -> None:
    try:
        postcode = normalise(text)
    except ValueError:
        return
    assert re.fullmatch(STORED, postcode, re.ASCII)
    assert normalise(postcode) == postcode
