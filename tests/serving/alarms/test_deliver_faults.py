"""Messages delivered although something breaks: marks that fail, the database gone, a process killed, two at once, a slow receiver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.connect import StoreUnavailable
from serving.alarms import deliver as delivering
from serving.alarms.deliver import Turn, deliver
from serving.alarms.post import Cause, post
from serving.alarms.raise_alarms import raise_alarms
from serving.operations.background import tasks
from tests.serving.alarms.conftest import ON, Alarming, attempts
from tests.serving.alarms.receiver import Receiver, plain, silent
from tests.serving.alarms.reports import alarm, report
from tests.serving.served import Served


def test_a_mark_that_fails_leads_to_a_second_delivery_under_the_same_id(
    told: Alarming, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "_mark", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver(told.parts)
    assert deliver(told.parts) == Turn(delivered=2)
    first, again, _ = receiver.received
    assert (first.id, first.body) == (again.id, again.body)


def test_with_the_database_gone_after_it_was_accepted_it_is_delivered_again(
    make_county: Callable[[], Served], receiver: Receiver
) -> None:
    own = make_county()
    parts = replace(own.parts, settings=replace(own.parts.settings, alarm_webhook=receiver.url))
    parts.__dict__["store"] = own.parts.store
    raise_alarms(parts, report(alarm()), on=ON)
    receiver.before = lambda _: embedded.stop(own.folder / "postgres")
    (task,) = [it for it in tasks(parts) if it.name == "webhook"]
    with pytest.raises(StoreUnavailable):
        task.turn()
    with pytest.raises(StoreUnavailable):
        task.turn()
    receiver.before = lambda _: None
    embedded.start(own.folder / "postgres")
    assert deliver(parts) == Turn(delivered=1)
    first, again = receiver.received
    assert (first.id, first.body) == (again.id, again.body)
    assert deliver(parts) == Turn()


_PROCESS = """
import os
from dataclasses import replace
from serving.alarms.deliver import deliver
from serving.clock import FixedClock
from serving.settings import read_settings
from serving.wiring import wire
from tests.serving.served import NOW
deliver(replace(wire(read_settings(os.environ)), clock=FixedClock(NOW)).joined())
"""


def test_a_process_killed_between_delivery_and_mark_has_it_delivered_again(told: Alarming, receiver: Receiver) -> None:
    received, killed = Event(), Event()

    def wait(_: object) -> None:
        received.set()
        killed.wait(60)

    receiver.before = wait
    settings = told.parts.settings
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")} | {
        "LUSHI_DATA": str(settings.data),
        "LUSHI_DATABASE_URL": settings.database_url,
        "LUSHI_ALARM_WEBHOOK": settings.alarm_webhook,
    }
    process = subprocess.Popen([sys.executable, "-c", _PROCESS], env=environment, cwd=Path(__file__).parents[3])
    assert received.wait(60)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    receiver.before = lambda _: None
    killed.set()
    assert attempts(told) == []
    until = time.monotonic() + 20  # the server lets the lock go once it notices that the session is gone
    while (found := deliver(told.parts)) == Turn():
        assert time.monotonic() < until
        time.sleep(0.05)
    assert found == Turn(delivered=2)
    first, again, _ = receiver.received
    assert (first.id, first.body) == (again.id, again.body)


def test_two_processes_at_it_deliver_each_message_once(
    make_alarming: Callable[[str], Alarming], receiver: Receiver
) -> None:
    several = [make_alarming(receiver.url) for _ in range(3)]
    raise_alarms(several[0].parts, report(*(alarm(f"figure.number_{it}") for it in range(12))), on=ON)
    receiver.before = lambda _: time.sleep(0.01)
    with ThreadPoolExecutor(6) as workers:
        turns = list(workers.map(lambda number: deliver(several[number % 3].parts), range(12)))
    assert sum(it.delivered for it in turns) == 12
    assert len({it.id for it in receiver.received}) == len(receiver.received) == 12


def test_marked_by_two_it_is_marked_once(told: Alarming) -> None:
    """After a restart of the database two may be at it for one turn."""

    def twice(url: str, body: bytes, headers: Mapping[str, str]) -> Cause:
        message = delivering.webhooks.due(connection, now=told.clock.now(), most=1)[0]
        delivering._mark(told.parts, message, "")
        return post(url, body, headers)

    with told.parts.store.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        assert deliver(told.parts, send=twice) == Turn(delivered=2)
    assert attempts(told) == [("delivered", "")] * 2


def test_while_a_receiver_is_slow_no_transaction_is_open_and_others_record(told: Alarming, receiver: Receiver) -> None:
    waits = Event()
    receiver.before = lambda _: waits.set()
    receiver.answers = [silent(1.5), plain("204 No Content")]
    with ThreadPoolExecutor(1) as worker:
        slow = worker.submit(deliver, told.parts)
        assert waits.wait(20)
        open_ones = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with told.parts.store.engine.connect() as connection:
            assert connection.execute(open_ones).scalar_one() == 0
        began = time.monotonic()
        assert raise_alarms(told.parts, report(), on=ON + timedelta(days=1)).taken
        assert time.monotonic() - began < 1.0
        assert not slow.done()
        slow.result()
