"""Resident ID numbers under keys: sealed so that only the key opens them, found again by keyed fingerprints only.

One secret of 32 bytes gives a key for each use (HKDF-SHA256, RFC 5869): one that seals (AES-256-GCM, NIST SP 800-38D), and one for
each tenant and purpose whose index finds a number. So two tenants' indexes cannot be compared, and none tells the sealing key.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from feature_store.identity import normal
from scoring.errors import LushiError

SECRET_BYTES = 32
NONCE_BYTES = 12
KEY_ID_DIGITS = 8
COUNTY = "county"
"""The county's own index: who is registered under which number."""
REGISTRATION = "registration"
SEARCH = "search"
"""Purpose of a bank's index: the numbers that it may search by."""
NO_KEY_ID = ""
"""Key id of fingerprints made before keys had ids: HMAC-SHA256 under the secret itself, with no number beside them."""
_SALT = b"lushi-credit/id-numbers"
_LOG = logging.getLogger("lushi")


class IdNumberUnreadable(LushiError):
    """A sealed number that no key at hand opens: another key's, another household's, or changed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A number as it is stored. ciphertext: AES-256-GCM with its tag; key_id: which key opens it."""

    key_id: str
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True)
class IdKey:
    """The key of ID numbers. before: the key that was in use until now, while a change of keys is under way.

    Raises:
        ValueError: for a secret that does not have 32 bytes.
    """

    secret: bytes = field(repr=False)
    before: IdKey | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise ValueError("a key of ID numbers has 32 bytes")

    @cached_property
    def key_id(self) -> str:
        """Names the key without telling it: the first 8 hexadecimal digits of its SHA-256."""
        return hashlib.sha256(self.secret).hexdigest()[:KEY_ID_DIGITS]

    @property
    def both(self) -> tuple[IdKey, ...]:
        """This key, and the one before it where there is another."""
        return (self,) if self.before is None or self.before.secret == self.secret else (self, self.before)

    def seal(self, number: str, household_id: str) -> Sealed:
        """A household's number under a fresh nonce; it opens for that household alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        ciphertext = self._cipher.encrypt(nonce, normal(number).encode(), _bound_to(self.key_id, household_id))
        return Sealed(self.key_id, nonce, ciphertext)

    def unseal(self, sealed: Sealed, household_id: str) -> str:
        """The number that was sealed for a household; a failure is logged with the household's id.

        Raises:
            IdNumberUnreadable: where its key is not at hand, it was sealed for another household, or it was changed.
        """
        key = next((it for it in self.both if it.key_id == sealed.key_id), None)
        if key is None:
            words = (
                f"it was sealed under the key {sealed.key_id}, which is not at hand; restore that key from your backup"
            )
        else:
            try:
                bound = _bound_to(key.key_id, household_id)
                return key._cipher.decrypt(sealed.nonce, sealed.ciphertext, bound).decode()
            except (InvalidTag, ValueError):
                words = "what is stored was changed or is another household's; restore it from your backup, or import it again"
        _LOG.error("the ID number of household %s cannot be read: %s", household_id, words)
        raise IdNumberUnreadable(f"the ID number of household {household_id} cannot be read: {words}")

    def fingerprint(self, number: str, *, tenant: str, purpose: str) -> bytes:
        """What a tenant's index holds for a number: HMAC-SHA256 under that index's own key, 32 bytes."""
        index = (tenant, purpose)
        if index not in self._indexes:
            self._indexes[index] = _derived(self.secret, b"index", tenant.encode(), purpose.encode())
        return hmac.digest(self._indexes[index], normal(number).encode(), "sha256")

    def fingerprint_of_before(self, number: str) -> bytes:
        """What was stored of a number before keys had ids (:data:`NO_KEY_ID`)."""
        return hmac.digest(self.secret, normal(number).encode(), "sha256")

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(_derived(self.secret, b"seal"))

    @cached_property
    def _indexes(self) -> dict[tuple[str, str], bytes]:
        return {}


def _derived(secret: bytes, *use: bytes) -> bytes:
    """The key of one use. Each word of the use is preceded by its length, so that no two uses read alike."""
    info = b"".join(len(word).to_bytes(2, "big") + word for word in use)
    return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=_SALT, info=info).derive(secret)


def _bound_to(key_id: str, household_id: str) -> bytes:
    """The associated data: a number that is moved to another household, or named another key's, does not open."""
    return b"id-number\x00" + key_id.encode() + b"\x00" + household_id.encode()
