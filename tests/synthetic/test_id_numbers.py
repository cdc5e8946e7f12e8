"""ID numbers are valid in form, unique, fit the borrower's age, and belong to nobody."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars
import pytest

from feature_store.synthetic.id_numbers import id_numbers


def check_digit(first_17: str) -> str:
    """GB 11643: the remainder of the weighted sum by 11, written step by step."""
    remainder = 0
    for digit in first_17:
        remainder = (remainder + int(digit)) * 2 % 11
    return "X" if (12 - remainder) % 11 == 10 else str((12 - remainder) % 11)


def test_the_checker_agrees_with_the_standards_own_example():
    assert check_digit("11010519491231002") == "X"


def test_numbers_have_the_unassigned_region_a_real_date_and_a_right_check_digit(big_parquet):
    numbers = polars.read_parquet(big_parquet[0] / "households.parquet")["id_number"]
    held = numbers.drop_nulls()
    assert 0 < numbers.null_count() < 0.01 * numbers.len()
    assert held.n_unique() == held.len()
    for number in held.head(3000):
        assert number.startswith("411299")
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
        assert number[17] == check_digit(number[:17])


def test_the_birthday_fits_the_age_the_village_reports(big_parquet):
    register = polars.read_parquet(big_parquet[0] / "households.parquet")
    village = polars.read_parquet(big_parquet[0] / "village.parquet", columns=["household_id", "borrower_age"])
    both = register.join(village, on="household_id").drop_nulls()
    fits = 0
    for number, age in both.select("id_number", "borrower_age").head(1000).iter_rows():
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        had = (born.month, born.day) <= (3, 31)
        fits += 2017 - born.year - (not had) == age
    assert fits >= 985  # the rest were filed wrong and are corrected a round later


def test_more_than_999_on_one_birthday_are_refused():
    with pytest.raises(ValueError, match="fewer households"):
        id_numbers(np.random.default_rng(1), np.full(1000, 722000, dtype=np.int32))
