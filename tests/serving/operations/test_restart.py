"""A minute of calls while the database is restarted and the workers killed: nothing answered is lost or made twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import orjson
import pytest

from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.fakes import models
from tests.serving import registered
from tests.serving.advised import NO_ROOM, SET
from tests.serving.processes import Service, restart_database
from tests.serving.served import Served, ask

CALLERS, SECONDS, REPLAYS, REPEATED = 16, 60, 500, 300
RECOVERS_SECONDS = 5.0
"""From the end of a fault to the first answer to a call that was made after it."""
PATIENCE_SECONDS = 60
"""How long a caller goes on trying; a busy machine may take long to start a process."""
FAULTS = ((8, "kill"), (18, "fast"), (28, "kill"), (38, "immediate"), (48, "kill"))
"""Second after the start, and what happens then or once the one before is over; the words between two kills are how the database is restarted."""


@dataclass
class Calls:
    """What the callers sent and were answered. answers: by key, the bytes; sent: by key, the body; ended: by time."""

    answers: dict[str, bytes] = field(default_factory=dict)
    sent: dict[str, dict[str, object]] = field(default_factory=dict)
    answered: list[tuple[float, float]] = field(default_factory=list)
    statuses: Counter[int | str] = field(default_factory=Counter)

    def one(self, client: httpx2.Client, base: str, key: str) -> bytes:
        """Make a call until it is answered, with the same key and body."""
        first = time.monotonic()
        while (began := time.monotonic()) < first + PATIENCE_SECONDS:
            try:
                answer = client.post(f"{base}/v1/decisions", json=self.sent[key], headers={"Idempotency-Key": key})
            except httpx2.HTTPError as error:
                self.statuses[type(error).__name__] += 1
                time.sleep(0.05)
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code == 201:
                self.answered.append((began, time.monotonic()))
                return answer.content
            # 409: the first call with the key has lost its caller and still ends.
            assert answer.status_code in (409, 503), answer.text
            time.sleep(0.05)
        raise AssertionError("the service did not come back")

    def back_after(self, moment: float) -> float:
        """Seconds from a moment to the first answer to a call that was made after it."""
        return min((ended for began, ended in self.answered if began >= moment), default=float("inf")) - moment


@pytest.mark.slow
def test_a_minute_of_faults_loses_nothing_and_decides_nothing_twice(
    make_county: Callable[..., Served], tmp_path: Path
) -> None:
    served = make_county()
    ids, calls, header = served.ids(), Calls(), served.key()
    artefact = models.artefact(SET)
    registered.promote(served, registered.register(tmp_path / "mlruns", artefact), artefact)
    service = Service(served, tmp_path, "--workers", "2", LUSHI_MLRUNS=str(tmp_path / "mlruns"))
    service.wait_until_ready()
    failed = threading.Event()
    began, ends = time.monotonic(), list[tuple[str, float, float]]()

    def call(number: int) -> None:
        chance = random.Random(number)
        with httpx2.Client(timeout=10, headers=header) as client:
            while time.monotonic() < began + SECONDS and not failed.is_set():
                key = str(uuid4())
                calls.sent[key] = ask(chance.choice(ids), amount_cny=chance.randrange(10_000, 50_000, 1000))
                calls.answers[key] = calls.one(client, service.base, key)
                if chance.random() < 0.1:
                    again = chance.choice(list(calls.answers))
                    assert calls.one(client, service.base, again) == calls.answers[again]

    def disturb() -> None:
        for second, what in FAULTS:
            if failed.wait(max(began + second - time.monotonic(), 0)):
                return
            happens = time.monotonic()
            if what == "kill":
                service.kill_worker()
            else:
                restart_database(served.folder / "postgres", what)
            ends.append((what, happens, end := time.monotonic()))
            while calls.back_after(end) == float("inf") and not failed.wait(0.05):
                pass  # one fault at a time: the next comes when this one is over

    trouble = threading.Thread(target=disturb)
    trouble.start()
    try:
        with ThreadPoolExecutor(CALLERS) as callers:
            assert list(callers.map(call, range(CALLERS))) == [None] * CALLERS
        trouble.join()
        with httpx2.Client(timeout=10, headers=header) as client:
            for key in random.Random(2).sample(sorted(calls.answers), min(REPEATED, len(calls.answers))):
                assert calls.one(client, service.base, key) == calls.answers[key], "the same key, the same answer"
    finally:
        failed.set()
        trouble.join()
        service.end()

    back = [(what, round(calls.back_after(end), 2)) for what, _, end in ends]
    lasted = [round(end - happens, 1) for _, happens, end in ends]
    print(f"{len(calls.answers)} decisions, {dict(calls.statuses)}; faults lasted {lasted} s; back after {back}")  # noqa: T201
    assert len(ends) == len(FAULTS)
    assert all(seconds <= RECOVERS_SECONDS for _, seconds in back), back
    _exactly_once(served, calls)
    registered.use(served, registered.uri_of(tmp_path / "mlruns"), timeout_ms=NO_ROOM)
    chosen = random.Random(3).sample([UUID(_id(it)) for it in calls.answers.values()], REPLAYS)
    assert [replay(one, served.parts).differences for one in chosen] == [()] * REPLAYS


def _exactly_once(served: Served, calls: Calls) -> None:
    """Every answer is a decision in the log, every decision was answered, and the log holds."""
    with served.parts.store.looking(served.clock.now()) as moment:
        log = verify(moment.connection, served.parts.signer)
        keys = moment.connection.exec_driver_sql("SELECT key, decision_id::text FROM idempotency_keys").all()
        recorded = moment.connection.exec_driver_sql("SELECT decision_id::text FROM decisions").scalars().all()
    answered = {key: _id(answer) for key, answer in calls.answers.items()}
    assert log.faults == []
    assert dict(tuple(row) for row in keys) == answered
    assert sorted(recorded) == sorted(answered.values())
    assert len(recorded) == log.kinds["decision"] == len(set(answered.values()))
    given = sum(orjson.loads(it)["advisory"]["status"] == "given" for it in calls.answers.values())
    assert given > len(answered) / 10, "decisions with the model's opinion were among them"


def _id(answer: bytes) -> str:
    found: str = orjson.loads(answer)["decision_id"]
    return found
