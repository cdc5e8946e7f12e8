"""Quiet quarters raise nothing; a planted cause is red within two periods and named in the first three lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from serving.monitoring import early
from serving.monitoring.alarms import alarm_data, alarms_of
from serving.monitoring.figure import About, Figure
from serving.monitoring.judge import alone, judge
from serving.monitoring.limits import LimitsFaults, load_limits, read_limits
from serving.monitoring.report import body
from tests.serving.monitoring.drawn_books import book, known_by, people, period

LIMITS = load_limits()


def _alarms(now, before, level="red"):  # type: ignore[no-untyped-def]
    return [it for it in body(now, before, LIMITS)["alarms"] if it["level"] == level]


def _early_alarms(now, before):  # type: ignore[no-untyped-def]
    judged = judge(early.figures(now), early.figures(before), LIMITS)
    found = [alarm_data(it) for it in alarms_of(judged, LIMITS, period=now.name, before=before.name)]
    return [it for it in found if it["level"] == "red"]


def test_a_quiet_county_raises_no_red() -> None:
    reds = []
    for seed in range(5):
        loans = book(seed, per_quarter=600)
        periods = [period(f"q{it}", loans=known_by(loans, it), now=people(100 * seed + it)) for it in (12, 13)]
        reds += _alarms(periods[1], periods[0])
    assert reds == []


def test_a_regional_shock_is_red_within_two_periods_and_names_its_townships() -> None:
    loans = book(3, per_quarter=4000, hit=(1, 2, 3, 4), from_quarter=8, add=0.9)
    quarters = {it: period(f"q{it}", loans=known_by(loans, it)) for it in (10, 11, 12)}
    found = [
        it for at in (11, 12) for it in _alarms(quarters[at], quarters[at - 1]) if it["about"]["kind"] == "township"
    ]
    named = {township for it in found for township in it["about"]["ids"]}
    assert named
    assert named <= {"T1", "T2", "T3", "T4"}
    last = [it for it in _early_alarms(quarters[12], quarters[11]) if it["about"]["kind"] == "township"]
    first_lines = " ".join(line for it in last for line in it["lines"]["en"][:3])
    assert all(name in first_lines for name in ("T1", "T2", "T3", "T4"))
    assert last[0]["since_or_earlier"]
    assert last[0]["since"] == "q11"


def test_a_feature_filed_in_another_unit_is_red_in_the_second_period_and_named() -> None:
    def broken(seed: int):  # type: ignore[no-untyped-def]
        found = people(seed)
        matrix = found.matrix.copy()
        matrix[:, 0] *= 10
        return replace(found, matrix=matrix)

    quiet, first, second = period("q1"), period("q2", now=broken(3)), period("q3", now=broken(4))
    assert _alarms(first, quiet) == []
    (amber,) = _alarms(first, quiet, "amber")
    assert "red if the next quarter" in amber["lines"]["en"][1]
    (red,) = _alarms(second, first)
    assert red["figure"] == "population.psi_feature"
    assert red["about"]["ids"] == ["income"]
    assert "income" in red["lines"]["en"][0]
    assert "特征income" in red["lines"]["zh"][0]
    assert red["suspends"]
    assert not _alarms(period("q4"), second), "it ends when the unit is put right"


def test_why_people_default_is_seen_at_equal_age_where_the_estimate_is_blind() -> None:
    loans = book(5, per_quarter=1500, hit=tuple(range(19)), from_quarter=8, add=0.9)
    now, before = (period(f"q{it}", loans=known_by(loans, it)) for it in (12, 11))
    found = body(now, before, LIMITS)
    estimated = next(it for it in found["figures"] if it["id"] == "challenger.estimated_bad_rate")
    old = body(period("q7", loans=known_by(loans, 7)), None, LIMITS)
    assert estimated["status"] == "shown"
    was = next(it for it in old["figures"] if it["id"] == "challenger.estimated_bad_rate")
    assert abs(float(estimated["value"]) - float(was["value"])) < 0.01
    assert any(it["figure"].startswith("early.") and it["about"]["kind"] == "whole" for it in _alarms(now, before))
    assert "blind" in found["blind"]["en"]


def test_parts_of_fewer_than_ten_rows_keep_no_number() -> None:
    loans = book(1, per_quarter=40)
    small = [it for it in body(period("q", loans=loans), None, LIMITS)["figures"] if it["n"] is None]
    assert small
    assert all(it[name] is None for it in small for name in ("value", "low", "high", "reference", "reference_n", "p"))


def test_every_figure_has_words_and_every_limit_is_of_a_figure_that_there_is() -> None:
    loans = book(1, per_quarter=400)
    loans = replace(
        loans, segments={**loans.segments, "purpose": loans.segments["bank"], "industry": loans.segments["bank"]}
    )
    made = {it["id"] for it in body(period("q", loans=loans), None, LIMITS)["figures"]}
    elsewhere = {  # of the county's records, or of a flat file
        "population.psi_loan_pd", "population.bad_rate",
        "binding.overrides", "binding.objections_upheld", "binding.stopped",
    }  # fmt: skip
    assert {figure for figure, _ in LIMITS.of} - elsewhere <= made
    assert set(LIMITS.labels) == made | elsewhere
    assert all(it.assumed for it in LIMITS.of.values())


def test_faulty_limits_are_refused_with_every_fault() -> None:
    text = """
figures: {a.b: {zh: "甲", en: "a"}}
limits:
  - {figure: a.c, about: [whole], measure: up, amber: 2, red: 1, at_least: 0, periods: 3,
     meaning: {zh: "一", en: "x"}, blind: {zh: "二"}, act: {zh: "三", en: "z"}, colour: blue}
"""
    with pytest.raises(LimitsFaults) as refused:
        read_limits("limits.yaml", text)
    said = " ".join(str(it) for it in refused.value.faults)
    for words in (
        "does not name",
        "measure: up",
        "reached before the amber",
        "at_least: 0",
        "periods: 3",
        "'en'",
        "colour",
    ):
        assert words in said


def test_a_limit_is_over_from_its_own_value_on_and_not_a_hair_before() -> None:
    limit = LIMITS.find("population.psi_pd", "whole")
    assert limit is not None
    assert limit.red is not None
    for value, p, n, said in (
        (limit.amber, 0.01, 500, "amber"),
        (np.nextafter(limit.amber, 0), 0.01, 500, "green"),
        (limit.red, 0.01, 500, "red"),
        (limit.red, 0.0101, 500, "green"),
        (limit.red, 0.01, 499, "too_few"),
        (float("nan"), 0.01, 500, "too_few"),
    ):
        assert alone(Figure("population.psi_pd", value, n, unit="index", p=p), limit) == said


def test_a_limit_without_red_is_amber_at_most_however_far_and_long() -> None:
    village = About("area_feature", "area_loans_12m")
    now = Figure("population.psi_feature", 9.0, 5_000, village, unit="index", p=0.0)
    (judged,) = judge([now], [now], LIMITS)
    assert (judged.alone, judged.before, judged.status) == ("amber", "amber", "amber")
