"""The blind spot of the estimate without outcomes: said where it is blind and equal age is not, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.policy.elements import Text
from serving.monitoring.blind_spot import ESTIMATE, blind_spot
from serving.monitoring.figure import About, Figure
from serving.monitoring.judge import judge
from serving.monitoring.limits import load_limits
from serving.monitoring.page import page_of
from serving.monitoring.report import body
from tests.serving.monitoring.drawn_books import book, known_by, people, period

LIMITS = load_limits()
NOTHING = dict.fromkeys(("county", "known_at", "baseline", "policy"))
FROM, MIDDLE, TURNED = 8, -3.4, 0.25
"""The order of PDs turns round in the eighth quarter; about as many fail: about 3.9 % before, 4.7 % after."""


def _report(quarter: int, *, turned: float | None, **changes: object) -> dict:  # type: ignore[type-arg]
    loans = book(5, per_quarter=2500, from_quarter=FROM, middle=MIDDLE, turned=turned, **changes)  # type: ignore[arg-type]
    now, before = (period(f"q{it}", loans=known_by(loans, it), now=people(it)) for it in (quarter, quarter - 1))
    return body(now, before, LIMITS)


@pytest.fixture(scope="module")
def turned() -> dict:  # type: ignore[type-arg]
    return _report(12, turned=TURNED)


def test_the_rate_is_about_the_same_and_the_estimate_says_nothing(turned: dict) -> None:  # type: ignore[type-arg]
    loans = book(5, per_quarter=2500, from_quarter=FROM, middle=MIDDLE, turned=TURNED)
    late = loans.vintage >= "2018Q1"
    assert 0.036 < np.nanmean(loans.bad[~late]) < 0.042
    assert 0.044 < np.nanmean(loans.bad[late]) < 0.050
    estimate = next(it for it in turned["figures"] if it["id"] == "challenger.estimated_bad_rate")
    assert float(estimate["value"]) == pytest.approx(float(estimate["reference"]), rel=0.03)
    assert estimate["status"] == "shown"


def test_equal_age_is_red_about_the_safest_and_the_report_says_both(turned: dict) -> None:  # type: ignore[type-arg]
    (red,) = [it for it in turned["alarms"] if it["figure"] == "early.excess" and it["about"]["kind"] == "pd_fifth"]
    assert red["level"] == "red"
    assert red["about"]["ids"][0] == "1"
    assert "5" not in red["about"]["ids"]
    assert "no longer tells who will" in red["lines"]["en"][0]
    said = turned["blind_spot"]
    estimate = next(it for it in turned["figures"] if it["id"] == "challenger.estimated_bad_rate")
    assert (said["estimate"], said["estimate_before"]) == (estimate["value"], estimate["reference"])
    shown = f"{float(said['estimate']):.1%}", f"{float(said['estimate_before']):.1%}"
    for language in ("zh", "en"):
        assert all(it in said[language] for it in shown)
        assert f"{float(said['early']['value']):.1%}" in said[language]
        assert f"{float(said['early']['reference']):.1%}" in said[language]
    assert "sees no rise" in said["en"]
    assert "违约的原因变了" in said["zh"]


def test_the_page_shows_it_in_both_languages(turned: dict) -> None:  # type: ignore[type-arg]
    headed = {**turned, "period": {"name": "q12", "first": "", "last": ""}, "synthetic": True, "model": None, **NOTHING}
    for language in ("zh", "en"):
        assert turned["blind_spot"][language] in page_of(headed, "ab" * 32, language)
        assert "blind-spot" in page_of(headed, "ab" * 32, language)
        assert '<p class="blind-spot">' not in page_of({**headed, "blind_spot": None}, "ab" * 32, language)


def test_nothing_is_said_of_a_quiet_book_nor_where_only_a_place_is_hit() -> None:
    assert _report(12, turned=None)["blind_spot"] is None
    hit = _report(12, turned=None, hit=(1,), add=0.9)
    assert any(it["figure"] == "early.excess" and it["about"]["kind"] == "township" for it in hit["alarms"])
    assert hit["blind_spot"] is None


def test_nothing_is_said_where_the_estimate_sees_the_rise_too() -> None:
    """Everybody riskier, and the PDs say so."""
    loans = book(5, per_quarter=2500, from_quarter=FROM, middle=MIDDLE, turned=None)
    riskier = loans.vintage >= "2018Q1"
    worse = np.random.default_rng(1).random(len(loans)) < 0.06
    loans.pd[riskier] *= 2
    loans.bad[riskier & worse] = 1.0
    assert loans.first_late is not None
    loans.first_late[riskier & worse] = 5
    now, before = (period(f"q{it}", loans=known_by(loans, it), now=people(it)) for it in (12, 11))
    found = body(now, before, LIMITS)
    assert any(it["figure"] == "early.excess" and it["about"]["kind"] == "whole" for it in found["alarms"])
    assert found["blind_spot"] is None


@pytest.mark.parametrize(("p", "says"), [(0.001, True), (0.0011, False)])
def test_nothing_is_said_on_one_quarter_that_chance_could_make(p: float, says: bool) -> None:
    estimate = Figure(ESTIMATE, 0.04, 900, unit="share", reference=0.04)
    early = Figure(
        "early.excess", 2.5, 900, About("pd_fifth", "1", Text("最低", "lowest")), "ratio", reference=1.0, p=p
    )
    found = blind_spot(judge([estimate, early], [], LIMITS))
    assert (found is not None) is says
