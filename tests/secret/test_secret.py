"""P18: without a person's key, nothing that it encrypted can be read again."""

import pytest

from models.secret import Keyring, SecretError, new_master_key, token_hash

PERSON, OTHER = "person-1", "person-2"
PLACE = "account.email:person-1"


def test_a_value_without_its_key_stays_closed() -> None:
    keyring = Keyring(new_master_key())
    sealed = keyring.open(keyring.new_person_key(PERSON), PERSON).encrypt("a@canary.example", PLACE)
    assert b"canary" not in sealed
    with pytest.raises(SecretError):
        keyring.open(keyring.new_person_key(PERSON), PERSON).decrypt(sealed, PLACE)


def test_a_value_does_not_open_in_another_place() -> None:
    keyring = Keyring(new_master_key())
    key = keyring.open(keyring.new_person_key(PERSON), PERSON)
    sealed = key.encrypt("a@canary.example", PLACE)
    with pytest.raises(SecretError) as refusal:
        key.decrypt(sealed, "account.email:person-2")
    assert "canary" not in str(refusal.value)


def test_a_key_does_not_open_for_another_person() -> None:
    keyring = Keyring(new_master_key())
    wrapped = keyring.new_person_key(PERSON)
    with pytest.raises(SecretError):
        keyring.open(wrapped, OTHER)


def test_a_key_does_not_open_under_another_master_key() -> None:
    wrapped = Keyring(new_master_key()).new_person_key(PERSON)
    with pytest.raises(SecretError):
        Keyring(new_master_key()).open(wrapped, PERSON)


@pytest.mark.parametrize("text", ["", "secret", "c2VjcmV0", "é"])
def test_a_malformed_master_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SecretError) as refusal:
        Keyring(text)
    assert not text or text not in str(refusal.value)


def test_a_value_opens_with_its_key_in_its_place() -> None:
    keyring = Keyring(new_master_key())
    wrapped = keyring.new_person_key(PERSON)
    sealed = keyring.open(wrapped, PERSON).encrypt("a@canary.example", PLACE)
    assert keyring.open(wrapped, PERSON).decrypt(sealed, PLACE) == "a@canary.example"


def test_an_email_is_found_however_it_is_written() -> None:
    master = new_master_key()
    assert Keyring(master).email_hash(" A@Canary.Example ") == Keyring(master).email_hash("a@canary.example")
    assert Keyring(new_master_key()).email_hash("a@canary.example") != Keyring(master).email_hash("a@canary.example")


def test_a_token_is_kept_as_a_hash() -> None:
    assert token_hash("token") != b"token"
    assert token_hash("token") == token_hash("token")
