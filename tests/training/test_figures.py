"""Names of figures: fit for a registry, and never one name for two figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.metrics.estimate import Estimate
from tests.training.test_gate import SOUND
from training.fairness import Fairness
from training.figures import CURVE, key, of_results
from training.trained import Trained


def test_names_that_differ_only_in_odd_characters_stay_apart() -> None:
    assert len({key("segment", "grade", it, "rows") for it in ("A", "A+", "A-", "A!", "A_")}) == 5
    assert key("importance", "负债") == "importance.负债"
    assert not set(key("a+b", "c:d=e\n")) & set("+:=\n")


def test_long_names_are_cut_without_becoming_one() -> None:
    long = "x" * 300
    assert key("psi", "feature", long) != key("psi", "feature", long + "y")
    assert len(key("psi", "feature", long)) <= 200


def test_a_ratio_that_could_not_be_had_is_left_out() -> None:
    unknown = Estimate(float("nan"), float("nan"), float("nan"))
    fair = {"sex": Fairness({}, {}, unknown), "side": Fairness({}, {}, Estimate(0.9, 0.8, 1.0))}
    compared = replace(SOUND, compared={})
    assert of_results(replace(compared, fair=fair))["fairness.least"] == 0.9
    assert "fairness.least" not in of_results(replace(compared, fair={"sex": fair["sex"]}))


def test_curves_rise_from_nothing_to_everything_and_hold_the_auc(trained: Trained) -> None:
    named = {"challenger": "overall.auc"} | {it: f"rival.{it}.auc" for it in trained.verdicts}
    for name, auc in named.items():
        good, bad = (
            np.array([trained.figures[f"roc.{name}.{place}.{kind}"] for place in range(CURVE + 1)])
            for kind in ("good", "bad")
        )
        for shares in (good, bad):
            assert (shares[0], shares[-1]) == (0.0, 1.0)
            assert (np.diff(shares) >= 0).all()
        assert np.trapezoid(bad, good) == pytest.approx(trained.figures[auc], abs=0.02)
