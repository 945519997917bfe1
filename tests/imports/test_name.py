"""Names as people read them, and as URLs hold them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.imports.name import slug, title


@pytest.mark.parametrize("name", ["Ysbyty Glanafon", "eQuip Dental", "Dr. de Groot's"])
def test_a_name_that_is_not_in_capitals_stays(name: str) -> None:
    assert title(name) == name


@pytest.mark.parametrize(
    ("register", "name"),
    [
        (
            "ROYAL DEVON UNIVERSITY HEALTHCARE NHS FOUNDATION TRUST",
            "Royal Devon University Healthcare NHS Foundation Trust",
        ),
        ("ST GEORGE'S AND O'NEILL NHS TRUST", "St George's and O'Neill NHS Trust"),
        ("DR J R MCDONALD & PARTNERS", "Dr J R McDonald & Partners"),
        ("CHESTER-LE-STREET HEALTH CENTRE", "Chester-le-Street Health Centre"),
        ("ASHTON UNDER LYNE GP CENTRE", "Ashton under Lyne GP Centre"),
        ("THE SURGERY (24/7)", "The Surgery (24/7)"),
        ("THE  PRACTICE   OF HEALTH ", "The Practice of Health"),
        ("8TO8 CENTRE, 2ND FLOOR, WARD B12A", "8to8 Centre, 2nd Floor, Ward B12A"),
        ("HOSBIS TŶ ELWEN", "Hosbis Tŷ Elwen"),
        ("QUEEN'S A&E, ST. MARY'S HOSPITAL II", "Queen's A&E, St. Mary's Hospital II"),
        ("MID & SOUTH ESSEX ICB", "Mid & South Essex ICB"),
    ],
)
def test_capitals_become_title_case(register: str, name: str) -> None:
    assert title(register) == name


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("St George's Hospital", "st-georges-hospital"),
        ("Hosbis Tŷ Elwen", "hosbis-ty-elwen"),
        ("A&E (Ward 4)", "a-e-ward-4"),
        ("中", ""),
    ],
)
def test_a_slug_has_plain_letters_and_figures(name: str, address: str) -> None:
    assert slug(name) == address


@given(st.text())
def test_any_text_has_a_slug_in_form_or_none(name: str) -> None:
    assert slug(name) == "" or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(name))
    assert title(title(name)) == title(name)
