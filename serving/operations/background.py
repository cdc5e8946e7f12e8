"""What the service does by itself while it runs, in one process however many workers there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from feature_store.adapters import log_tables
from feature_store.filing import civil_day
from scoring.errors import PolicyNotInForce
from serving.alarms.deliver import EVERY_SECONDS, deliver
from serving.operations import invariants
from serving.operations.checkpoints import checkpoint_now
from serving.operations.invariants import Found
from serving.operations.policy_ending import ending
from serving.telemetry.logs import get_logger, said
from serving.telemetry.metrics import BACKGROUND, INVARIANT_CHECKS, INVARIANT_VIOLATIONS
from serving.wiring import Parts

DAY_SECONDS = 86_400
LOOK_BACK = 2_000
"""Entries before the log's end at which the first check after a start begins."""
MOST_LINES = 20
"""Violations written to the log in one turn; all are counted."""
_LOG = get_logger("lushi.background")


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work and the seconds between its turns. at_once: whether the first turn is at the start."""

    name: str
    every_seconds: float
    turn: Callable[[], None]
    at_once: bool = False


def tasks(parts: Parts) -> tuple[Task, ...]:
    """Everything that is done by itself."""
    told = (Task("webhook", EVERY_SECONDS, lambda: tell(parts), at_once=True),) if parts.settings.alarm_webhook else ()
    return (
        *told,
        Task("checkpoint", parts.settings.checkpoint_seconds, lambda: sign(parts)),
        Task("invariants", parts.settings.invariants_seconds, Invariants(parts).turn),
        Task("policy_ending", DAY_SECONDS, lambda: warn_of_ending(parts), at_once=True),
    )


async def keep_doing(parts: Parts, todo: tuple[Task, ...] | None = None) -> None:
    """Give every task its turns, where this process leads; never ends, whatever a turn meets with."""
    await asyncio.gather(*(_again_and_again(parts, task) for task in (todo if todo is not None else tasks(parts))))


async def _again_and_again(parts: Parts, task: Task) -> None:
    wait = 0.0 if task.at_once else task.every_seconds
    while True:
        await asyncio.sleep(wait)
        wait = task.every_seconds
        await run_in_threadpool(turn_of, parts, task)


def turn_of(parts: Parts, task: Task) -> None:
    """One turn of a task; nothing where another process leads. What it raises is logged and counted."""
    try:
        if not parts.lead.held():
            return
        task.turn()
    except Exception as error:  # the next turn may go well, and nobody waits for this one
        BACKGROUND.labels(task.name, "failed").inc()
        _LOG.warning("background work failed", task=task.name, why=said(error))
    else:
        BACKGROUND.labels(task.name, "done").inc()


def sign(parts: Parts) -> None:
    """Sign a checkpoint, so that receipts name one that is not old."""
    checkpoint_now(parts)


def tell(parts: Parts) -> None:
    """Try to deliver what the webhook has not been told yet."""
    deliver(parts)


class Invariants:
    """The invariants, each turn over what was recorded since the turn before."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._next: int | None = None

    def turn(self) -> None:
        """Check, count and log."""
        start = self._next if self._next is not None else self._begin()
        found = invariants.check(self._parts, start=start, most=invariants.MOST)
        self._next = found.next
        told(found)

    def _begin(self) -> int:
        with self._parts.store.looking(self._parts.clock.now()) as moment:
            return max(0, log_tables.size(moment.connection) - LOOK_BACK)


def told(found: Found) -> None:
    """Count what was found and write it to the log: violations as errors, by ids."""
    for name in invariants.NAMES:
        INVARIANT_CHECKS.labels(name).inc(found.checks.get(name, 0))
        INVARIANT_VIOLATIONS.labels(name).inc(found.counts.get(name, 0))
    for one in found.violations[:MOST_LINES]:
        _LOG.error("an invariant does not hold", invariant=one.invariant, about=one.about, what=one.what)
    _LOG.info("invariants checked", decisions=found.decisions, violations=sum(found.counts.values()))


def warn_of_ending(parts: Parts) -> None:
    """Say in the log that the policy in force ends soon, or that there is none."""
    try:
        warning = ending(parts.policies, civil_day(parts.clock.now()))
    except PolicyNotInForce as none:
        _LOG.error("no policy is in force: nothing can be decided", why=said(none))
        return
    if warning:
        _LOG.warning("the policy in force ends soon", what=warning)
