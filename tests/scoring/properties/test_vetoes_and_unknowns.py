"""Laws of vetoes, of unknown values, of arrears and of the reasons stated."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assess import Assessment, assess
from scoring.canonical import canonical, sha256
from scoring.credit_file import OPEN, STALE, CreditFile
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from tests.scoring import naive
from tests.scoring.small_cards import ON, cards_with_files, files

ARREARS = (
    "late_1_30",
    "late_31_90",
    "overdue_principal_cny",
    "overdue_interest_days",
    "utility_arrears_months",
    "land_rent_arrears_months",
    "collective_debts_cny",
    "mutual_fund_arrears_cny",
    "agri_guarantee_claims",
    "settled_bad_records",
    "repayment_plan_broken",
    "debt_income_ratio",
    "usury_loans",
)
"""Indicators of the Lushi policies of which more is worse: what is owed, and what was paid late."""


def rank(assessment: Assessment) -> int:
    """Place of the grade, 0 for none."""
    grade = assessment.settled.grade
    return assessment.policy.grades.index(grade) + 1 if grade else 0


def with_code(file: CreditFile, name: str, code: int) -> CreditFile:
    return replace(file, codes={**file.codes, name: code})


@given(data=st.data())
@settings(max_examples=60)
def test_more_arrears_never_help(lushi: Policies, data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(lushi.policies))
    file = data.draw(files(policy, unknown=0, stale=False))
    calm = {veto.test.indicator: 0 for veto in policy.vetoes if data.draw(st.integers(0, 9))}
    file = replace(file, codes={**file.codes, **calm})
    for name in ARREARS:
        indicator = next(i for i in policy.indicators if i.id == name)
        low, high = sorted(data.draw(st.sampled_from(naive.answers(policy, indicator, ON))) for _ in range(2))
        less, more = (assess(with_code(file, name, code), policy, on=ON) for code in (low, high))
        assert more.points.score <= less.points.score
        assert rank(more) <= rank(less)
        assert (less.settled.status == "vetoed") <= (more.settled.status == "vetoed")


@given(cards_with_files(unknown=6))
@settings(max_examples=200)
def test_a_veto_that_fires_fixes_the_outcome_whatever_the_points(drawn: tuple[Policy, CreditFile]) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    if any(one.state == "fired" for one in assessment.vetoes):
        assert assessment.settled.status == "vetoed"
        assert assessment.settled.grade is None
        assert assessment.settled.possible == ("vetoed",)
        assert assessment.terms.offer is None
        assert "no_grade" in assessment.terms.blocks
    else:
        assert assessment.settled.status != "vetoed"


@given(data=st.data())
@settings(max_examples=40)
def test_any_one_open_cause_vetoes_the_best_household(lushi: Policies, data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(lushi.policies))
    veto = data.draw(st.sampled_from(policy.vetoes))
    file = data.draw(files(policy, unknown=0, stale=False))
    code = OPEN if veto.test.active else max(veto.test.codes, default=veto.test.low)
    assert assess(with_code(file, veto.test.indicator, code), policy, on=ON).settled.status == "vetoed"


@given(data=st.data())
@settings(max_examples=40)
def test_the_order_of_vetoes_changes_nothing_but_the_order_of_what_is_stated(
    lushi: Policies, data: st.DataObject
) -> None:
    policy = lushi.policies[0]
    shuffled = data.draw(st.permutations(policy.vetoes))
    name = sha256(canonical([veto.id for veto in shuffled]))
    other = replace(policy, vetoes=tuple(shuffled), sha256=name)
    file = data.draw(files(policy, unknown=40))
    one, two = assess(file, policy, on=ON), assess(file, other, on=ON)
    assert (one.settled.status, one.settled.grade, one.settled.possible) == (
        two.settled.status,
        two.settled.grade,
        two.settled.possible,
    )
    assert set(one.settled.causes) == set(two.settled.causes)
    assert set(one.settled.ask) == set(two.settled.ask)
    assert {j.veto.id: (j.state, j.until) for j in one.vetoes} == {j.veto.id: (j.state, j.until) for j in two.vetoes}
    assert one.points == two.points
    assert one.terms == two.terms


@given(cards_with_files(unknown=4))
@settings(max_examples=200)
def test_an_unknown_scores_no_better_than_its_best_answer_and_no_worse_than_its_worst(
    drawn: tuple[Policy, CreditFile],
) -> None:
    policy, file = drawn
    base = assess(file, policy, on=ON)
    codes = dict(zip([i.id for i in policy.indicators], base.codes, strict=True))
    for item in policy.items:
        if codes[item.indicator] > STALE:
            continue
        indicator = next(i for i in policy.indicators if i.id == item.indicator)
        scores = [naive.score(policy, {**codes, item.indicator: code}) for code in naive.answers(policy, indicator, ON)]
        assert min(scores) <= base.points.score <= max(scores)
        if base.settled.status == "graded" and base.settled.grade is not None:
            ids = [grade.id for grade in policy.grades]
            got = ids.index(base.settled.grade.id) + 1
            ranks = [ids.index(name) + 1 if (name := naive.grade_at(policy, score)) in ids else 0 for score in scores]
            assert min(ranks) <= got <= max(ranks)


@given(cards_with_files())
@settings(max_examples=200)
def test_at_most_four_reasons_are_stated_and_each_is_worded(drawn: tuple[Policy, CreditFile]) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    assert len(assessment.reasons) <= 4
    for stated in assessment.reasons:
        assert stated.reason.text.zh
        assert stated.reason.text.en
        assert stated.reason.cite.source
    if assessment.settled.status in ("vetoed", "withheld"):
        assert assessment.reasons
    if assessment.settled.grade is policy.grades[-1]:
        assert not assessment.reasons


@given(data=st.data())
@settings(max_examples=40)
def test_a_lushi_household_without_the_best_grade_is_told_why(lushi: Policies, data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(lushi.policies))
    assessment = assess(data.draw(files(policy, unknown=data.draw(st.sampled_from([0, 30])))), policy, on=ON)
    best = assessment.settled.grade is policy.grades[-1]
    assert (0 if best else 1) <= len(assessment.reasons) <= (0 if best else 4)
    assert len({(stated.reason.id, stated.about) for stated in assessment.reasons}) == len(assessment.reasons)
    assert all(stated.reason.text.zh and stated.reason.text.en for stated in assessment.reasons)
