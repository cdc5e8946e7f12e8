"""Messages reach the webhook at least once, signed, whatever the receiver or the process does; and are given up in the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from serving.alarms import signing
from serving.alarms.deliver import FIRST_WAIT, GIVE_UP, MOST_WAIT, Turn, deliver, wait_after
from serving.alarms.raise_alarms import raise_alarms
from serving.alarms.suspend import resume, suspend
from serving.clock import FixedClock, SystemClock
from serving.operations.background import tasks
from tests.serving.alarms.conftest import ON, Alarming, attempts, states
from tests.serving.alarms.receiver import Receiver, plain
from tests.serving.alarms.reports import alarm, red, report
from tests.serving.processes import free_port
from tests.serving.served import NOW

TWO = {"by": "Wang Fang", "second": "Li Qiang", "why": "the early signs moved"}
DOCUMENT = Path(__file__).parents[3] / "docs" / "alarms.md"
Genuine = Callable[..., bool]


@pytest.fixture(scope="module")
def is_genuine() -> Genuine:
    """What the documentation gives a receiver to check with."""
    text = DOCUMENT.read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(text.partition("```python\n")[2].partition("```")[0], names)
    found: Genuine = names["is_genuine"]
    return found


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
