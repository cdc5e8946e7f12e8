"""SIGKILL in the middle of many calls: what was answered is recorded, whole, and replays identically."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import httpx2
import pytest

from serving.ledger.verify import verify
from serving.replay import replay
from tests.serving.county import Served, ask

CALLS, CALLERS, KILLS, REPLAYS = 2000, 16, 3, 200


@pytest.mark.slow
def test_every_answered_decision_survives_sigkill(make_county: Callable[[], Served]) -> None:
    served = make_county()
    ids = served.ids()
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    service = _Service(served, port)
    header = served.key()
    answered: dict[str, str] = {}
    done = threading.Event()

    def call(number: int) -> None:
        with httpx2.Client(timeout=10, headers=header) as client:
            for _ in range(200):
                try:
                    answer = client.post(f"{base}/v1/decisions", json=ask(ids[number % len(ids)]))
                except httpx2.HTTPError:
                    time.sleep(0.1)
                    continue
                assert answer.status_code in (201, 503), answer.text
                if answer.status_code == 201:
                    answered[answer.json()["decision_id"]] = answer.json()["receipt"]["leaf_hash"]
                    return
            raise AssertionError("the service did not come back")

    def kill() -> None:
        chance = random.Random(1)
        for number in range(1, KILLS + 1):
            while len(answered) < number * CALLS // (KILLS + 1) and not done.is_set():
                time.sleep(0.02 + 0.05 * chance.random())
            service.kill_and_restart()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(CALLERS) as callers:
            for outcome in callers.map(call, range(CALLS)):
                assert outcome is None
    finally:
        done.set()
        killer.join()
        service.process.kill()
        service.process.wait()
    assert service.kills == KILLS
    assert len(answered) == CALLS
    with served.parts.store.looking(served.clock.now()) as moment:
        log = verify(moment.connection, served.parts.signer)
        rows = moment.connection.exec_driver_sql(
            "SELECT entry_no, decision_id, hash FROM decisions JOIN log_nodes ON level = 0 AND position = entry_no ORDER BY 1"
        ).all()
    assert (log.faults, log.kinds["decision"]) == ([], len(rows))
    recorded = {str(row.decision_id): bytes(row.hash).hex() for row in rows}
    assert answered.items() <= recorded.items()
    chosen = random.Random(2).sample(sorted(recorded), REPLAYS)
    assert [replay(UUID(one), served.parts).differences for one in chosen] == [()] * REPLAYS


class _Service:
    """``lushi serve`` as a process of its own on the county's database."""

    def __init__(self, served: Served, port: int) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")},
            "LUSHI_DATA": str(served.folder),
            "LUSHI_NOW": served.clock.moment.isoformat(),
            "LUSHI_PORT": str(port),
        }
        self._port, self.kills = port, 0
        self.process = self._start()

    def kill_and_restart(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL
        self.kills += 1
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "lushi", "serve"], env=self._environment)
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return process
            assert process.poll() is None, "the service ended by itself"
            time.sleep(0.1)
        raise AssertionError("the service did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
