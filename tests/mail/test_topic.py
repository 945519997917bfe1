"""The tokens that stop e-mails: made by us alone, for one person and topic, and of no other use."""

import base64
from uuid import UUID, uuid4

import pytest

from models.mail import MailTopic
from models.secret import Keyring, new_master_key
from operations.mail.render import templates
from operations.mail.topic import ABOUT, PLACE, TOPICS, seal, stop_of, unseal

PERSON = UUID(int=7)


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 68, "a" * 5_000, "%00", "=", "../..", "\x00", "💌" * 20])
def test_what_nobody_sealed_opens_nothing(keyring: Keyring, token: str) -> None:
    assert unseal(keyring, token) is None


def test_a_changed_token_opens_nothing(keyring: Keyring) -> None:
    token = seal(keyring, PERSON, MailTopic.STORY)
    sealed = base64.urlsafe_b64decode(token + "==")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert unseal(keyring, _text(bytes(changed))) is None
    assert unseal(keyring, token[:-3]) is None
    assert unseal(keyring, f"{token}.") is None


def test_other_seals_of_ours_open_nothing(keyring: Keyring) -> None:
    """A cursor shows what its list sorts by, which people can choose; so its key is another one."""
    inside = PERSON.bytes + b"STORY"
    aead = keyring.unsubscribing
    assert unseal(keyring, _text(keyring.cursors.encrypt_deterministically(inside, PLACE))) is None
    assert unseal(keyring, _text(aead.encrypt_deterministically(inside, b"stories"))) is None
    assert unseal(keyring, _text(aead.encrypt_deterministically(PERSON.bytes + b"NOTHING", PLACE))) is None
    assert unseal(keyring, _text(aead.encrypt_deterministically(b"", PLACE))) is None
    assert unseal(Keyring(new_master_key()), seal(keyring, PERSON, MailTopic.STORY)) is None


def test_a_token_says_nothing_and_is_always_the_same(keyring: Keyring) -> None:
    tokens = {(person, topic): seal(keyring, person, topic) for person in (PERSON, uuid4()) for topic in MailTopic}
    assert len(set(tokens.values())) == len(tokens)
    for (person, topic), token in tokens.items():
        assert unseal(keyring, token) == (person, topic)
        assert seal(keyring, person, topic) == token
        assert topic.value not in token
        assert person.bytes not in base64.urlsafe_b64decode(token + "==")


def test_e_mails_about_an_account_have_no_topic(keyring: Keyring) -> None:
    always = set(templates()) - set(TOPICS)
    assert always >= {"verify_email", "confirm_story", "reset_password", "password_changed", "complaint_answered"}
    assert all(stop_of(keyring, "https://x.example", template, PERSON) is None for template in always)
    assert stop_of(keyring, "https://x.example", "alert", None) is None


def test_every_topic_has_e_mails_and_words(keyring: Keyring) -> None:
    assert set(TOPICS) <= set(templates())
    assert set(TOPICS.values()) == set(MailTopic) == set(ABOUT)
    stop = stop_of(keyring, "https://x.example", "change_made", PERSON)
    assert stop is not None
    assert stop.link == f"https://x.example/unsubscribe/{seal(keyring, PERSON, MailTopic.STORY)}"
