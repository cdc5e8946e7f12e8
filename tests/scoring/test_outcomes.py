"""What became of a loan: both sides of each limit, in sentences; and columns equal one loan at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.areas import loan_class
from scoring.outcomes import (
    WORDS,
    LoanMonth,
    Outcome,
    Why,
    add_months,
    loan_classes,
    months_between,
    outcome_of,
    outcomes_of,
)
from scoring.policy.lending import OutcomeRules
from scoring.policy.load import ROOT, load

RULES = load(ROOT / "lushi" / "2017-04-01").outcomes
DISBURSED = date(2018, 5, 15)
ENDS = [add_months(date(2018, 5, 31), number) for number in range(15)]
LATE = date(2019, 9, 1)


def life(**days: int) -> list[LoanMonth]:
    """All fifteen month ends, some past due: ``m3=40`` is 40 days at the third month end."""
    return [LoanMonth(end, Decimal(100), days.get(f"m{number}", 0)) for number, end in enumerate(ENDS, 1)]


def judged(months: list[LoanMonth], rules: OutcomeRules = RULES, *, until: date = LATE) -> tuple[Outcome, Why]:
    return outcome_of(months, DISBURSED, rules, known_until=until)


def test_90_days_past_due_is_not_bad_and_91_is():
    assert judged(life(m6=90)) == (Outcome.INDETERMINATE, Why.WORST_IN_BETWEEN)
    assert judged(life(m6=91)) == (Outcome.BAD, Why.OVER_THE_LIMIT)


def test_30_days_past_due_is_good_and_31_is_in_between():
    assert judged(life(m6=30)) == (Outcome.GOOD, Why.KEPT_TO_TERMS)
    assert judged(life(m6=31))[0] is Outcome.INDETERMINATE


def test_the_window_has_the_twelve_month_ends_after_disbursement():
    assert judged(life(m12=91))[0] is Outcome.BAD
    assert judged(life(m13=91))[0] is Outcome.GOOD


def test_a_loan_is_not_judged_before_its_window_has_ended_even_a_bad_one():
    assert judged(life(m3=200), until=date(2019, 5, 14)) == (Outcome.IMMATURE, Why.WINDOW_OPEN)
    assert judged(life(m3=200), until=date(2019, 5, 15))[0] is Outcome.BAD


def test_an_unknown_month_end_leaves_a_loan_unjudged_but_not_a_bad_one():
    assert judged(life()[1:]) == (Outcome.IMMATURE, Why.MONTH_ENDS_MISSING)
    assert judged(life(m6=91)[1:])[0] is Outcome.BAD
    assert judged(life()[1:], replace(RULES, missing_month_ends=1))[0] is Outcome.GOOD


def test_a_loan_repaid_early_is_good_without_later_month_ends():
    paid = [*life()[:4], LoanMonth(ENDS[4], Decimal(0), 0)]
    assert judged(paid) == (Outcome.GOOD, Why.REPAID_EARLY)
    assert judged(paid[1:])[1] is Why.MONTH_ENDS_MISSING
    assert judged(paid, replace(RULES, repaid_early_is_good=False))[1] is Why.MONTH_ENDS_MISSING
    assert judged([*life(m2=95)[:4], paid[-1]])[0] is Outcome.BAD


def test_a_loan_paid_off_at_the_last_month_end_of_its_window_kept_to_its_terms():
    paid = [*life()[:11], LoanMonth(ENDS[11], Decimal(0), 0)]
    assert judged(paid) == (Outcome.GOOD, Why.KEPT_TO_TERMS)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2018-08-31", 6, "2019-02-28"), ("2019-02-28", 12, "2020-02-29"), ("2020-01-30", 1, "2020-02-29")],
)
def test_months_are_added_as_in_a_contract(day: str, months: int, expected: str):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(st.dates(date(2015, 1, 1), date(2022, 12, 31)), st.integers(1, 36))
def test_every_window_of_n_months_holds_n_month_ends(day: date, months: int):
    end = add_months(day, months)
    ends = [add_months(date(2014, 12, 31), number) for number in range(150)]
    within = [it for it in ends if day < it <= end]
    assert len(within) == months
    assert [months_between(day, it) for it in within] == list(range(1, months + 1))


def test_every_reason_is_worded_in_both_languages():
    assert set(WORDS) == set(Why)
    assert all(it.zh and it.en for it in WORDS.values())


def test_five_classes_over_columns_equal_one_loan_at_a_time():
    areas = load(ROOT / "lushi" / "2021-03-01").areas
    days = np.arange(0, 500, dtype=np.int32)
    names = [areas.classes[it].id for it in loan_classes(areas, days)]
    assert names == [loan_class(areas, int(it)).id for it in days]


@st.composite
def lives(draw: st.DrawFn) -> tuple[date, list[LoanMonth]]:
    """A loan with some of its month ends, perhaps paid off."""
    disbursed = draw(st.dates(date(2018, 1, 1), date(2018, 12, 31)))
    first = date(disbursed.year, disbursed.month, 28)
    ends = [add_months(add_months(date(2018, 1, 31), first.month - 1), number) for number in range(16)]
    chosen = draw(st.lists(st.sampled_from(ends), unique=True))
    months = [
        LoanMonth(
            end,
            Decimal(draw(st.sampled_from([0, 1, 1, 1, 1]))),
            draw(st.sampled_from([0, 0, 0, 1, 30, 31, 90, 91, 400])),
        )
        for end in chosen
    ]
    return disbursed, months


@given(
    st.lists(lives(), min_size=1, max_size=8),
    st.sampled_from([0, 1, 5]),
    st.booleans(),
    st.dates(date(2019, 1, 1), date(2020, 6, 1)),
)
def test_columns_equal_one_loan_at_a_time(
    loans: list[tuple[date, list[LoanMonth]]], missing: int, early: bool, until: date
):
    rules = replace(RULES, missing_month_ends=missing, repaid_early_is_good=early)
    rows = [(number, month) for number, (_, months) in enumerate(loans) for month in months]
    found = outcomes_of(
        np.array([number for number, _ in rows], np.int64),
        np.array([month.month_end.toordinal() for _, month in rows], np.int64),
        np.array([int(month.balance_cny) for _, month in rows], np.int64),
        np.array([month.days_past_due for _, month in rows], np.int32),
        disbursed=np.array([disbursed.toordinal() for disbursed, _ in loans], np.int64),
        rules=rules,
        known_until=until,
    )
    one_by_one = [outcome_of(months, disbursed, rules, known_until=until) for disbursed, months in loans]
    assert list(zip(found.outcome, found.why, strict=True)) == one_by_one
