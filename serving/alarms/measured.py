"""Alarms, suspension and webhook for Prometheus: looked up once for all workers, under labels of a bounded number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from feature_store.adapters import alarms, suspensions, webhooks
from feature_store.adapters.log_tables import Connection

MOST_LABELS = 200
"""Alarms with labels of their own; further ones are counted under ``other``, so that no report can flood Prometheus."""


def _alarms() -> GaugeMetricFamily:
    return GaugeMetricFamily("lushi_alarms", "Alarms of the watch that stand.", labels=["level"])


def _alarm() -> GaugeMetricFamily:
    words = "1 for each alarm that stands: its figure, the kind of thing that it is about, and its level."
    return GaugeMetricFamily("lushi_alarm", words, labels=["figure", "about", "level"])


def _suspended() -> GaugeMetricFamily:
    return GaugeMetricFamily("lushi_opinion_suspended", "1 where opinions are suspended, 0 where they are given.")


def _messages() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "lushi_webhook_messages", "Messages for the webhook, by what became of them.", labels=["state"]
    )


MADE: tuple[Callable[[], GaugeMetricFamily], ...] = (_alarms, _alarm, _suspended, _messages)
"""Every metric's name and meaning, without a value."""


def measured(connection: Connection) -> Iterator[Metric]:
    """Their values now."""
    standing = alarms.standing(connection)
    every, each, suspended, messages = _alarms(), _alarm(), _suspended(), _messages()
    for level in ("amber", "red"):
        every.add_metric([level], sum(it.level == level for it in standing))
    for one in standing[:MOST_LABELS]:
        each.add_metric([one.figure, str(one.about["kind"]), one.level], 1)
    for level, count in sorted(Counter(it.level for it in standing[MOST_LABELS:]).items()):
        each.add_metric(["other", "other", level], count)
    suspended.add_metric([], int(suspensions.standing(connection) is not None))
    for state, count in webhooks.counts(connection).items():
        messages.add_metric([state], count)
    yield from (every, each, suspended, messages)
