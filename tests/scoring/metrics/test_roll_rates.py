"""Roll rates counted by hand and step by step."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from scoring.metrics.roll_rates import bucket_of, roll_rates


def test_days_past_due_have_their_bucket() -> None:
    assert bucket_of(np.array([0, 1, 30, 31, 60, 61, 90, 91, 400])).tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_loan_book_counted_by_hand() -> None:
    loan = np.array([7, 7, 7, 9, 9, 4])
    month = np.array([10, 12, 11, 10, 12, 10])
    bucket = np.array([0, 2, 1, 1, 1, 0])
    found = roll_rates(loan, month, bucket, buckets=3)
    assert found.counts.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert found.unfollowed.tolist() == [1, 2, 1]
    np.testing.assert_array_equal(found.shares[:2], [[0, 1, 0], [0, 0, 1]])
    assert np.isnan(found.shares[2]).all()


def test_steps_are_those_counted_one_by_one() -> None:
    rng = np.random.default_rng(1)
    for _ in range(1_000):
        keys = rng.permutation(60)[: int(rng.integers(0, 60))]
        loan, month, bucket = keys // 12, keys % 12, rng.integers(0, 4, len(keys))
        known = {(a, b): c for a, b, c in zip(loan.tolist(), month.tolist(), bucket.tolist(), strict=True)}
        steps = [(c, known[a, b + 1]) for (a, b), c in known.items() if (a, b + 1) in known]
        found = roll_rates(loan, month, bucket, buckets=4)
        if steps:
            before, after = zip(*steps, strict=True)
            assert (found.counts == confusion_matrix(before, after, labels=range(4))).all()
        assert found.counts.sum() == len(steps)
        alone = Counter(c for (a, b), c in known.items() if (a, b + 1) not in known)
        assert found.unfollowed.tolist() == [alone[it] for it in range(4)]
        rows = found.shares.sum(axis=1)
        assert rows[found.counts.sum(axis=1) > 0] == pytest.approx(1)
