"""What could identify a person in a text is found: as people write it, and nothing else."""

import pytest

from operations.detection import IdentifyingKind, find

ORDINARY = (
    "", " ", "I waited 3 hours on ward 12, bed 7, from 10.30 until 2pm.", "They rang 999 and then 111 at 14:20.",
    "It cost £1,250.00 and took 10 000 steps.", "My blood pressure was 140/90, then 120/80.", "Dr Who? The doctor. Then I left.",
    "The nurse I saw was kind. Sister was there. Nurse, please!", "I miss Mum. Lord knows why.", "Their dr said no.",
    "On 12/03/2024 I came back, and again in May 2024.", "The MRI and CT at A&E, then GP, ENT, ICU.", "I WAS ILL there.",
    "At m12 3pm we left b4 2am.", "Reference 1234567890, order 12345678901234567890.", "e.g. this.and that, i.e.it",
    "See ward 3/4 @ 5.", "She is 84 and he is aged 90.", "The consultant Monday said so.", "0800 times I asked.",
)  # fmt: skip
WRITTEN = {
    "ring me on {07700 900123} please": "PHONE",
    "ring {+44 (0)20 7946 0123}, mornings": "PHONE",
    "ring {(0161) 496 0000}": "PHONE",
    "tel:{01614960000}.": "PHONE",
    "{0800 1111 123}": "PHONE",
    "from France {+33 1 42 68 53 00}": "PHONE",
    "{0044 7911 123456}": "PHONE",
    "{447911123456}": "PHONE",
    "{0 7 7 0 0 9 0 0 1 2 3} is mine": "PHONE",
    "mine is {943 476 5919}.": "NHS_NUMBER",
    "mine is {943-476-5919}": "NHS_NUMBER",
    "mine is {9434765919}": "NHS_NUMBER",
    "I live at {SW1A 1AA}.": "POSTCODE",
    "I live at {m1 1ae}, near": "POSTCODE",
    "{EC1A1BB}": "POSTCODE",
    "write to {jo.o'neill+x@mail.example.org}.": "EMAIL",
    "<{jo@x.uk}>": "EMAIL",
    "see {https://example.org/a?b=c}).": "URL",
    "see {www.example.org}!": "URL",
    "see {wards.example.co.uk/three}, page 2": "URL",
    "I was born on {3rd of March 1970} there": "BIRTH_DATE",
    "DOB {12/03/70}": "BIRTH_DATE",
    "d.o.b. {1970-03-12}": "BIRTH_DATE",
    "on {12 March} it was my birthday": "BIRTH_DATE",
    "he was aged 54 ({12.3.1970})": "BIRTH_DATE",
    "{Mr Smith} came": "NAME",
    "{Mrs. O’Neill-Jones} came": "NAME",
    "{Dr A. B. de la Cruz} came": "NAME",
    "{dr Patel} came": "NAME",
    "{Staff Nurse Mary O'Neill} came": "NAME",
    "{Sister Agnes}, {Matron Brown} and {Lady Éowyn Ŵyn}": "NAME",
    "{Professor JONES} came": "NAME",
    "and {NOBODY EVER CAME TO SEE} me": "SHOUTING",
    "{I WENT TO A&E AND I WAITED}": "SHOUTING",
}
SUGGESTED = {
    "Dr Patel": "[a doctor]",
    "nurse Julie": "[a nurse]",
    "Miss Jean Brodie": "[a person]",
    "Matron Brown": "[a matron]",
    "07700 900123": "[a phone number]",
    "943 476 5919": "[an NHS number]",
    "I WENT TO A&E AND I WAITED": "I went to A&E and I waited",
}


@pytest.mark.parametrize("text", ORDINARY)
def test_what_identifies_nobody_is_not_found(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize("marked", WRITTEN)
def test_p10_what_identifies_somebody_is_found_to_the_letter(marked: str) -> None:
    """P10: before a story is public, a moderator sees what in it could tell who is meant."""
    text = marked.replace("{", "").replace("}", "")
    shown = text
    for finding in reversed(find(text)):
        assert finding.kind == WRITTEN[marked]
        shown = f"{shown[: finding.start]}{{{shown[finding.start : finding.end]}}}{shown[finding.end :]}"
    assert shown == marked


@pytest.mark.parametrize("text", SUGGESTED)
def test_what_could_stand_there_instead(text: str) -> None:
    (finding,) = find(f"Then {text}")
    assert finding.suggestion == SUGGESTED[text]


def test_places_are_counted_in_code_points() -> None:
    (finding,) = find("☕👩‍⚕️ e\u0301 Dr Gwen Tŷ")
    assert (finding.kind, finding.start, finding.length) == (IdentifyingKind.NAME, 9, 10)


def test_p20_what_is_found_says_nothing_about_who_wrote_it() -> None:
    """P20: no score of the person; a finding is a place, a kind and a suggestion."""
    (finding,) = find("Dr Patel")
    assert finding.__slots__ == ("kind", "start", "length", "suggestion")


def test_what_overlaps_is_one_finding() -> None:
    text = "CALL MR SMITH ON 07700 900123 OR MAIL smith@www.example.org RIGHT NOW BEFORE IT IS LATE"
    kinds = [finding.kind.value for finding in find(text)]
    assert kinds == ["NAME", "PHONE", "EMAIL", "SHOUTING"]
