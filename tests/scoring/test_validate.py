"""Validation: every problem is told at once, and no value is repeated."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.credit_file import Reported
from scoring.errors import CreditFileInvalid
from scoring.policy.schema import Policy
from scoring.validate import Problem, credit_file_of
from tests.scoring.households import values_of

ON = date(2021, 6, 30)
SECRET = "411299199001011234"


def test_every_problem_is_told_with_its_indicator_and_mend_and_no_value(policy: Policy) -> None:
    written = {
        "late_31_90": SECRET,
        "elder_support": "splendid",
        "law_award": "perhaps",
        SECRET: "1",
        "borrower_age": "40",
    }
    with pytest.raises(CreditFileInvalid) as refused:
        credit_file_of(written, policy, on=ON)
    problems = [problem for problem in refused.value.problems if isinstance(problem, Problem)]
    assert len(problems) == 4
    told = str(refused.value)
    assert "late_31_90: has a value that is not allowed. Give a whole number from 0 to 100." in told
    assert "Give one of unmet, partly, met" in told
    assert "splendid" not in told
    assert "perhaps" not in told
    assert SECRET not in told


def test_an_empty_value_is_missing_and_no_problem(policy: Policy) -> None:
    file = credit_file_of({"late_31_90": "", "law_award": None}, policy, on=ON)
    assert file.codes == {}


@pytest.mark.parametrize(("value", "code"), [(True, 1), (False, 0), ("yes", 1), (0, 0), (1, 1)])
def test_a_flag_may_be_written_as_a_flag_or_in_words(policy: Policy, value: object, code: int) -> None:
    assert credit_file_of({"law_award": value}, policy, on=ON).codes == {"law_award": code}


@pytest.mark.parametrize("value", [[], {}, ["yes"], object(), 1e30, float("nan"), float("inf")])
def test_what_is_no_written_value_is_refused(policy: Policy, value: object) -> None:
    with pytest.raises(CreditFileInvalid):
        credit_file_of({"borrower_age": value}, policy, on=ON)


def test_everything_is_observed_on_the_day_given(policy: Policy) -> None:
    file = credit_file_of(values_of("plain"), policy, on=ON, household_id="h", village_code="v")
    assert set(file.sources) == {source.id for source in policy.sources}
    assert set(file.sources.values()) == {Reported(ON)}
    assert len(file.codes) == 144
