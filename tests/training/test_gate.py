"""Each limit of the gate from both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.metrics.estimate import Estimate
from scoring.metrics.swap_set import SwapSet
from training.compare import Comparison
from training.fairness import Fairness
from training.gate import judge
from training.limits import LIMITS
from training.results import Results

_NOBODY = SwapSet((0, 0), (0, 0), (0, 0), (0, 0))


def _of(value: float, reach: float = 0.01) -> Estimate:
    return Estimate(value, value - reach, value + reach)


SOUND = Results(
    overall={"auc": _of(0.7), "slope": _of(1.0), "in_the_large": _of(0.0)},
    rivals={},
    compared={"woe": Comparison("better", _of(0.02), None, _NOBODY)},
    segments={},
    fair={"sex": Fairness({}, {}, _of(0.95))},
    alone={"x": 0.7},
    afterwards=(),
    copied=0.1,
    reversals={"x": 0},
    moved={},
    score_psi=0.05,
    additivity=1e-15,
)


def _overall(name: str, estimate: Estimate) -> Results:
    return replace(SOUND, overall=dict(SOUND.overall) | {name: estimate})


def test_a_sound_model_is_promoted() -> None:
    assert judge(SOUND, 100, 50, LIMITS).verdict == "promote"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (_overall("auc", Estimate(0.53, 0.5, 0.56)), "no_better_than_chance"),
        (_overall("auc", Estimate(0.53, float("nan"), float("nan"))), "no_better_than_chance"),
        (replace(SOUND, fair={"sex": Fairness({}, {}, _of(float("nan")))}), "unfair"),
        (_overall("slope", _of(0.79)), "calibration_slope"),
        (_overall("slope", _of(1.26)), "calibration_slope"),
        (_overall("slope", _of(float("nan"))), "calibration_slope"),
        (_overall("in_the_large", _of(0.26)), "calibration_in_the_large"),
        (_overall("in_the_large", _of(-0.26)), "calibration_in_the_large"),
        (replace(SOUND, compared={"woe": Comparison("worse", _of(-0.02), None, _NOBODY)}), "worse_than_woe"),
        (replace(SOUND, compared={"binding": Comparison("worse", _of(-0.02), None, _NOBODY)}), "worse_than_binding"),
        (replace(SOUND, score_psi=0.26), "unstable"),
        (_overall("auc", _of(0.951)), "leakage_together"),
        (replace(SOUND, copied=0.81), "leakage_copies"),
        (replace(SOUND, score_psi=float("nan")), "unstable"),
        (replace(SOUND, alone={"x": 0.91}), "leakage"),
        (replace(SOUND, afterwards=("x",)), "leakage"),
        (replace(SOUND, reversals={"x": 1}), "monotonicity"),
        (replace(SOUND, additivity=2e-9), "additivity"),
        (replace(SOUND, fair={"sex": Fairness({}, {}, _of(0.78))}), "unfair"),
    ],
)
def test_each_limit_refuses_by_itself(found: Results, reason: str) -> None:
    gate = judge(found, 100, 50, LIMITS)
    assert gate.verdict == "refuse"
    assert [it.id for it in gate.reasons] == [reason]


@pytest.mark.parametrize(
    "found",
    [
        _overall("slope", _of(0.8)),
        _overall("slope", _of(1.25)),
        _overall("in_the_large", _of(-0.25)),
        replace(SOUND, score_psi=0.25),
        replace(SOUND, alone={"x": 0.9}),
        replace(SOUND, additivity=1e-9),
        replace(SOUND, compared={"woe": Comparison("not significant", _of(-0.005), None, _NOBODY)}),
        replace(SOUND, fair={"sex": Fairness({}, {}, _of(0.795))}),
    ],
)
def test_a_value_on_the_limit_passes(found: Results) -> None:
    assert judge(found, 100, 50, LIMITS).verdict == "promote"


def test_every_reason_is_given_at_once_in_both_languages() -> None:
    bad = replace(_overall("slope", _of(0.3)), score_psi=0.9, alone={"x": 0.99}, reversals={"x": 4})
    gate = judge(bad, 30, 50, LIMITS)
    assert [it.id for it in gate.reasons] == [
        "too_few_bads",
        "calibration_slope",
        "unstable",
        "leakage",
        "monotonicity",
    ]
    assert all(it.says.zh and it.says.en for it in gate.reasons)


def test_a_limit_of_its_own_may_be_set() -> None:
    assert judge(SOUND, 100, 50, replace(LIMITS, bads_least=101)).verdict == "refuse"


@pytest.mark.parametrize(("high", "says"), [(0.56, "contains 0.5"), (0.49, "lies below 0.5")])
def test_the_reason_says_where_the_interval_lies(high: float, says: str) -> None:
    (reason,) = judge(_overall("auc", Estimate(0.46, 0.42, high)), 100, 50, LIMITS).reasons
    assert says in reason.says.en


def test_bads_that_judge_are_counted_apart_from_those_that_train() -> None:
    assert judge(SOUND, 100, 50, LIMITS).verdict == "promote"
    assert [it.id for it in judge(SOUND, 1000, 49, LIMITS).reasons] == ["too_few_bads_judge"]
