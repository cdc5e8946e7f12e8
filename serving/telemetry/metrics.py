"""What the service counts and measures: every metric in one visible list, shared by all workers.

With several workers each process writes its numbers into a folder (``PROMETHEUS_MULTIPROC_DIR``, set before this module is
first imported) and the one that serves the metrics adds them up. Labels are of small fixed sets: never an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
_MILLISECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

CALLS = Counter(
    "lushi_calls", "Calls answered, those refused before a route was found included.",
    ("route", "method", "status"), registry=REGISTRY,
)  # fmt: skip
CALL_SECONDS = Histogram(
    "lushi_call_seconds", "Seconds from a call's first byte to the end of its answer.",
    ("route",), buckets=_MILLISECONDS, registry=REGISTRY,
)  # fmt: skip
DECISIONS = Counter("lushi_decisions", "Decisions recorded.", ("status", "grade"), registry=REGISTRY)
OPINIONS = Counter(
    "lushi_opinions", "What recorded decisions hold of the challenger.", ("status", "reason"), registry=REGISTRY
)
OPINION_SECONDS = Histogram(
    "lushi_opinion_seconds", "Seconds that a decision spent on its opinion.", buckets=_MILLISECONDS, registry=REGISTRY
)
BACKGROUND = Counter(
    "lushi_background_turns",
    "Turns of the work that the service does by itself.",
    ("task", "outcome"),
    registry=REGISTRY,
)
INVARIANT_CHECKS = Counter(
    "lushi_invariant_checks", "Times that an invariant was held against something.", ("invariant",), registry=REGISTRY
)
INVARIANT_VIOLATIONS = Counter(
    "lushi_invariant_violations", "Violations of an invariant that were found.", ("invariant",), registry=REGISTRY
)
DATABASE_CONNECTIONS = Gauge(
    "lushi_database_connections", "Connections to the database that are at work now, of all workers.",
    registry=REGISTRY, multiprocess_mode="livesum",
)  # fmt: skip
ERRORS = Counter("lushi_errors", "Errors on our side that a call met with.", ("kind",), registry=REGISTRY)


def count_decision(binding: Mapping[str, Any], advisory: Mapping[str, Any]) -> None:
    """Count a decision that is committed, by its two parts as data."""
    reason = str(advisory.get("reason") or "none") if advisory["status"] != "given" else "none"
    DECISIONS.labels(binding["status"], binding["grade"] or "none").inc()
    OPINIONS.labels(advisory["status"], reason).inc()
