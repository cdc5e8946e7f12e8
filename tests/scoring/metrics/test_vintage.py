"""Vintage curves against a loan counted by hand and loan by loan, and at equal age only."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from scoring.metrics.vintage import NEVER, early_difference, first_late, vintage_curves


def test_a_loan_book_counted_by_hand() -> None:
    loan = np.array([0, 0, 0, 1, 1, 2, 3])
    month = np.array([1, 2, 3, 1, 2, 1, 1])
    days = np.array([0, 31, 0, 29, 30, 0, 90])
    first = first_late(loan, month, days, loans=4, at_least_days=30)
    assert first.tolist() == [2, 2, NEVER, 1]
    curves = vintage_curves(np.array(["2020Q1"] * 3 + ["2020Q2"]), first, np.array([3, 2, 2, 1]), months=3)
    assert curves.vintages == ("2020Q1", "2020Q2")
    assert curves.size.tolist() == [3, 1]
    assert curves.rows.tolist() == [[3, 3, 3, 1], [1, 1, 0, 0]]
    assert curves.late.tolist() == [[0, 0, 2, 1], [0, 1, 0, 0]]
    np.testing.assert_allclose(curves.share, [[0, 0, 2 / 3, np.nan], [0, 1, np.nan, np.nan]])
    np.testing.assert_allclose(curves.share_of_reached[0], [0, 0, 2 / 3, 1])


def test_curves_are_those_counted_loan_by_loan() -> None:
    rng = np.random.default_rng(1)
    for _ in range(1_000):
        loans, months = int(rng.integers(1, 40)), 8
        vintage = rng.choice(["2019Q4", "2020Q1", "2020Q2"], loans)
        first = np.where(rng.random(loans) < 0.4, rng.integers(1, 12, loans), NEVER)
        reached = rng.integers(0, 12, loans)
        curves = vintage_curves(vintage, first, reached, months=months)
        label, age = str(rng.choice(vintage)), int(rng.integers(0, months + 1))
        row = curves.vintages.index(label)
        here = [(f, r) for v, f, r in zip(vintage, first, reached, strict=True) if v == label]
        old = [f for f, r in here if r >= age]
        assert curves.rows[row, age] == len(old)
        assert curves.late[row, age] == sum(f <= age for f in old)
        if len(old) == len(here):
            assert curves.share[row, age] == pytest.approx(np.mean([f <= age for f in old]), abs=1e-9)
        else:
            assert np.isnan(curves.share[row, age])
        whole = curves.share[row][~np.isnan(curves.share[row])]
        assert (np.diff(whole) >= 0).all()


def test_a_younger_vintage_changes_no_figure_of_an_older_one() -> None:
    rng = np.random.default_rng(2)
    first = np.where(rng.random(500) < 0.3, rng.integers(1, 13, 500), NEVER)
    old = vintage_curves(np.full(500, "2019Q1"), first, np.full(500, 12), months=12)
    both = vintage_curves(
        np.append(np.full(500, "2019Q1"), np.full(90, "2020Q1")),
        np.append(first, np.ones(90, np.int64)),
        np.append(np.full(500, 12), rng.integers(0, 3, 90)),
        months=12,
    )
    np.testing.assert_array_equal(both.share[0], old.share[0])


def test_early_lateness_is_compared_among_loans_of_the_age() -> None:
    rng = np.random.default_rng(3)
    vintage = np.repeat(["2019Q1", "2019Q2", "2020Q1"], 600)
    first = np.where(rng.random(1_800) < np.repeat([0.03, 0.04, 0.10], 600), 3, NEVER)
    reached = np.where(np.arange(1_800) < 1_500, 6, 2)
    curves = vintage_curves(vintage, first, reached, months=6)
    found = early_difference(curves, "2020Q1", earlier=("2019Q1", "2019Q2"), age=3)
    late, before = int((first[1_200:1_500] == 3).sum()), int((first[:1_200] == 3).sum())
    assert found.value == pytest.approx(late / 300 - before / 1_200, abs=1e-9)
    table = [[late, 300 - late], [before, 1_200 - before]]
    assert found.p_value == pytest.approx(chi2_contingency(table, correction=False).pvalue, abs=1e-9)
    assert found.low > 0
    assert np.isnan(early_difference(curves, "2020Q1", earlier=(), age=3).value)


def test_no_loans_have_no_curves() -> None:
    nothing = vintage_curves(np.zeros(0, np.str_), np.zeros(0, np.int64), np.zeros(0, np.int64), months=3)
    assert nothing.vintages == ()
    assert nothing.share.shape == (0, 4)
