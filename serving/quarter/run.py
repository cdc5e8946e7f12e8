"""A quarter from its first step to its last: what is recorded is not done again, what is not is done now."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from feature_store.adapters import quarter_tables
from feature_store.adapters.quarter_tables import RecordedStep
from feature_store.quarter import Quarter
from scoring.canonical import canonical, sha256
from scoring.errors import LushiError
from scoring.policy.elements import Text
from serving.ledger import log
from serving.quarter.challenger import RETRAIN, gate, retrain_with
from serving.quarter.freshness import check
from serving.quarter.graded import grade
from serving.quarter.matured import outcomes
from serving.quarter.step import Result, Step, Train, Watch, Work
from serving.quarter.stops import stops
from serving.quarter.summary import summarise
from serving.wiring import Parts

FRESHNESS, SUMMARY = "freshness", "summary"
"""The first step, which fixes the knowledge time of all, and the last, after which a quarter is closed."""
_WORK = "close a quarter"

Told = Callable[[Step, str], None]
"""Told of each step that begins ('begin'), what it is at, and that it is recorded ('done')."""


class StepSpoiled(LushiError):
    """A recorded step is not what its hash says."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed quarter: its steps in order with their results. anew: how many were done now, 0 where all were there."""

    quarter: Quarter
    steps: tuple[tuple[Step, RecordedStep], ...]
    anew: int

    def result(self, name: str) -> dict[str, Any]:
        """What a step found."""
        found: dict[str, Any] = json.loads(next(it.result for step, it in self.steps if step.name == name))
        return found


def steps_of(train: Train, watch: Watch | None) -> tuple[Step, ...]:
    """The steps in their order; without a watch there is no such step."""
    watching = [] if watch is None else [Step("watch", Text("模型监测", "watch"), _watching(watch))]
    return (
        Step(FRESHNESS, Text("报送检查", "freshness of filings"), check),
        Step("register", Text("等级登记", "grade register"), grade),
        Step("areas", Text("区域状态", "area states"), stops),
        Step("outcomes", Text("到期结果", "matured outcomes"), outcomes),
        Step(RETRAIN, Text("模型重训", "retrain"), retrain_with(train)),
        Step("gate", Text("准入裁定", "gate verdict"), gate),
        *watching,
        Step(SUMMARY, Text("季度小结", "summary"), summarise),
    )


def run_quarter(
    parts: Parts,
    quarter: Quarter,
    *,
    train: Train,
    watch: Watch | None = None,
    go_on: bool = False,
    told: Told = lambda step, what: None,
) -> Closed:
    """Close a quarter: do and record each step that is not recorded yet.

    All of it is seen as known when the quarter's books closed, or when its first step was recorded where they were
    open still. A quarter that has its summary stays as it is.

    Raises:
        QuarterUnusable: for a quarter that is not over.
        SourcesMissing: where a source has not filed, unless ``go_on``.
        AtWork: where another process closes one, or trains.
        StepSpoiled, PolicyNotInForce, StoreUnavailable, and whatever ends a step; then what was recorded stays.
    """
    closed = quarter.closed(parts.store.now(parts.clock.now))
    with parts.store.alone(_WORK):
        before = _recorded(parts, quarter)
        steps = steps_of(train, watch)
        if SUMMARY in before:
            return Closed(quarter, tuple((step, before[step.name]) for step in steps if step.name in before), 0)
        done, anew, policy = dict(before), 0, parts.policies.in_force(quarter.end)
        for step in steps:
            if step.name in done:
                continue
            found = {one.name: json.loads(done[one.name].result) for one in steps if one.name in done}
            known_at = datetime.fromisoformat(found[FRESHNESS]["known_at"]) if found else closed
            told(step, "begin")
            work = Work(parts, quarter, policy, known_at, found, go_on, partial(told, step))
            done[step.name] = _record(parts, quarter, step.name, step.run(work))
            anew += 1
            told(step, "done")
        return Closed(quarter, tuple((step, done[step.name]) for step in steps), anew)


def _recorded(parts: Parts, quarter: Quarter) -> dict[str, RecordedStep]:
    with parts.store.moment(parts.clock.now) as moment:
        found = quarter_tables.recorded(moment.connection, str(quarter))
    for one in found.values():
        if sha256(one.result) != one.sha256:
            raise StepSpoiled(
                f"step '{one.step}' of {quarter} is not what its hash says; restore the database from a backup"
            )
    return found


def _record(parts: Parts, quarter: Quarter, step: str, result: Result) -> RecordedStep:
    """The step and its entry in the log, in one transaction."""
    content = canonical(dict(result))
    with parts.store.moment(parts.clock.now) as moment:
        recorded = RecordedStep(step, content, sha256(content), moment.known_at)
        quarter_tables.record(moment.connection, str(quarter), recorded)
        said = canonical({"quarter": str(quarter), "step": step, "sha256": recorded.sha256})
        log.append(moment.connection, kind="quarter_step", recorded_at=moment.known_at, content=said)
    return recorded


def _watching(watch: Watch) -> Callable[[Work], Result]:
    return lambda work: watch(work.parts, work.quarter, work.known_at, work.progress)
