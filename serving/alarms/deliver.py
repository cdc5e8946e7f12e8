"""Messages delivered to the webhook at least once: by one process, apart from every call, again and again until given up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feature_store.adapters import webhooks
from feature_store.adapters.store import AtWork
from feature_store.adapters.webhooks import Message
from serving.alarms.post import GONE, Cause, post
from serving.alarms.signing import headers
from serving.clock import Clock, SystemClock
from serving.telemetry.logs import get_logger
from serving.wiring import Parts

EVERY_SECONDS = 10
"""Seconds between two looks at what is due."""
FIRST_WAIT, MOST_WAIT = timedelta(seconds=30), timedelta(hours=6)
"""Wait after the first failure, twice as long after each further one, and the longest; each by up to half shorter or longer."""
GIVE_UP = timedelta(days=5)
"""So long a message is tried after it was recorded [assumed]."""
AT_ONCE, TURN_SECONDS = 20, 5.0
"""Most messages of one turn, and the time after which it begins no other attempt: a stop of the service waits for the turn."""
_LOG = get_logger("lushi.webhook")
Post = Callable[[str, bytes, Mapping[str, str]], Cause]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to, in messages."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(parts: Parts, *, send: Post = post, wall: Clock | None = None) -> Turn:
    """Try what is due, oldest first; nothing where no webhook is set, or where another process is at it.

    A message is marked once it was accepted, so a crash between both delivers it again, under the same id. Each mark is
    committed by itself; no transaction is open while the receiver is waited for.

    wall: the clock of the signed time, which is the machine's also in a demonstration.

    Raises:
        StoreUnavailable: where the database is away.
    """
    url, now = parts.settings.alarm_webhook, parts.clock.now()
    if not url:
        return Turn()
    with parts.store.looking(now) as moment:
        if not (webhooks.due(moment.connection, now=now, most=1) or _overdue(moment.connection, now)):
            return Turn()
    try:
        with parts.store.alone("webhook"):
            given_up = _give_up(parts, now)
            with parts.store.looking(now) as moment:
                due = webhooks.due(moment.connection, now=now, most=AT_ONCE)
            return _tried(parts, url, due, send, wall or SystemClock(), given_up)
    except AtWork:
        return Turn()


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    longest = min(FIRST_WAIT * 2.0 ** min(tries - 1, 20), MOST_WAIT)
    return longest * random.uniform(0.5, 1.5)


def _tried(parts: Parts, url: str, due: list[Message], send: Post, wall: Clock, given_up: int) -> Turn:
    delivered, failed, until = 0, 0, time.monotonic() + TURN_SECONDS
    for one in due:
        said = headers(parts.alarm_key, message_id=one.message_id, at=wall.now(), body=one.body)
        cause = send(url, one.body, said)
        _mark(parts, one, cause)
        delivered, failed = (delivered + 1, failed) if not cause else (delivered, failed + 1)
        if cause in GONE or time.monotonic() >= until:
            break
    return Turn(delivered, failed, given_up)


def _mark(parts: Parts, one: Message, cause: Cause) -> None:
    """How the attempt ended, committed, then said."""
    now = parts.clock.now()
    about = {"message": one.message_id, "log_index": one.entry_no, "attempt": one.tries + 1}
    with parts.store.writing() as connection:
        if not cause:
            webhooks.mark(connection, one.message_id, "delivered", now=now)
        else:
            next_at = now + wait_after(one.tries + 1)
            webhooks.mark(connection, one.message_id, "failed", now=now, cause=cause, next_at=next_at)
    if cause:
        _LOG.warning("webhook not delivered", cause=cause, next_at=next_at.isoformat(timespec="seconds"), **about)
    else:
        _LOG.info("webhook delivered", **about)


def _overdue(connection: webhooks.Connection, now: datetime) -> list[str]:
    return webhooks.overdue(connection, before=now - GIVE_UP)


def _give_up(parts: Parts, now: datetime) -> int:
    """End what was tried, or not set out, for too long; how many."""
    with parts.store.writing() as connection:
        ended = _overdue(connection, now)
        for message_id in ended:
            webhooks.mark(connection, message_id, "given_up", now=now)
    if ended:
        _LOG.error("webhook given up", count=len(ended), messages=ended[:AT_ONCE], days=GIVE_UP.days)
    return len(ended)
