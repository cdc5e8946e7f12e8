"""Messages reach the webhook at least once, signed, whatever the receiver or the process does; and are given up in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.connect import StoreUnavailable
from serving.alarms import deliver as delivering
from serving.alarms import signing
from serving.alarms.deliver import FIRST_WAIT, GIVE_UP, MOST_WAIT, Turn, deliver, wait_after
from serving.alarms.post import Cause, post
from serving.alarms.raise_alarms import raise_alarms
from serving.alarms.standing import list_alarms
from serving.alarms.suspend import resume, suspend
from serving.clock import FixedClock, SystemClock
from serving.operations.background import tasks
from tests.serving.alarms.conftest import Alarming
from tests.serving.alarms.receiver import Receiver, plain, silent
from tests.serving.alarms.reports import alarm, red, report
from tests.serving.processes import free_port
from tests.serving.served import NOW, Served

ON = date(2020, 10, 31)
TWO = {"by": "Wang Fang", "second": "Li Qiang", "why": "the early signs moved"}
DOCUMENT = Path(__file__).parents[3] / "docs" / "alarms.md"
Genuine = Callable[..., bool]


@pytest.fixture
def told(make_alarming: Callable[[str], Alarming], receiver: Receiver) -> Alarming:
    """Parts that tell the receiver, with two alarms raised."""
    found = make_alarming(receiver.url)
    raise_alarms(found.parts, report(alarm(), red("challenger.gini")), on=ON)
    return found


@pytest.fixture(scope="module")
def is_genuine() -> Genuine:
    """What the documentation gives a receiver to check with."""
    text = DOCUMENT.read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(text.partition("```python\n")[2].partition("```")[0], names)
    found: Genuine = names["is_genuine"]
    return found


def attempts(alarming: Alarming) -> list[tuple[str, str]]:
    """Outcome and cause of every attempt, in order."""
    with alarming.parts.store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT outcome, cause FROM webhook_attempts ORDER BY seq")).all()
    return [(row.outcome, row.cause) for row in rows]


def states(alarming: Alarming) -> list[str]:
    return [one.delivery for one in list_alarms(alarming.parts).shown]


def test_each_alarm_is_told_once_and_in_order(told: Alarming, receiver: Receiver) -> None:
    assert states(told) == ["waiting", "waiting"]
    assert deliver(told.parts) == Turn(delivered=2)
    assert deliver(told.parts) == Turn()
    assert [it.said["data"]["log_index"] for it in receiver.received] == [0, 1]
    said = receiver.received[1].said
    assert (said["type"], said["log"], said["data"]["figure"]) == (
        "alarm.raised",
        "lushi-credit/log",
        "challenger.gini",
    )
    assert said["data"]["lines"]["zh"] == ["黄色:逾期", "自2020Q2起"]
    assert len({it.id for it in receiver.received}) == 2
    assert states(told) == ["delivered", "delivered"]


def test_what_is_over_and_whether_opinions_are_given_is_told_too(told: Alarming, receiver: Receiver) -> None:
    told.promoted()
    raise_alarms(told.parts, report(alarm()), on=ON + timedelta(days=1))
    done = suspend(told.parts, **TWO)
    resume(told.parts, **TWO)
    assert deliver(told.parts).delivered == 5
    kinds = [it.said["type"] for it in receiver.received]
    assert kinds == ["alarm.raised", "alarm.raised", "alarm.cleared", "opinion.suspended", "opinion.resumed"]
    assert receiver.received[4].said["data"]["ends"] == done.log_index
    assert b"Wang" not in b"".join(it.body for it in receiver.received)


def test_the_documented_check_accepts_what_is_sent_and_nothing_else(
    told: Alarming, receiver: Receiver, is_genuine: Genuine
) -> None:
    deliver(told.parts)
    one, other = receiver.received
    key = signing.shown(told.parts.alarm_key)
    assert is_genuine(key, one.headers, one.body)
    assert not is_genuine(signing.shown(b"x" * 32), one.headers, one.body)
    assert not is_genuine(key, one.headers, one.body + b" ")
    assert not is_genuine(key, one.headers, other.body)
    assert not is_genuine(key, {}, one.body)
    for name, value in (
        ("webhook-id", other.id),
        ("webhook-timestamp", str(int(one.headers["webhook-timestamp"]) + 1)),
        ("webhook-timestamp", "²"),
        ("webhook-timestamp", "9" * 5_000),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", one.headers["webhook-signature"].replace("v1,", "v1a,")),
    ):
        assert not is_genuine(key, one.headers | {name: value}, one.body), name
    two = f"v1,AAAA {one.headers['webhook-signature']}"
    assert is_genuine(key, one.headers | {"webhook-signature": two}, one.body)


def test_a_message_of_long_ago_is_not_genuine_though_its_signature_is(
    told: Alarming, receiver: Receiver, is_genuine: Genuine
) -> None:
    deliver(told.parts, wall=FixedClock(SystemClock().now() - timedelta(minutes=6)))
    one = receiver.received[0]
    key = signing.shown(told.parts.alarm_key)
    assert not is_genuine(key, one.headers, one.body)
    assert is_genuine(key, one.headers, one.body, tolerance_seconds=600)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (plain("500 Oops"), "failed_there"),
        (plain("302 Found", "Location: /x"), "redirect"),
        (plain("404 Not Found"), "refused"),
    ],
)
def test_what_is_not_accepted_is_tried_again_later_with_the_same_id_and_bytes(
    told: Alarming, receiver: Receiver, answer: Callable[[Any], None], cause: str
) -> None:
    receiver.answers = [answer, answer, plain("204 No Content")]
    assert deliver(told.parts) == Turn(failed=2)
    assert attempts(told) == [("failed", cause)] * 2
    assert deliver(told.parts) == Turn()
    told.clock.moment += FIRST_WAIT * 1.5
    assert deliver(told.parts) == Turn(delivered=2)
    first, later = receiver.received[:2], receiver.received[2:]
    assert {(it.id, it.body) for it in first} == {(it.id, it.body) for it in later}


def test_a_receiver_that_is_away_is_asked_once_a_turn(make_alarming: Callable[[str], Alarming]) -> None:
    away = make_alarming(f"http://127.0.0.1:{free_port()}/")
    raise_alarms(away.parts, report(alarm(), red("challenger.gini")), on=ON)
    assert deliver(away.parts) == Turn(failed=1)
    assert deliver(away.parts) == Turn(failed=1), "the other one, which was not tried yet"
    assert attempts(away) == [("failed", "unreachable")] * 2


def test_waits_grow_with_jitter_and_have_a_longest() -> None:
    for tries, longest in (
        (1, FIRST_WAIT),
        (2, FIRST_WAIT * 2),
        (5, FIRST_WAIT * 16),
        (30, MOST_WAIT),
        (10**6, MOST_WAIT),
    ):
        found = {wait_after(tries) for _ in range(50)}
        assert len(found) > 10
        assert all(longest / 2 <= it <= longest * 1.5 for it in found)


def test_after_some_days_it_is_given_up_and_said_so_and_never_sent(told: Alarming, receiver: Receiver) -> None:
    receiver.answers = [plain("500 Oops")]
    count = 0
    while told.clock.moment < NOW + GIVE_UP:
        count += deliver(told.parts).failed
        told.clock.moment += timedelta(hours=1)
    assert 40 < count < 2 * 130
    assert states(told) == ["waiting", "waiting"]
    told.clock.moment = NOW + GIVE_UP + timedelta(seconds=1)
    before = len(receiver.received)
    assert deliver(told.parts) == Turn(given_up=2)
    assert states(told) == ["given_up", "given_up"]
    told.clock.moment += timedelta(days=30)
    assert deliver(told.parts) == Turn()
    assert len(receiver.received) == before


def test_without_a_webhook_nothing_is_sent_and_the_list_says_so(alarming: Alarming) -> None:
    raise_alarms(alarming.parts, report(alarm()), on=ON)
    assert deliver(alarming.parts, send=lambda *_: 1 / 0) == Turn()  # type: ignore[arg-type,return-value]
    assert states(alarming) == ["no_webhook"]
    assert "webhook" not in {task.name for task in tasks(alarming.parts)}


def test_the_background_work_tells(told: Alarming, receiver: Receiver) -> None:
    (task,) = [it for it in tasks(told.parts) if it.name == "webhook"]
    task.turn()
    assert len(receiver.received) == 2


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
