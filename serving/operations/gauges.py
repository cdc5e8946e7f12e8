"""What is looked up when the metrics are asked for: the log, the checkpoint's age, alarms, the policy's days, the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from threading import Lock

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from feature_store.adapters import log_tables
from feature_store.filing import civil_day
from scoring.errors import LushiError, PolicyNotInForce
from serving.alarms.measured import MADE, measured
from serving.operations.policy_ending import days_left
from serving.wiring import Parts

KEEP_SECONDS = 5.0
"""How long what was looked up is shown again, so that scrapes do not load the database."""


class Gauges(Collector):
    """The service as a whole, whichever worker is asked.

    workers: gives how many answer calls, and how many were started again since the start.
    """

    def __init__(self, parts: Parts, workers: Callable[[], tuple[int, int]] = lambda: (1, 0)) -> None:
        self._parts, self._workers = parts, workers
        self._lock = Lock()
        self._last: tuple[float, list[Metric]] | None = None

    def describe(self) -> Iterable[Metric]:
        """Every metric's name and meaning, without looking anything up."""
        return [make() for make in (_up, _entries, _age, _days, _info, _answering, _restarts, *MADE)]

    def collect(self) -> Iterable[Metric]:
        """What is so now; what cannot be looked up is left out, so that no stale number looks fresh."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] >= KEEP_SECONDS:
                self._last = time.monotonic(), list(self._looked_up())
            answering, restarted = self._workers()
            counted: list[Metric] = [_answering(), _restarts()]
            counted[0].add_sample("lushi_workers", {}, answering)
            counted[1].add_sample("lushi_worker_restarts_total", {}, restarted)
            return [*self._last[1], *counted]

    def _looked_up(self) -> Iterator[Metric]:
        up, now = _up(), self._parts.clock.now()
        try:
            with self._parts.store.looking(now) as moment:
                size = log_tables.size(moment.connection)
                signed_at = log_tables.newest_signed_at(moment.connection)
                alarms = list(measured(moment.connection))
        except LushiError:
            up.add_metric([], 0)
            yield up
        else:
            up.add_metric([], 1)
            entries, age = _entries(), _age()
            entries.add_metric([], size)
            if signed_at is not None:
                age.add_metric([], (now - signed_at).total_seconds())
            yield from (up, entries, age, *alarms)
        days, info, policy_id = _days(), _info(), "none"
        try:
            today = civil_day(now)
            policy_id = self._parts.policies.in_force(today).id
            left = days_left(self._parts.policies, today)
        except PolicyNotInForce:
            left = -1
        if left is not None:
            days.add_metric([], left)
        info.add_metric([], {"version": version("lushi-credit"), "policy": policy_id})
        yield from (days, info)


def _up() -> GaugeMetricFamily:
    return GaugeMetricFamily("lushi_database_up", "1 where the database answers, 0 where it does not.")


def _entries() -> GaugeMetricFamily:
    return GaugeMetricFamily("lushi_log_entries", "Entries of the log.")


def _age() -> GaugeMetricFamily:
    return GaugeMetricFamily("lushi_checkpoint_age_seconds", "Seconds since the newest checkpoint was signed.")


def _days() -> GaugeMetricFamily:
    words = (
        "Days that approved policies still cover without a gap; -1 where none is in force, absent until further notice."
    )
    return GaugeMetricFamily("lushi_policy_days_left", words)


def _info() -> InfoMetricFamily:
    return InfoMetricFamily("lushi_service", "Version of the service and the policy in force.")


def _answering() -> GaugeMetricFamily:
    return GaugeMetricFamily("lushi_workers", "Processes that answer calls.")


def _restarts() -> CounterMetricFamily:
    return CounterMetricFamily("lushi_worker_restarts", "Workers that ended by themselves and were started again.")
