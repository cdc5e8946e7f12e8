"""Resident ID numbers: what is refused, what is shown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feature_store.identity import check_character, mask, wrong_with

TODAY = date(2017, 4, 10)
GOOD = "411299198001010013"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (GOOD, None),
        ("11010519491231002X", None),
        ("11010519491231002x", None),
        ("４１１２９９１９８００１０１００１３", None),
        (GOOD[:-1], "17 digits"),
        (GOOD[:-1] + "A", "17 digits"),
        ("", "17 digits"),
        ("99" + GOOD[2:], "province"),
        ("41129919800230001" + "1", "does not exist"),
        ("41129920170411001" + check_character("41129920170411001"), "future"),
        (GOOD[:-1] + "5", "check character"),
    ],
)
def test_a_number_is_refused_for_its_first_fault(number: str, says: str | None) -> None:
    found = wrong_with(number, today=TODAY)
    assert (found is None) if says is None else (found is not None and says in found)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place: int, shift: int) -> None:
    wrong = GOOD[:place] + str((int(GOOD[place]) + shift) % 10) + GOOD[place + 1 :]
    assert check_character(wrong[:17]) != GOOD[17]


def test_a_mask_shows_the_region_alone() -> None:
    assert mask(GOOD) == "411299************"
    assert mask("Li Si 13800000000") == "*" * 18
