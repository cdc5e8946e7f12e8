"""A receiver of the webhook on this machine that answers as it is told, well or badly."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import orjson

Answer = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found


def plain(status: str, *headers: str) -> Answer:
    """An answer with a status, written at once."""
    text = "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close", "", ""])
    return lambda it: it.sendall(text.encode())


def written(text: bytes) -> Answer:
    """These bytes and nothing else."""
    return lambda it: it.sendall(text)


def dripping(text: bytes, *, pause: float = 0.1) -> Answer:
    """These bytes one at a time, again and again."""

    def drip(it: socket.socket) -> None:
        with suppress(OSError):
            while True:
                for place in range(len(text)):
                    it.sendall(text[place : place + 1])
                    time.sleep(pause)

    return drip


def silent(seconds: float) -> Answer:
    """Nothing at all for so long."""
    return lambda _: time.sleep(seconds)


@dataclass
class Receiver:
    """What came, and what is answered: the answers in turn, the last one from then on."""

    port: int
    answers: list[Answer] = field(default_factory=lambda: [plain("204 No Content")])
    received: list[Received] = field(default_factory=list)
    before: Callable[[Received], None] = lambda _: None
    """Called with each request before it is answered."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alarms?from=lushi"

    def take(self, connection: socket.socket) -> None:
        """Read one request and answer it."""
        with connection, suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                more = connection.recv(65_536)
                if not more:
                    return
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            line, *rows = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows)}
            while len(body) < int(headers.get("content-length", "0")):
                body += connection.recv(65_536)
            request = Received(line, headers, body)
            self.received.append(request)
            self.before(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            answer(connection)


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver until the block ends; with a context it speaks TLS."""
    listening, ended = socket.create_server(("127.0.0.1", 0)), Event()
    listening.settimeout(0.05)
    found = Receiver(listening.getsockname()[1])

    def one(connection: socket.socket) -> None:
        connection.settimeout(30)
        if context is not None:
            try:
                connection = context.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                return
        found.take(connection)

    def serve() -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                connection, _ = listening.accept()
                Thread(target=one, args=(connection,), daemon=True).start()

    server = Thread(target=serve, daemon=True)
    server.start()
    try:
        yield found
    finally:
        ended.set()
        server.join()
        listening.close()
