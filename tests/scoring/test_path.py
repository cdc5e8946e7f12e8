"""The path of known households: what it says first, and when it says nothing."""

from __future__ import annotations

from datetime import date

from scoring.assess import assess, path_of
from scoring.path import Path
from scoring.policy.schema import Policy
from tests.scoring.households import file_of

ON = date(2017, 6, 30)


def path(policy: Policy, household: str = "plain", **values: str) -> Path | None:
    return path_of(assess(file_of(policy, ON, household=household, values=values), policy, on=ON))


def test_a_household_one_point_short_is_shown_one_easy_step(policy: Policy) -> None:
    found = path(policy, "strong")
    assert found is not None
    assert found.target.id == "AAA+"
    assert [(step.item.indicator.id, step.effort) for step in found.steps] == [("income_plan", 1)]
    assert (found.effort, found.wait_days) == (1, 15)


def test_the_best_grade_has_no_path(policy: Policy) -> None:
    assert path(policy, "strong", income_plan="yes") is None


def test_a_withheld_household_has_no_path(policy: Policy) -> None:
    assert path(policy, query_consent="no") is None


def test_an_ended_case_is_waited_out_first(policy: Policy) -> None:
    found = path(policy, gambling_penalty="2016-07-10")
    assert found is not None
    assert (found.target.id, found.steps) == ("A", ())
    assert [(step.veto.id, step.wait_days) for step in found.vetoes] == [("gambling_penalty", 10)]


def test_an_open_case_is_waited_out_from_today(policy: Policy) -> None:
    found = path(policy, gambling_penalty="open")
    assert found is not None
    assert [step.wait_days for step in found.vetoes] == [365]


def test_overdue_principal_is_paid_without_waiting(policy: Policy) -> None:
    found = path(policy, overdue_principal_cny="100")
    assert found is not None
    assert found.reachable
    assert (found.wait_days, [step.veto.remedy.en for step in found.vetoes]) == (0, ["Pay the overdue principal"])


def test_a_veto_on_a_household_below_grade_a_leads_to_grade_a(policy: Policy) -> None:
    found = path(policy, "weak", overdue_principal_cny="100")
    assert found is not None
    assert found.target.id == "A"
    assert found.steps


def test_what_may_never_be_improved_is_in_no_path(policy: Policy) -> None:
    never = {item.indicator for item in policy.items if item.improve is None}
    for household in ("plain", "weak", "steady", "strong"):
        found = path(policy, household)
        assert found is not None
        assert not never & {step.item.indicator.id for step in found.steps}
