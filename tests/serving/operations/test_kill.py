"""SIGKILL in the middle of many calls: what was answered is recorded, whole, and replays identically."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.serving.processes import Service
from tests.serving.served import Served, ask

CALLS, CALLERS, KILLS, REPLAYS = 2000, 16, 3, 200


@pytest.mark.slow
def test_every_answered_decision_survives_sigkill(make_county: Callable[[], Served], tmp_path: Path) -> None:
    served = make_county()
    ids = served.ids()
    service = Service(served, tmp_path)
    service.wait_until_ready()
    header = served.key()
    answered: dict[str, str] = {}
    done = threading.Event()

    def call(number: int) -> None:
        with httpx2.Client(timeout=10, headers=header) as client:
            for _ in range(200):
                try:
                    answer = client.post(f"{service.base}/v1/decisions", json=ask(ids[number % len(ids)]))
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
            service.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(CALLERS) as callers:
            for outcome in callers.map(call, range(CALLS)):
                assert outcome is None
    finally:
        done.set()
        killer.join()
        service.end()
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
