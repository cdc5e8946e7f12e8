"""Training sees what serving saw: the same vector for the same household and moment, and nothing later."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feature_store.adapters.sorted_statements import NOBODY, Sorted
from feature_store.filing import civil_day
from tests.feature_store.filed_at_random import HOUSEHOLDS, QUARTERS, Filed, offline, online

# Shrinking would import files for minutes; a failing seed repeats itself.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SLOW = settings(
    max_examples=30, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FILES = 28


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Bit for bit, a missing value equal to a missing value."""
    return bool(np.array_equal(one, other, equal_nan=True))


@SLOW
@given(seed=st.integers(0, 2**32))
def test_offline_and_online_vectors_are_identical(seed: int, new_county: Callable[[], Any]) -> None:
    filed = Filed(new_county(), random.Random(seed))
    filed.begin()
    known = []
    for _ in range(FILES):
        filed.step()
        known.append(filed.county.now)
    choose, today = filed.choose, civil_day(filed.county.now)
    days = (*QUARTERS, date(2019, 5, 1), today)
    rows = [(household, choose.choice(days), choose.choice(known)) for household in HOUSEHOLDS * 3]
    found = offline(filed.county, rows)
    for number, row in enumerate(rows):
        vector = online(filed.county, row)
        if vector is None:
            assert found.villages[number] == ""
            assert np.isnan(found.matrix[number, :73]).all()
        else:
            assert same(vector, found.matrix[number]), row
            assert found.villages[number] != ""


@SLOW
@given(seed=st.integers(0, 2**32))
def test_what_is_recorded_after_an_observation_point_changes_no_row(seed: int, new_county: Callable[[], Any]) -> None:
    filed = Filed(new_county(), random.Random(seed))
    filed.begin()
    rows: list[Any] = []
    before: list[np.ndarray] = []
    for number in range(FILES):
        filed.step()
        if number % 4 == 3:
            moment = [(household, civil_day(filed.county.now), filed.county.now) for household in HOUSEHOLDS]
            rows += moment
            before.append(offline(filed.county, moment).matrix)
    assert same(np.concatenate(before), offline(filed.county, rows).matrix)
    assert filed.rows > 20


def test_no_rows_give_an_empty_matrix(county: Any) -> None:
    assert offline(county, []).matrix.shape == (0, 112)


def test_a_store_without_filings_gives_missing_values_only(county: Any) -> None:
    found = offline(county, [("411299101201-0001", date(2017, 5, 1), county.now + timedelta(days=1))])
    assert found.villages.tolist() == ["411299101201"]
    assert np.isnan(found.matrix[0, :107]).all()
    assert not np.isnan(found.matrix[0, 107:110]).any()
    assert np.isnan(found.matrix[0, 110:]).all()


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(0, 20)), max_size=30, unique_by=lambda it: it),
    st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 10), st.integers(-1, 21)), max_size=10),
)
def test_the_search_finds_what_the_rule_says(statements: list[Any], asked: list[Any]) -> None:
    columns = [np.array([it[place] for it in statements], np.int32) for place in range(3)]
    ordered = Sorted.of(*columns)
    rows = [np.array([it[place] for it in asked], np.int32) for place in range(3)]
    found = ordered.latest(*rows)
    for place, (key, on, known) in zip(found.tolist(), asked, strict=True):
        visible = [it for it in statements if it[0] == key and it[1] <= on and it[2] <= known]
        expected = max(visible, key=lambda it: it[1:], default=None)
        assert (None if place == NOBODY else statements[ordered.order[place]]) == expected
