"""Frozen bins, the PSI over them and its sampling band."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import rel_entr

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.frozen_bins import MOST_VALUES, FrozenBins, freeze
from scoring.metrics.stability import SPARSE, contributions, stability, stability_of_counts

REPEATED = 4_000
COUNTS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=20)


def _pair(rng: np.random.Generator, bins: int, rows: int) -> tuple[IntArray, IntArray]:
    shares = rng.dirichlet(np.full(bins, 5.0), 2)
    return tuple(rng.multinomial(rows, it).astype(np.int64) for it in shares)  # type: ignore[return-value]


def test_the_index_is_the_two_relative_entropies() -> None:
    rng = np.random.default_rng(1)
    compared = 0
    for _ in range(1_000):
        then, now = _pair(rng, int(rng.integers(2, 15)), int(rng.integers(2_000, 9_000)))
        if min(then.min(), now.min()) < 2 * SPARSE:
            continue
        p, q = then / then.sum(), now / now.sum()
        theirs = rel_entr(p, q).sum() + rel_entr(q, p).sum()
        assert stability_of_counts(then, now).psi == pytest.approx(theirs, abs=1e-9)
        assert contributions(then, now).sum() == pytest.approx(theirs, abs=1e-9)
        compared += 1
    assert compared > 800


@given(COUNTS)
@settings(max_examples=300, deadline=None)
def test_the_index_is_never_infinite_nor_below_none(counts: list[tuple[int, int]]) -> None:
    then, now = np.array(counts, np.int64).T
    found = stability_of_counts(then, now)
    if not then.sum() or not now.sum():
        assert np.isnan([found.psi, found.p_value, found.expected, found.band_95]).all()
        return
    assert 0 <= found.psi < np.inf
    assert 0 <= found.p_value <= 1
    assert found.expected <= found.band_99 < np.inf
    assert (contributions(then, now) >= 0).all()
    assert stability_of_counts(now, then).psi == pytest.approx(found.psi)
    assert stability_of_counts(then, then).psi == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("rows_then", "rows_now", "shares"),
    [
        (500, 500, np.full(10, 0.1)),
        (500, 500, np.full(20, 0.05)),
        (10_000, 500, np.full(10, 0.1)),
        (2_000, 700, np.array([0.5, 0.3, 0.15, 0.05])),
        (10_000, 500, np.append(np.full(10, 0.0997), 0.003)),
        (3_000, 3_000, 0.8 ** np.arange(15) / (0.8 ** np.arange(15)).sum()),
        (600, 5_000, np.array([0.6, 0.4])),
    ],
)
def test_without_change_one_in_twenty_leaves_the_band_of_95(rows_then: int, rows_now: int, shares: FloatArray) -> None:
    rng = np.random.default_rng(2)
    before, after = rng.multinomial(rows_then, shares, REPEATED), rng.multinomial(rows_now, shares, REPEATED)
    found = [stability_of_counts(then, now) for then, now in zip(before, after, strict=True)]
    assert np.mean([it.psi > it.band_95 for it in found]) == pytest.approx(0.05, abs=0.02)
    assert np.mean([it.psi > it.band_99 for it in found]) == pytest.approx(0.01, abs=0.007)
    assert np.mean([it.psi for it in found]) == pytest.approx(np.mean([it.expected for it in found]), rel=0.06)
    for it in found[:200]:
        assert (it.psi > it.band_95) == (it.p_value < 0.05)
        assert (it.psi > it.band_99) == (it.p_value < 0.01)


def test_bins_frozen_on_one_sample_keep_the_band_on_the_next() -> None:
    rng = np.random.default_rng(3)
    found = [stability(freeze(rng.normal(size=1_000)), rng.normal(size=600)) for _ in range(2_000)]
    assert np.mean([it.psi > it.band_95 for it in found]) == pytest.approx(0.05, abs=0.02)
    assert np.mean([it.psi > it.band_99 for it in found]) == pytest.approx(0.01, abs=0.007)


def test_a_real_move_leaves_the_band_and_says_where() -> None:
    rng = np.random.default_rng(4)
    then = freeze(rng.normal(size=5_000))
    moved = stability(then, np.append(rng.normal(size=900), np.full(100, np.nan)))
    assert moved.psi > moved.band_99
    assert moved.p_value < 1e-6
    parts = contributions(np.array(then.counts), then.counts_of(np.append(rng.normal(size=900), np.full(100, np.nan))))
    assert parts.argmax() == len(parts) - 1


def test_sparse_bins_are_joined_and_empty_ones_do_not_count() -> None:
    then, now = np.array([500, 496, 2, 2, 0, 0]), np.array([500, 497, 1, 1, 1, 0])
    found = stability_of_counts(then, now)
    assert found.bins == 3
    assert found.psi == pytest.approx(stability_of_counts(np.array([500, 496, 4]), np.array([500, 497, 3])).psi)


def test_few_values_are_binned_by_value_and_new_ones_apart() -> None:
    then = freeze(np.array([0.0] * 50 + [1.0] * 40 + [3.0] * 10 + [np.nan] * 5))
    assert then.values == (0, 1, 3)
    assert then.counts == (50, 40, 10, 0, 5)
    assert then.counts_of(np.array([1.0, 2.0, 30.0, -1.0, np.nan, 3.0])).tolist() == [0, 1, 1, 3, 1]
    grades = freeze(np.array(["AA", "A", "AA", ""]))
    assert (grades.values, grades.counts) == (("A", "AA"), (1, 2, 0, 1))
    assert grades.counts_of(np.array(["AAA", "", "A"])).tolist() == [1, 0, 1, 1]
    codes = np.append(np.arange(500.0).repeat(2), np.arange(400.0))
    assert freeze(codes, by_value=True).counts == (3,) * MOST_VALUES + (200, 0)


def test_a_change_of_scale_shows_where_nine_of_ten_are_none() -> None:
    rng = np.random.default_rng(5)
    values = np.where(rng.random(8_000) < 0.93, 0.0, np.round(rng.gamma(2, 100, 8_000)))
    then = freeze(values)
    assert 0.0 in then.edges
    assert len(then.edges) >= 4
    same = stability(then, np.where(rng.random(2_000) < 0.93, 0.0, np.round(rng.gamma(2, 100, 2_000))))
    assert same.p_value > 0.001
    assert stability(then, values[:2_000] * 10).p_value < 1e-6
    assert max(then.shares[1:-1]) < 0.04


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.integers(-3, 3).map(float), st.just(float("nan"))), max_size=300),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_every_row_has_one_bin_and_the_bins_travel_as_json(values: list[float], by_value: bool) -> None:
    sample = np.array(values, np.float64)
    then = freeze(sample, by_value=by_value)
    assert then.rows == len(sample)
    assert then.counts_of(sample).tolist() == list(then.counts)
    assert then.counts[-1] == np.isnan(sample).sum()
    assert FrozenBins.from_data(json.loads(json.dumps(then.as_data()))) == then
    assert then.counts_of(np.array([-np.inf, np.inf, 0.5])).sum() == 3
    if len(sample):
        assert stability(then, sample).psi == pytest.approx(0, abs=1e-12)


def test_labels_travel_as_json_too() -> None:
    then = freeze(np.array(["乙", "甲", "甲", ""]))
    assert FrozenBins.from_data(json.loads(json.dumps(then.as_data()))) == then
    assert stability(then, np.zeros(0, np.str_)).rows_now == 0
    unknown = freeze(np.array(["", ""]))
    assert unknown.counts == (0, 2)
    assert unknown.counts_of(np.array(["甲", ""])).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"edges": [2.0, 1.0], "values": None, "counts": [1, 1, 1, 0]}, "ascend"),
        ({"edges": [], "values": ["b", "a"], "counts": [1, 1, 1, 0]}, "ascend"),
        ({"edges": [1.0], "values": None, "counts": [1, 1]}, "one count"),
        ({"edges": [1.0], "values": None, "counts": [1, -1, 0]}, "fewer than 0"),
    ],
)
def test_bins_that_cannot_be_are_refused(data: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        FrozenBins.from_data(data)


def test_labels_are_not_counted_among_numbers() -> None:
    with pytest.raises(TypeError, match="same kind"):
        freeze(np.array([1.0, 2.0])).counts_of(np.array(["1"]))
    with pytest.raises(TypeError, match="same kind"):
        freeze(np.array(["1", "2"])).counts_of(np.array([1.0]))
