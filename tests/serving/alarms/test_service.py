"""The running service with two workers: one of them tells the webhook, and no decision waits for a receiver that is slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx2
import pytest

from serving.alarms.raise_alarms import raise_alarms
from tests.fakes.models import artefact
from tests.serving.advised import SET, Advised
from tests.serving.alarms.receiver import Receiver
from tests.serving.alarms.reports import alarm, red, report
from tests.serving.processes import Service, wait_for
from tests.serving.served import Served, ask


@pytest.mark.slow
def test_two_workers_tell_each_message_once_and_decisions_do_not_wait(
    make_county: Callable[[], Served], tmp_path: Path, receiver: Receiver
) -> None:
    served = make_county()
    Advised(served).stand(artefact(SET))
    receiver.before = lambda it: time.sleep(4.0 * (it is receiver.received[0]))
    header, ids = served.key(), served.ids()
    found = raise_alarms(served.parts, report(red(), alarm("population.psi_score")), on=date(2017, 4, 20))
    service = Service(served, tmp_path, "--workers", "2", LUSHI_ALARM_WEBHOOK=receiver.url)
    try:
        service.wait_until_ready()
        wait_for(lambda: bool(receiver.received))
        began = time.monotonic()
        with httpx2.Client(headers=header, timeout=10) as client:
            for household_id in ids[:5]:
                answer = client.post(f"{service.base}/v1/decisions", json=ask(household_id)).json()
                assert answer["advisory"]["status"] == "suspended"
                assert answer["advisory"]["log_index"] == found.suspended
        assert time.monotonic() - began < 3.0
        assert len(receiver.received) == 1, "the first message is not answered yet"
        wait_for(lambda: len(service.lines("webhook delivered")) == 3)
        metrics = service.metrics()
        assert metrics['lushi_alarm{about="township",figure="early.late30_6m",level="red"}'] == 1
        assert metrics["lushi_opinion_suspended"] == 1
        assert metrics['lushi_webhook_messages{state="delivered"}'] == 3
        assert metrics['lushi_opinions_total{reason="red_alarm",status="suspended"}'] == 5
        assert not service.lines("background work failed")
        assert len({it.id for it in receiver.received}) == len(receiver.received) == 3
    finally:
        service.end()
