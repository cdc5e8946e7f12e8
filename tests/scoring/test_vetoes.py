"""Months and observation periods: the arithmetic behind each veto."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.vetoes import add_months, first_free

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(0, 240)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2016, 1, 31), 1, date(2016, 2, 29)),
        (date(2017, 1, 31), 1, date(2017, 2, 28)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2016, 2, 29), 48, date(2020, 2, 29)),
        (date(2016, 12, 31), 2, date(2017, 2, 28)),
        (date(2017, 3, 31), -1, date(2017, 2, 28)),
        (date(2017, 1, 15), -1, date(2016, 12, 15)),
        (date(2017, 6, 30), 0, date(2017, 6, 30)),
    ],
)
def test_the_same_day_so_many_months_later(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, MONTHS)
def test_months_are_counted_by_the_calendar_and_never_spill_over(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(DAYS, MONTHS)
def test_an_end_is_observed_exactly_until_its_months_have_passed(on: date, months: int) -> None:
    free = date.fromordinal(first_free(on, months))
    for day in (free + timedelta(days=shift) for shift in range(-4, 5)):
        assert (day >= free) == (on < add_months(day, months))


def test_without_an_observation_period_an_end_today_is_free() -> None:
    assert date.fromordinal(first_free(date(2017, 6, 30), 0)) == date(2017, 7, 1)
