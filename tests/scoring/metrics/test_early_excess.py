"""The stratified log-rank test against scipy's, by brute force, and in simulation: what it promises of chance and interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import CensoredData, hypergeom, logrank

from scoring.metrics.early_excess import Excess, early_excess

AGES = 6


def _lived(rng: np.random.Generator, loans: int) -> tuple[np.ndarray, np.ndarray]:
    """The age at which each loan was late, or up to which it was seen, and whether it was late."""
    late_at, seen = rng.geometric(0.15, loans), rng.integers(1, AGES + 1, loans)
    return np.minimum(late_at, seen), late_at <= seen


def _counted(age: np.ndarray, late: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By age: loans late at it, and loans at risk."""
    ages = np.arange(1, AGES + 1)[:, None]
    return ((age == ages) & late).sum(axis=1), (age >= ages).sum(axis=1)


def test_the_statistic_is_the_log_rank_tests_of_scipy() -> None:
    rng, compared = np.random.default_rng(1), 0
    while compared < 1_000:
        (age, late), (old_age, old_late) = (_lived(rng, int(rng.integers(5, 60))) for _ in range(2))
        found = early_excess(*_counted(age, late), *_counted(old_age, old_late))
        if not found.variance > 0:
            continue
        theirs = logrank(
            x=CensoredData(uncensored=age[late], right=age[~late]),
            y=CensoredData(uncensored=old_age[old_late], right=old_age[~old_late]),
        )
        # scipy counts the first sample's excess with its sign turned.
        ours = (found.observed - found.expected) / math.sqrt(found.variance)
        assert abs(ours) == pytest.approx(abs(theirs.statistic), abs=1e-9)
        compared += 1


def test_the_chance_is_that_of_every_way_the_late_can_fall() -> None:
    rng = np.random.default_rng(2)
    for _ in range(1_000):
        rows_now, rows_then = rng.integers(1, 12, (2, 2))
        late_now, late_then = rng.binomial(rows_now, 0.4), rng.binomial(rows_then, 0.3)
        first, second = (
            hypergeom(n + m, d, n) for n, m, d in zip(rows_now, rows_then, late_now + late_then, strict=True)
        )
        k = np.arange(24)
        joint = np.outer(first.pmf(k), second.pmf(k))
        total = k[:, None] + k[None, :]
        chance = joint[total > late_now.sum()].sum() + joint[total == late_now.sum()].sum() / 2
        found = early_excess(late_now, rows_now, late_then, rows_then)
        assert found.p == pytest.approx(chance, abs=1e-9)
        assert found.expected == pytest.approx((joint * total).sum(), abs=1e-9)
        assert found.variance == pytest.approx((joint * total**2).sum() - found.expected**2, abs=1e-9)


def test_one_stratum_gives_the_plain_ratio_of_shares_with_its_interval() -> None:
    found = early_excess(np.array([12]), np.array([200]), np.array([30]), np.array([900]))
    error = math.sqrt(1 / 12 - 1 / 200 + 1 / 30 - 1 / 900)
    assert found.ratio == pytest.approx((12 / 200) / (30 / 900))
    assert found.low == pytest.approx(found.ratio * math.exp(-1.959963984540054 * error))
    assert found.high == pytest.approx(found.ratio * math.exp(1.959963984540054 * error))


def test_a_large_book_keeps_its_exactness() -> None:
    found = early_excess(np.array([900]), np.array([20_000]), np.array([3_000]), np.array([80_000]))
    draw = hypergeom(100_000, 3_900, 20_000)
    assert found.p == pytest.approx(draw.sf(900) + draw.pmf(900) / 2, rel=1e-6)
    assert 0 < found.p < 1e-5


def test_what_one_side_lacks_is_left_out_and_nothing_is_nan() -> None:
    there = np.array([3]), np.array([40]), np.array([5]), np.array([90])
    more = [np.append(it, extra) for it, extra in zip(there, (9, 50, 0, 0), strict=True)]
    assert early_excess(*more) == early_excess(*there)
    empty = early_excess(*[np.zeros(0, np.int64)] * 4)
    assert empty.observed == 0
    assert all(math.isnan(getattr(empty, name)) for name in Excess.__slots__ if name != "observed")


def test_a_side_without_late_loans_has_a_ratio_all_the_same() -> None:
    rows = np.array([100]), np.array([400])
    none_then = early_excess(np.array([6]), rows[0], np.array([0]), rows[1])
    assert none_then.ratio == pytest.approx(6 / 100 / (0.5 / 400))
    assert none_then.low > 1
    assert none_then.p < 0.001
    none_now = early_excess(np.array([0]), rows[0], np.array([20]), rows[1])
    assert none_now.ratio == pytest.approx(0.5 / 100 / (20 / 400))
    assert math.isnan(early_excess(np.array([0]), rows[0], np.array([0]), rows[1]).ratio)
    assert early_excess(np.array([0]), rows[0], np.array([0]), rows[1]).p == 0.5


def test_without_a_change_it_is_beyond_a_chance_as_often_as_the_chance_says() -> None:
    """A township's dozen late loans; a normal approximation is beyond 0.002 nearly twice as often."""
    rng = np.random.default_rng(3)
    rows_now, rows_then = np.full(12, 60), np.full(12, 400)
    risks = rng.uniform(0.005, 0.03, 12)
    late_now, late_then = rng.binomial(60, risks, (20_000, 12)), rng.binomial(400, risks, (20_000, 12))
    found = np.array(
        [early_excess(now, rows_now, then, rows_then).p for now, then in zip(late_now, late_then, strict=True)]
    )
    for level in (0.05, 0.01, 0.002):
        error = math.sqrt(level / len(found))
        assert (found <= level).mean() == pytest.approx(level, abs=max(4 * error, 0.1 * level))


def test_the_interval_covers_the_ratio_in_simulation() -> None:
    rng = np.random.default_rng(4)
    rows_now, rows_then = np.full(8, 150), np.full(8, 600)
    risks = rng.uniform(0.01, 0.04, 8)
    for ratio in (1.0, 1.8):
        late_now, late_then = rng.binomial(150, ratio * risks, (2_000, 8)), rng.binomial(600, risks, (2_000, 8))
        covered = [
            found.low <= ratio <= found.high
            for found in (
                early_excess(now, rows_now, then, rows_then) for now, then in zip(late_now, late_then, strict=True)
            )
        ]
        assert np.mean(covered) == pytest.approx(0.95, abs=0.02)
