"""TLS: the service speaks it where certificate and key fit, and says at the start what does not."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from serving.clock import SystemClock
from serving.settings import SettingsInvalid, read_settings
from serving.tls import TlsUnusable, check_tls
from tests.serving.processes import Service
from tests.serving.served import Served

NOW = SystemClock().now()


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _pem(key: ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def _cert(key: ec.EllipticCurvePrivateKey, *, ends: datetime = NOW + timedelta(days=30)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=60))
        .not_valid_after(ends)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key, in files."""
    key = _key()
    cert_file, key_file = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert_file.write_bytes(_cert(key))
    key_file.write_bytes(_pem(key))
    return cert_file, key_file


def test_a_pair_that_fits_is_taken_and_its_end_known(pair: tuple[Path, Path]) -> None:
    assert check_tls(*pair, now=NOW) == (NOW + timedelta(days=30)).replace(microsecond=0).astimezone(UTC)


@pytest.mark.parametrize(
    ("cert", "key", "says"),
    [
        (None, b"", "LUSHI_TLS_CERT: the file cannot be read: no such file"),
        (b"SECRET", b"", "LUSHI_TLS_CERT: the file holds no certificate"),
        (b"", None, "LUSHI_TLS_KEY: the file cannot be read: no such file"),
        (b"", b"SECRET", "LUSHI_TLS_KEY: the file holds no private key"),
        (b"", _pem(_key()), "LUSHI_TLS_KEY is not the key of the first certificate"),
        (b"", _pem(_key(), b"secret"), "LUSHI_TLS_KEY: the key has a password"),
        (_cert(_key()), b"", "LUSHI_TLS_KEY is not the key of the first certificate"),
    ],
)
def test_a_pair_that_does_not_fit_is_refused_with_the_cause(
    pair: tuple[Path, Path], cert: bytes | None, key: bytes | None, says: str
) -> None:
    """b'': as it should be. None: no such file."""
    for path, content in zip(pair, (cert, key), strict=True):
        if content is None:
            path.unlink()
        elif content:
            path.write_bytes(content)
    with pytest.raises(TlsUnusable, match=says) as refused:
        check_tls(*pair, now=NOW)
    assert "SECRET" not in str(refused.value)


def test_a_certificate_that_has_ended_is_refused(pair: tuple[Path, Path]) -> None:
    with pytest.raises(TlsUnusable, match="ended on"):
        check_tls(*pair, now=NOW + timedelta(days=31))


def test_one_without_the_other_and_another_machines_address_without_tls_are_refused() -> None:
    for alone in ("LUSHI_TLS_CERT", "LUSHI_TLS_KEY"):
        with pytest.raises(SettingsInvalid, match="belong together"):
            read_settings({alone: "x.pem"})
    with pytest.raises(SettingsInvalid, match="must not travel unencrypted"):
        read_settings({"LUSHI_HOST": "0.0.0.0"})
    both = {"LUSHI_TLS_CERT": "x.pem", "LUSHI_TLS_KEY": "y.pem"}
    assert read_settings({"LUSHI_HOST": "0.0.0.0", **both}).host == "0.0.0.0"


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_service_speaks_tls_to_whoever_trusts_its_certificate(
    make_county: Callable[[], Served], tmp_path: Path, pair: tuple[Path, Path], workers: str
) -> None:
    served = make_county()
    tls = {"LUSHI_TLS_CERT": str(pair[0]), "LUSHI_TLS_KEY": str(pair[1]), "LUSHI_HOST": "0.0.0.0"}
    service = Service(served, tmp_path, "--workers", workers, **tls)
    try:
        service.wait_until_ready()
        assert f"serving on https://0.0.0.0:{service.port}" in service.said
        trusting = ssl.create_default_context(cafile=str(pair[0]))
        url = f"https://127.0.0.1:{service.port}/readyz"
        with httpx2.Client(verify=trusting, headers=served.key(), timeout=20) as client:
            assert client.get(url).json()["status"] == "ready"
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(url, timeout=20)  # nobody else vouches for it
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(f"http://127.0.0.1:{service.port}/livez", timeout=20)
    finally:
        service.end()
