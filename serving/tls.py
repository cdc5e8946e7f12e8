"""The service's certificate and key: read at the start, so that what does not fit is said before anybody calls."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scoring.errors import LushiError

_CERT, _KEY = "LUSHI_TLS_CERT", "LUSHI_TLS_KEY"


class TlsUnusable(LushiError):
    """Certificate or key cannot be used; the message says which setting, why and what to do."""


def check_tls(cert: Path, key: Path, *, now: datetime) -> datetime:
    """When the certificate ends, after both files were read and held against each other. now: real time, aware.

    Raises:
        TlsUnusable: where a file cannot be read, is not PEM, has a password, has ended, or the two do not belong together.
    """
    try:
        chain = x509.load_pem_x509_certificates(_bytes(_CERT, cert))
    except ValueError:
        raise TlsUnusable(
            f"{_CERT}: the file holds no certificate in PEM; give one with -----BEGIN CERTIFICATE-----"
        ) from None
    try:
        private = serialization.load_pem_private_key(_bytes(_KEY, key), password=None)
    except TypeError:
        raise TlsUnusable(f"{_KEY}: the key has a password; give one without, readable by the service alone") from None
    except ValueError:
        raise TlsUnusable(
            f"{_KEY}: the file holds no private key in PEM; give one with -----BEGIN PRIVATE KEY-----"
        ) from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if chain[0].public_key().public_bytes(*form) != private.public_key().public_bytes(*form):
        raise TlsUnusable(
            f"{_KEY} is not the key of the first certificate in {_CERT}; give the two that belong together"
        )
    end = chain[0].not_valid_after_utc
    if end <= now:
        raise TlsUnusable(f"{_CERT}: the certificate ended on {end:%Y-%m-%d}; have it renewed")
    return end


def _bytes(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = (error.strerror or "unknown cause").lower()
        raise TlsUnusable(f"{name}: the file cannot be read: {why}; check the path and its permissions") from None
