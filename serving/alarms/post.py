"""One message to the receiver, within a time limit: only whether it was accepted is believed, and nothing else of the answer.

Straight to the address that is set: through no proxy, along no redirect. The body of the answer is never read.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from threading import Event, Thread
from typing import Literal
from urllib.parse import urlsplit

Cause = Literal["", "unreachable", "timed_out", "tls", "not_http", "redirect", "refused", "failed_there"]
"""Why it was not accepted; '' where it was.

unreachable: no connection, or one that broke off. timed_out: not accepted in time. tls: no certificate that this machine
trusts. not_http: the answer is none. redirect, refused, failed_there: answered with 3xx, 4xx (or 1xx), 5xx.
"""
GONE: tuple[Cause, ...] = ("unreachable", "timed_out", "tls")
"""Nobody is there: another message would fare no better now."""
SECONDS = 10.0
"""Longest that an attempt may take, connecting included. Less than the 15 that Standard Webhooks recommends: stopping waits for it."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Cause:
    """Send the body to an address that the settings allow; '' where it was accepted (2xx)."""
    connection, until = _connection(url, seconds), time.monotonic() + seconds
    try:
        with _cut_at(until, connection):
            return _sent(connection, url, body, headers)
    except (TimeoutError, OSError, HTTPException, ValueError, AttributeError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= until:
            return "timed_out"
        return _cause(error)
    finally:
        with suppress(OSError):
            connection.close()


def _sent(connection: HTTPConnection, url: str, body: bytes, headers: Mapping[str, str]) -> Cause:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    said = {"Content-Type": "application/json", "User-Agent": "lushi-credit", "Connection": "close"}
    connection.request("POST", path, body=body, headers={**said, **headers})
    status = connection.getresponse().status
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return "redirect"
    return "failed_there" if status >= 500 else "refused"


def _cause(error: Exception) -> Cause:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, HTTPException | ValueError) and not isinstance(error, RemoteDisconnected):
        return "not_http"
    return "unreachable"


class _Https(HTTPSConnection):
    """Its socket can be reached while the two sides still greet one another, so that they can be cut off then, too."""

    def __init__(self, host: str, port: int | None, timeout: float) -> None:
        self._trusted = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout, context=self._trusted)

    def connect(self) -> None:
        HTTPConnection.connect(self)
        self.sock = self._trusted.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    kind = _Https if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=seconds)


@contextmanager
def _cut_at(until: float, connection: HTTPConnection) -> Iterator[None]:
    """End the connection at a time: a receiver that sends a byte now and then keeps within every limit of a single read."""
    done = Event()

    def watch() -> None:
        while not done.wait(max(until - time.monotonic(), 0.1)):
            if connection.sock is not None:
                with suppress(OSError, AttributeError):
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    watcher = Thread(target=watch, name="webhook-limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
