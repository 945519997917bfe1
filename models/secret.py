"""Encryption of private values: one data key a person, wrapped by the master keyset of the settings.

Destroying a person's wrapped key makes every value that it encrypted unreadable, in backups too (P18).
The row and column of a value are its associated data, so that a ciphertext moved elsewhere does not open.
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import cast

import tink
from tink import aead, daead, proto_keyset_format, secret_key_access
from tink.proto import aes_siv_pb2, tink_pb2

aead.register()
daead.register()

TEMPLATE = aead.aead_key_templates.AES256_GCM


class SecretError(Exception):
    """A value or key that does not open: wrong key, wrong place, or changed bytes."""


def new_master_key() -> str:
    """A fresh master keyset in the form that `CANDOUR_MASTER_KEY` takes (base64 of a Tink keyset)."""
    handle = tink.new_keyset_handle(TEMPLATE)
    return base64.b64encode(proto_keyset_format.serialize(handle, secret_key_access.TOKEN)).decode()


class PersonKey:
    """One person's data key, open for use."""

    def __init__(self, primitive: aead.Aead) -> None:
        self._aead = primitive

    def encrypt(self, value: str, place: str) -> bytes:
        """`place` names the column and row, e.g. `account.email:<uuid>`."""
        return self.encrypt_bytes(value.encode(), place)

    def decrypt(self, ciphertext: bytes, place: str) -> str:
        """Raises SecretError where the bytes were not encrypted for this person and place."""
        return self.decrypt_bytes(ciphertext, place).decode()

    def encrypt_bytes(self, value: bytes, place: str) -> bytes:
        """As `encrypt`, of what is no text."""
        return cast(bytes, self._aead.encrypt(value, place.encode()))

    def decrypt_bytes(self, ciphertext: bytes, place: str) -> bytes:
        """As `decrypt`, of what is no text."""
        try:
            return cast(bytes, self._aead.decrypt(ciphertext, place.encode()))
        except tink.TinkError:
            raise SecretError("a private value does not open") from None


class Keyring:
    """What the master keyset opens: person keys, the email index, keys of cursors, unsubscribing and audit seals."""

    def __init__(self, master_key: str) -> None:
        try:
            raw = base64.b64decode(master_key, validate=True)
            handle = proto_keyset_format.parse(raw, secret_key_access.TOKEN)
            self._master: aead.Aead = handle.primitive(aead.Aead)
            oldest = tink_pb2.Keyset.FromString(raw).key[0].key_data.value
        except (ValueError, tink.TinkError):
            # SECURITY: never echo the key, not even a malformed one.
            raise SecretError("CANDOUR_MASTER_KEY is not a keyset made by `python app.py key`") from None
        self._email_key = _derive(oldest, "email index", 32)
        self._attempt_key = _derive(oldest, "attempt index", 32)
        self._audit_key = _derive(oldest, "audit log", 32)
        self.fingerprint = self.audit_seal(b"master keyset", raw).hex()
        self.cursors = _deterministic(_derive(oldest, "cursor", 64))
        self.unsubscribing = _deterministic(_derive(oldest, "unsubscribing", 64))
        self._open = lru_cache(maxsize=512)(self._unwrap)

    def new_person_key(self, person: str) -> bytes:
        """A fresh data key, wrapped, bound to `person` (the account's id)."""
        handle = tink.new_keyset_handle(TEMPLATE)
        return cast(bytes, proto_keyset_format.serialize_encrypted(handle, self._master, person.encode()))

    def open(self, wrapped: bytes, person: str) -> PersonKey:
        """The data key in `wrapped`; raises SecretError unless it was made for `person`."""
        return self._open(wrapped, person)

    def _unwrap(self, wrapped: bytes, person: str) -> PersonKey:
        try:
            handle = proto_keyset_format.parse_encrypted(wrapped, self._master, person.encode())
            return PersonKey(handle.primitive(aead.Aead))
        except tink.TinkError:
            raise SecretError("a person's key does not open") from None

    def email_hash(self, email: str) -> bytes:
        """The keyed hash under which an account is found; the email is folded to lower case first."""
        return hmac.new(self._email_key, email.strip().casefold().encode(), hashlib.sha256).digest()

    def attempt_hash(self, text: str) -> bytes:
        """The keyed hash under which attempts are counted; it can't be joined with the hashes of emails."""
        return hmac.new(self._attempt_key, text.encode(), hashlib.sha256).digest()

    def audit_seal(self, *parts: bytes) -> bytes:
        """The seal over parts of the audit log (32 bytes), which nobody makes without the master key."""
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._audit_key, framed, "sha256")


def token_hash(token: str) -> bytes:
    """What is stored of an opaque random token."""
    return hashlib.sha256(token.encode()).digest()


def _derive(oldest: bytes, purpose: str, size: int) -> bytes:
    """A key for `purpose`, from the oldest master key, so that rotation (adding a key) does not change it."""
    return hmac.new(oldest, purpose.encode(), hashlib.sha512).digest()[:size]


def _deterministic(key: bytes) -> daead.DeterministicAead:
    """AES-SIV: the same cursor has the same text, so that equal pages are equal bytes."""
    template = daead.deterministic_aead_key_templates.AES256_SIV
    data = tink_pb2.KeyData(
        type_url=template.type_url,
        value=aes_siv_pb2.AesSivKey(key_value=key).SerializeToString(),
        key_material_type=tink_pb2.KeyData.SYMMETRIC,
    )
    only = tink_pb2.Keyset.Key(key_data=data, status=tink_pb2.ENABLED, key_id=1, output_prefix_type=tink_pb2.RAW)
    keyset = tink_pb2.Keyset(primary_key_id=1, key=[only])
    handle = proto_keyset_format.parse(keyset.SerializeToString(), secret_key_access.TOKEN)
    return cast(daead.DeterministicAead, handle.primitive(daead.DeterministicAead))
