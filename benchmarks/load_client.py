"""The load: a process of its own that keeps so many connections busy and times each answer.

Plain sockets and requests whose bytes are ready beforehand, because the client shares the machine with what it measures.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked. requests: whole HTTP requests, one after the other is sent; ok: status of a good answer.

    holds: bytes that a whole answer contains.
    """

    port: int
    requests: Sequence[bytes]
    ok: int
    holds: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it. wrong: answers of another status, or cut off; partial: good ones that lacked what they must hold.

    seconds: of the whole run; milliseconds: of each good answer.
    """

    seconds: float
    milliseconds: list[float]
    wrong: int
    partial: int

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return len(self.milliseconds) / self.seconds

    def quantile_ms(self, percent: int) -> float:
        """Milliseconds within which so many percent were answered."""
        return quantiles(self.milliseconds, n=100)[percent - 1]


def put(target: Target, *, connections: int, seconds: float) -> Load:
    """Load a server for so long, in a process of its own."""
    asked = {
        "port": target.port,
        "ok": target.ok,
        "holds": target.holds.decode(),
        "requests": [it.decode("latin-1") for it in target.requests],
        "connections": connections,
        "seconds": seconds,
    }
    ran = subprocess.run(
        [sys.executable, Path(__file__)], input=json.dumps(asked).encode(), stdout=subprocess.PIPE, check=True
    )
    return Load(**json.loads(ran.stdout))


def post(path: str, body: object, **headers: str) -> bytes:
    """The bytes of a request."""
    content = json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + [f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def ask(target: Target, request: bytes) -> bytes:
    """The body of one answer.

    Raises:
        RuntimeError: for another status than the good one.
    """
    with _connected(target.port) as connection:
        connection.sendall(request)
        answer = _Answer()
        while not answer.take(connection.recv(_MOST)):
            pass
    if answer.status != target.ok:
        raise RuntimeError(f"port {target.port} answers {answer.status}: {answer.body[:300]!r}")
    return answer.body


class _Answer:
    """One HTTP answer as it comes in; the servers measured all state its length."""

    def __init__(self) -> None:
        self.status, self.body = 0, b""
        self._seen, self._needed, self._start = b"", -1, 0

    def take(self, more: bytes) -> bool:
        """Whether it is whole now; an answer that is cut off is whole with the status 0."""
        self._seen += more
        if self._needed < 0 and (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = self._seen[:end].lower()
            at = head.find(b"content-length:")
            self._needed = end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else len(self._seen)
            self.status, self._start = int(head[9:12]), end + 4
        if 0 <= self._needed <= len(self._seen):
            self.body = self._seen[self._start :]
            return True
        if not more:
            self.status = 0
        return not more


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _run(target: Target, connections: int, seconds: float) -> Load:
    """Each connection sends its next request once its answer is whole."""
    poll, place = select.epoll(), 0
    open_: dict[int, tuple[socket.socket, float, _Answer]] = {}

    def send(connection: socket.socket) -> None:
        nonlocal place
        request, place = target.requests[place % len(target.requests)], place + 1
        open_[connection.fileno()] = (connection, time.perf_counter(), _Answer())
        connection.sendall(request)

    def again() -> None:
        fresh = _connected(target.port)
        poll.register(fresh.fileno(), select.EPOLLIN)
        send(fresh)

    found, wrong, partial = [], 0, 0
    start = time.perf_counter()
    for _ in range(connections):
        again()
    while open_:
        for number, _ in poll.poll():
            connection, begun, answer = open_[number]
            if not answer.take(connection.recv(_MOST)):
                continue
            now = time.perf_counter()
            if answer.status == target.ok:
                found.append((now - begun) * 1000)
                partial += target.holds not in answer.body
            else:
                wrong += 1
            del open_[number]
            if answer.status and now - start < seconds:
                send(connection)
            else:
                poll.unregister(number)
                connection.close()
                if now - start < seconds:
                    again()
    return Load(time.perf_counter() - start, found, wrong, partial)


def _main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    requests = [it.encode("latin-1") for it in asked["requests"]]
    found = _run(
        Target(asked["port"], requests, asked["ok"], asked["holds"].encode()), asked["connections"], asked["seconds"]
    )
    json.dump({name: getattr(found, name) for name in Load.__slots__}, sys.stdout)


if __name__ == "__main__":
    _main()
