"""Names of figures: fit for a registry, and never one name for two figures."""

from __future__ import annotations

from dataclasses import replace

from scoring.metrics.estimate import Estimate
from tests.training.test_gate import SOUND
from training.fairness import Fairness
from training.figures import key, of_results


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
