"""Asked to stop, the service stops, whatever half-said calls are still open."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from serving.commands.serve import GRACE_SECONDS
from tests.serving.served import Served

HALF = (
    b"POST /v1/decisions HTT",
    b"POST /v1/assessments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
)


@pytest.mark.slow
def test_half_said_calls_do_not_hold_up_the_end(make_county: Callable[[], Served]) -> None:
    served = make_county()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    ours = {"LUSHI_DATA": str(served.folder), "LUSHI_PORT": str(port), "LUSHI_NOW": served.clock.moment.isoformat()}
    process = subprocess.Popen([sys.executable, "-m", "lushi", "serve"], env=clean | ours)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(6)]
        for number, one in enumerate(held):
            one.sendall(HALF[number % 2])
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=GRACE_SECONDS + 20) == 0
        for one in held:
            one.close()
    finally:
        process.kill()
        process.wait()
