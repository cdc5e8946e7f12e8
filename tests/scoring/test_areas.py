"""Loan classes, ratios, credit villages and townships, and the state on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.areas import (
    NO_BOOK,
    MonthEnd,
    area_state,
    at,
    bad_from_days,
    credit_township,
    credit_village,
    loan_class,
    township_stops,
    village_stops,
)
from scoring.policy.lending import AreaRules
from scoring.policy.schema import Policy

APRIL, MAY, JUNE = date(2017, 4, 30), date(2017, 5, 31), date(2017, 6, 30)


@pytest.fixture(scope="module")
def rules(policy: Policy) -> AreaRules:
    return policy.areas


def book(day: date, bad: str, loans: int = 20) -> MonthEnd:
    return MonthEnd(day, Decimal(100), Decimal(bad), loans)


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "normal"),
        (1, "special_mention"),
        (90, "special_mention"),
        (91, "substandard"),
        (270, "substandard"),
        (271, "doubtful"),
        (360, "doubtful"),
        (361, "loss"),
        (9999, "loss"),
    ],
)
def test_a_loan_s_class_follows_from_its_days_past_due(rules: AreaRules, days: int, name: str) -> None:
    assert loan_class(rules, days).id == name
    assert loan_class(rules, days).bad == (days >= bad_from_days(rules))


def test_a_balance_is_bad_from_91_days(rules: AreaRules) -> None:
    assert bad_from_days(rules) == 91


def test_the_ratio_is_exact_and_nothing_where_nothing_is_lent() -> None:
    third = MonthEnd(APRIL, Decimal("0.03"), Decimal("0.01"), 1)
    assert third.bad_ratio == Fraction(1, 3)
    assert MonthEnd(APRIL, Decimal(0), Decimal(0), 0).bad_ratio == 0


def test_month_ends_may_come_in_any_order(rules: AreaRules) -> None:
    months = [book(JUNE, "0"), book(APRIL, "6"), book(MAY, "0")]
    assert village_stops(months, rules) == village_stops(sorted(months, key=lambda m: m.month_end), rules)


def test_a_stop_remembers_the_month_end_at_which_it_began(rules: AreaRules) -> None:
    states = village_stops([book(APRIL, "6"), book(MAY, "7"), book(JUNE, "0")], rules)
    assert [stop.since for _, stop in states] == [APRIL, APRIL, APRIL]
    assert [stop.ratio for _, stop in states] == [Fraction(6, 100), Fraction(7, 100), 0]


def test_before_the_first_month_end_nothing_is_stopped(rules: AreaRules) -> None:
    states = village_stops([book(APRIL, "6")], rules)
    assert at(states, date(2017, 4, 29)) == NO_BOOK
    assert at(states, APRIL).stopped


def test_a_release_before_any_month_end_does_nothing(rules: AreaRules) -> None:
    states = village_stops([book(MAY, "6")], rules, [APRIL])
    assert at(states, MAY).stopped


def test_a_released_village_is_stopped_again_by_the_next_bad_month(rules: AreaRules) -> None:
    july = date(2017, 7, 31)
    states = village_stops([book(APRIL, "6"), book(MAY, "0"), book(JUNE, "0"), book(july, "6")], rules, [JUNE])
    assert not at(states, JUNE).stopped
    assert at(states, july).since == july


def test_a_township_counts_its_villages_without_loans_too(rules: AreaRules) -> None:
    villages = {"1": village_stops([book(APRIL, "6")], rules), "2": [], "3": [], "4": []}
    assert at(township_stops(villages, rules), APRIL).ratio == Fraction(1, 4)
    assert not at(township_stops(villages, rules), APRIL).stopped
    del villages["4"]
    assert at(township_stops(villages, rules), APRIL).stopped


def test_a_township_needs_its_own_signature(rules: AreaRules) -> None:
    villages = {"411299101201": [book(APRIL, "6"), book(MAY, "0"), book(JUNE, "0"), book(date(2017, 7, 31), "0")]}
    signed = {"411299101201": [JUNE]}
    state = area_state("411299101201", villages, rules, on=date(2017, 8, 1), releases=signed)
    assert (state.village.stopped, state.township.stopped, state.stopped) == (False, True, True)
    signed["411299101"] = [date(2017, 8, 1)]
    state = area_state("411299101201", villages, rules, on=date(2017, 8, 1), releases=signed)
    assert not state.stopped or not state.village.stopped


def test_what_happens_after_the_day_is_not_seen(rules: AreaRules) -> None:
    villages = {"411299101201": [book(APRIL, "0"), book(MAY, "6")]}
    assert not area_state("411299101201", villages, rules, on=date(2017, 5, 30), releases={}).stopped
    assert area_state("411299101201", villages, rules, on=MAY, releases={}).stopped


def test_a_village_that_nobody_listed_has_no_book(rules: AreaRules) -> None:
    state = area_state("411299101299", {"411299101201": []}, rules, on=MAY, releases={})
    assert (state.village, state.few_loans) == (NO_BOOK, False)


@pytest.mark.parametrize(
    ("graded", "households", "expected"), [(69, 100, False), (70, 100, True), (7, 10, True), (0, 0, False)]
)
def test_seven_tenths_graded_make_a_credit_village(
    rules: AreaRules, graded: int, households: int, expected: bool
) -> None:
    assert credit_village(graded, households, rules) is expected


@pytest.mark.parametrize(
    ("villages", "total", "expected"), [(64, 100, False), (65, 100, True), (13, 20, True), (0, 0, False)]
)
def test_65_in_a_hundred_credit_villages_make_a_credit_township(
    rules: AreaRules, villages: int, total: int, expected: bool
) -> None:
    assert credit_township(villages, total, rules) is expected
