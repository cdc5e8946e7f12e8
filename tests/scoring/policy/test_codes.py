"""Codes: written values become whole numbers and come back as they were written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.credit_file import MISSING, NONE, OPEN, STALE
from scoring.policy.codes import EARLIEST, LATEST, expected, read, show
from scoring.policy.elements import Indicator
from scoring.policy.in_force import Policies


def indicator(policies: Policies, name: str) -> Indicator:
    return next(i for i in policies.latest.indicators if i.id == name)


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("law_award", "yes", 1),
        ("law_award", "YES", 1),
        ("law_award", "有", 1),
        ("law_award", "否", 0),
        ("law_award", " no ", 0),
        ("law_award", "0", 0),
        ("vehicles", "20", 20),
        ("vehicles", "007", 7),
        ("vehicles", "3.0", 3),
        ("villager_review_mean", "59.9", 599),
        ("villager_review_mean", "60", 600),
        ("overdue_principal_cny", "0.01", 1),
        ("net_income_per_head_cny", "-100000", -100000),
        ("elder_support", "met", 2),
        ("criminal_penalty", "none", NONE),
        ("criminal_penalty", "无", NONE),
        ("criminal_penalty", "open", OPEN),
        ("criminal_penalty", "未了结", OPEN),
        ("criminal_penalty", "2016-02-29", date(2016, 2, 29).toordinal()),
        ("criminal_penalty", "1950-01-01", EARLIEST),
        ("criminal_penalty", "2100-12-31", LATEST),
        ("criminal_penalty", "", MISSING),
        ("vehicles", "   ", MISSING),
    ],
)
def test_a_written_value_has_this_code(lushi: Policies, name: str, written: str, code: int) -> None:
    assert read(indicator(lushi, name), written) == code


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("law_award", "maybe"),
        ("vehicles", "21"),
        ("vehicles", "-1"),
        ("vehicles", "1.5"),
        ("vehicles", "1e1"),
        ("vehicles", "+1"),
        ("vehicles", "1,000"),
        ("vehicles", "NaN"),
        ("villager_review_mean", "59.95"),
        ("villager_review_mean", "100.1"),
        ("overdue_principal_cny", "0.001"),
        ("elder_support", "Met"),
        ("elder_support", "2"),
        ("criminal_penalty", "2017-02-29"),
        ("criminal_penalty", "2017-2-9"),
        ("criminal_penalty", "20170228"),
        ("criminal_penalty", "1949-12-31"),
        ("criminal_penalty", "2101-01-01"),
        ("criminal_penalty", "yes"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(lushi: Policies, name: str, written: str) -> None:
    assert read(indicator(lushi, name), written) is None


@given(data=st.data())
def test_every_code_is_read_back_from_what_it_shows(lushi: Policies, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(lushi.latest.indicators))
    if one.kind == "episode":
        code = data.draw(st.sampled_from([NONE, OPEN, EARLIEST, LATEST, 736_000]))
    else:
        code = data.draw(st.integers(one.low, one.high))
    assert read(one, show(one, code)) == code


def test_missing_and_stale_are_shown_as_nothing(lushi: Policies) -> None:
    assert {show(one, code) for one in lushi.latest.indicators for code in (MISSING, STALE)} == {""}


def test_what_may_be_written_is_told_in_words(lushi: Policies) -> None:
    assert expected(indicator(lushi, "law_award")) == "yes or no"
    assert expected(indicator(lushi, "vehicles")) == "a whole number from 0 to 20"
    assert expected(indicator(lushi, "villager_review_mean")) == "a number from 0.0 to 100.0 with at most 1 decimals"
    assert expected(indicator(lushi, "elder_support")) == "one of unmet, partly, met"
    assert expected(indicator(lushi, "drug_offence")) == "none, open, or the end date as YYYY-MM-DD"
