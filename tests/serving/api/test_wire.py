"""Raw bytes on a real socket: whatever comes is answered with a problem or hung up on, and the next caller is served."""

from __future__ import annotations

import asyncio
import json
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import uvicorn

from serving.api import http_protocol
from serving.api.app import create_app
from serving.api.http_protocol import WIRE
from serving.commands.run_service import bound
from tests.serving.served import Served

MARK = b"Zq9marker7f3a"


@pytest.fixture(scope="module")
def served_wire(make_county: Callable[[], Served]) -> Iterator[tuple[int, bytes]]:
    """The port of a real server, and the header of a live key."""
    served = make_county()
    server = uvicorn.Server(uvicorn.Config(create_app(served.parts), port=0, log_config=None, access_log=False, **WIRE))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield port, b"Authorization: " + served.key()["Authorization"].encode() + b"\r\n"
    server.should_exit = True
    thread.join()


def test_what_is_written_is_sent_at_once(make_county: Callable[[], Served]) -> None:
    settings = replace(make_county().parts.settings, port=0)

    async def sends_at_once() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Seen(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                line = transport.get_extra_info("socket")
                found.set_result(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        with bound(settings) as listening:
            server = await asyncio.get_running_loop().create_server(Seen, sock=listening)
            async with server:
                with socket.create_connection(listening.getsockname(), timeout=5):
                    return await asyncio.wait_for(found, 5)

    assert asyncio.run(sends_at_once())


def say(port: int, *pieces: bytes, pause: float = 0, seconds: float = 5) -> bytes:
    """Everything that the server answers to these bytes until it hangs up or is silent for so long."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
                if select.select([line], [], [], pause)[0]:
                    break
            while got := line.recv(65536):
                heard += got
        except OSError:  # hung up while we spoke
            pass
    return heard


def heard_until(line: socket.socket, end: bytes) -> bytes:
    """What comes until it ends so."""
    heard = b""
    while not heard.endswith(end):
        heard += line.recv(9000)
    return heard


def problem_of(heard: bytes) -> dict[str, object]:
    """The one problem that was answered."""
    head, _, body = heard.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower(), heard[:300]
    assert b"cache-control: no-store" in head.lower()
    assert b"uvicorn" not in heard
    assert MARK not in heard
    found: dict[str, object] = json.loads(body)
    assert head.split(b" ")[1] == str(found["status"]).encode()
    return found


HOST = b"Host: x\r\n"
CASES: dict[str, tuple[bytes, int]] = {
    "no request": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + MARK + b"\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /livez\r\n\r\n", 400),
    "no host": (b"GET /livez HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET /livez HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    "NUL in a header": (b"GET /livez HTTP/1.1\r\n" + HOST + b"X: " + MARK + b"\x00\r\n\r\n", 400),
    "a space before the colon": (b"GET /livez HTTP/1.1\r\n" + HOST + b"X : 1\r\n\r\n", 400),
    "two lengths": (b"POST /v1/decisions HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    "a length that is none": (b"POST /v1/decisions HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n{}", 400),
    "an encoding nobody knows": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: " + MARK + b"\r\n\r\n", 400),
    "an endless header": (b"GET /livez HTTP/1.1\r\n" + HOST + b"X: " + MARK * 9000, 431),
    "bytes in the address": (b"GET /livez\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a header without end": (b"GET /livez HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 30_000 + b"\r\n\r\n", 431),
    "an address without end": (b"GET /livez?" + b"a" * 3000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_request_is_answered_with_a_problem(served_wire: tuple[int, bytes], name: str) -> None:
    sent, status = CASES[name]
    assert problem_of(say(served_wire[0], sent))["status"] == status


def test_a_chunked_body_and_a_broken_chunk_are_refused(served_wire: tuple[int, bytes]) -> None:
    port, key = served_wire
    head = b"POST /v1/assessments HTTP/1.1\r\n" + HOST + key
    head += b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    for rest in (b"2\r\n{}\r\n0\r\n\r\n", b"zz\r\n" + MARK, b"fffffffff\r\n{}"):
        assert problem_of(say(port, head + rest))["status"] == 400


def test_calls_one_behind_the_other_are_each_answered_in_order(served_wire: tuple[int, bytes]) -> None:
    port, key = served_wire
    one = b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n"
    two = b"GET /v1/log/key HTTP/1.1\r\n" + HOST + key + b"\r\n"
    heard = say(
        port,
        one + two + one + b"GET / HTTP/1.1\r\n" + HOST + b"\r\n" + MARK + b"\r\n\r\n",
    )
    statuses = [int(it[:3]) for it in heard.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 200, 200, 401, 400]
    assert MARK not in heard


def test_a_head_that_dawdles_is_given_up_and_a_silent_line_is_closed(
    served_wire: tuple[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "MOST_HEAD_SECONDS", 0.5)
    port, _ = served_wire
    begun = time.monotonic()
    drops = [bytes([it]) for it in b"GET /livez HTTP/1.1\r\nX: " + MARK]
    assert problem_of(say(port, *drops, pause=0.04))["status"] == 408
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        assert line.recv(10) == b""
    whole = b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(whole)
        assert heard_until(line, b'"alive"}').startswith(b"HTTP/1.1 200")
        time.sleep(0.7)  # idle between two calls is no dawdling
        line.sendall(whole)
        assert heard_until(line, b'"alive"}').startswith(b"HTTP/1.1 200")
        line.sendall(b"GET /li")
        assert line.recv(9000).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 10


def test_random_bytes_never_stop_the_service(served_wire: tuple[int, bytes]) -> None:
    port, key = served_wire
    draw = random.Random(20)
    body = b'{"values": {}}'
    head = b"POST /v1/assessments HTTP/1.1\r\n" + HOST + key + b"Content-Type: application/json\r\n"
    whole = head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    for _ in range(300):
        spoilt = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
        heard = say(port, bytes(spoilt), seconds=0.3)
        if heard:
            assert 200 <= int(heard.split(b" ")[1]) < 500, (bytes(spoilt), heard[:300])
    assert say(port, whole).startswith(b"HTTP/1.1 200")
