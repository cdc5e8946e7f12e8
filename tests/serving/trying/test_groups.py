"""Groups: few are hidden, of many some are asked about, and a rate is that of the loans which matured."""

from __future__ import annotations

import numpy as np

from serving.trying.groups import LEAST, MOST_ASKED, mean_pd, realised, to_be_asked
from serving.trying.movement import KINDS, Movement


def movement_of(**counts: int) -> Movement:
    kinds = np.concatenate([np.full(count, KINDS.index(name), np.int8) for name, count in counts.items()])
    return Movement(kinds, {})


def test_a_group_of_19_is_hidden_and_one_of_20_is_shown() -> None:
    found = movement_of(lower=LEAST - 1, higher=LEAST, unchanged=50)
    asked = to_be_asked(found)
    assert len(asked) == 2 * LEAST - 1
    groups = {row["kind"]: row for row in mean_pd(found, asked, np.full(len(asked), 0.25))}
    assert groups["lower"] == {"kind": "lower", "suppressed": True}
    assert groups["higher"]["mean_pd"] == "0.250000"
    rows = np.flatnonzero(found.kind != KINDS.index("unchanged"))
    shown = {row["kind"]: row for row in realised(found, rows, np.ones(len(rows), np.int8))}
    assert shown["lower"] == {"kind": "lower", "suppressed": True}
    assert (shown["higher"]["bad"], shown["higher"]["rate"]) == (LEAST, "1.000000")


def test_of_many_the_same_ones_are_asked_about_each_time() -> None:
    found = movement_of(terms=MOST_ASKED + 500, lower=30)
    asked = to_be_asked(found)
    assert len(asked) == len(set(asked)) == MOST_ASKED + 30
    assert np.array_equal(asked, to_be_asked(found))
    (terms, lower) = sorted(mean_pd(found, asked, np.zeros(len(asked))), key=lambda row: -row["households"])
    assert (terms["households"], terms["asked"]) == (MOST_ASKED + 500, MOST_ASKED)
    assert (lower["households"], lower["asked"]) == (30, 30)


def test_a_household_with_two_loans_counts_twice_and_the_interval_is_wilsons() -> None:
    found = movement_of(lower=20)
    rows, bad = np.repeat(np.arange(20), 2), np.tile(np.array([1, 0], np.int8), 20)
    (row,) = realised(found, rows, bad)
    assert (row["outcomes"], row["bad"], row["rate"]) == (40, 20, "0.500000")
    z, n = 1.959963984540054, 40
    reach = z * (0.25 / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
    assert abs(float(row["low"]) - (0.5 - reach)) < 1e-6
    assert abs(float(row["high"]) - (0.5 + reach)) < 1e-6
