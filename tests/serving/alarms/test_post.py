"""One attempt: accepted is 2xx alone, and whatever the receiver does it ends in time."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from serving.alarms.post import post
from serving.clock import SystemClock
from tests.serving.alarms.receiver import Answer, Receiver, dripping, plain, receiving, silent, written
from tests.serving.processes import free_port

BODY, HEADERS = b'{"type":"alarm.raised"}', {"webhook-id": "msg_1"}
LIMIT, SLACK = 0.6, 1.5


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (plain("200 OK"), ""),
        (plain("204 No Content"), ""),
        (plain("301 Moved Permanently", "Location: http://127.0.0.1:9/"), "redirect"),
        (plain("307 Temporary Redirect", "Location: /elsewhere"), "redirect"),
        (plain("400 Bad Request"), "refused"),
        (plain("410 Gone"), "refused"),
        (plain("500 Internal Server Error"), "failed_there"),
        (plain("503 Service Unavailable", "Retry-After: 1"), "failed_there"),
        (written(b"SSH-2.0-OpenSSH_9.6\r\n"), "not_http"),
        (written(b"HTTP/1.1 two hundred OK\r\n\r\n"), "not_http"),
        (written(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"), "not_http"),
        (written(b"HTTP/1.1 200 " + b"x" * 200_000), "not_http"),
        (written(b""), "unreachable"),
        (silent(3.0), "timed_out"),
        (dripping(b"HTTP/1.1 200 OK\r\nX: y\r\n"), "timed_out"),
        (dripping(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.001), "timed_out"),
    ],
)  # fmt: skip
def test_only_2xx_is_accepted_and_every_attempt_ends_in_time(receiver: Receiver, answer: Answer, cause: str) -> None:
    receiver.answers = [answer]
    began = time.monotonic()
    assert post(receiver.url, BODY, HEADERS, seconds=LIMIT) == cause
    assert time.monotonic() - began < LIMIT + SLACK
    (received,) = receiver.received
    assert (received.line, received.body) == ("POST /alarms?from=lushi HTTP/1.1", BODY)
    assert received.headers["webhook-id"] == "msg_1"
    assert received.headers["content-type"] == "application/json"


def test_a_long_answer_is_not_read(receiver: Receiver) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65_536)
        except OSError:
            ended.append(True)

    ended: list[bool] = []
    receiver.answers = [endless]
    assert post(receiver.url, BODY, HEADERS, seconds=5) == ""
    until = time.monotonic() + 5
    while not ended and time.monotonic() < until:
        time.sleep(0.02)
    assert ended


def test_nobody_there_is_unreachable() -> None:
    assert post(f"http://127.0.0.1:{free_port()}/", BODY, HEADERS, seconds=LIMIT) == "unreachable"


def test_a_proxy_of_the_environment_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert post(receiver.url, BODY, HEADERS, seconds=LIMIT) == ""


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A receiver's TLS with a certificate for 127.0.0.1, and the file of its authority, which is itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver of the tests")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, pem = tmp_path / "key.pem", tmp_path / "certificate.pem"
    plain_key = serialization.NoEncryption()
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain_key))
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, file)
    return context, pem


def test_over_tls_only_a_certificate_that_is_trusted_and_names_the_host_is_spoken_to(
    certified: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, pem = certified
    with receiving(context) as secure:
        of: Callable[[str], str] = lambda host: f"https://{host}:{secure.port}/"  # noqa: E731
        assert post(of("127.0.0.1"), BODY, HEADERS, seconds=5) == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert post(of("127.0.0.1"), BODY, HEADERS, seconds=5) == ""
        assert post(of("localhost"), BODY, HEADERS, seconds=5) == "tls"
        assert len(secure.received) == 1
    with receiving() as plainly:
        assert post(f"https://127.0.0.1:{plainly.port}/", BODY, HEADERS, seconds=LIMIT) in ("tls", "timed_out")
        assert plainly.received == []


def test_a_receiver_that_never_ends_its_greeting_is_cut_off() -> None:
    """The beginning of a TLS record of 16 kB, a byte now and then: each read is quick, the whole would take an hour."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        began = time.monotonic()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    connection.sendall(b"\x16\x03\x03\x40\x00")
                    while True:
                        connection.sendall(b"\x02")
                        time.sleep(0.1)
                except OSError:
                    return

        server = Thread(target=drip, daemon=True)
        server.start()
        assert post(f"https://127.0.0.1:{port}/", BODY, HEADERS, seconds=LIMIT) == "timed_out"
        assert time.monotonic() - began < LIMIT + SLACK
        server.join(5)
