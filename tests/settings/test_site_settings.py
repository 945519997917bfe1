"""Settings of hosts, origins and countries: what can't be meant stops the start, and says how to write it."""

import pytest
from pydantic import ValidationError

from models.region import Region
from settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("CANDOUR_HOSTS", "https://www.candour.example", "without scheme and port"),
        ("CANDOUR_HOSTS", "www.candour.example:8000", "without scheme and port"),
        ("CANDOUR_HOSTS", "*.candour.example", "without scheme and port"),
        ("CANDOUR_HOSTS", "=ENGLAND", "without scheme and port"),
        (
            "CANDOUR_HOSTS",
            "www.candour.example=FRANCE",
            "a region is one of ENGLAND, SCOTLAND, WALES, NORTHERN_IRELAND",
        ),
        ("CANDOUR_HOSTS", "www.candour.example=england", "a region is one of"),
        ("CANDOUR_ORIGINS", "app.example", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://app.example/", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://app.example/path", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://APP.example", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://*.app.example", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://user@app.example", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://app.example:", "as browsers do"),
        ("CANDOUR_ORIGINS", "https://app.example:x", "as browsers do"),
        ("CANDOUR_ORIGINS", "null", "as browsers do"),
        ("CANDOUR_COUNTRIES", "Ireland=NORTHERN_IRELAND", "two capital letters"),
        ("CANDOUR_COUNTRIES", "IE", "a region is one of"),
        ("CANDOUR_COUNTRIES", "IE=IRELAND", "a region is one of"),
    ],
)
def test_what_cant_be_meant_is_refused(variable: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError, match=told) as refused:
        Settings()
    assert variable in str(refused.value)


def test_nothing_is_shared_and_no_host_is_named_unless_somebody_says_so() -> None:
    chosen = Settings()
    assert (dict(chosen.region_by_host), chosen.allowed_origins) == ({}, frozenset())
    assert {country: str(region) for country, region in chosen.region_by_country.items()} == {
        "IE": "NORTHERN_IRELAND",
        "IM": "ENGLAND",
        "JE": "ENGLAND",
        "GG": "ENGLAND",
    }


def test_hosts_origins_and_countries_are_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "CANDOUR_HOSTS", " WWW.candour.example=ENGLAND ,cymru.candour.example = WALES,, plain.example,[::1]"
    )
    monkeypatch.setenv("CANDOUR_ORIGINS", "https://app.example, http://localhost:3000")
    monkeypatch.setenv("CANDOUR_COUNTRIES", "GB=SCOTLAND")
    chosen = Settings()
    assert list(chosen.region_by_host.items()) == [
        ("www.candour.example", Region.ENGLAND),
        ("cymru.candour.example", Region.WALES),
        ("plain.example", None),
        ("[::1]", None),
    ]
    assert chosen.allowed_origins == {"https://app.example", "http://localhost:3000"}
    assert dict(chosen.region_by_country) == {"GB": Region.SCOTLAND}
