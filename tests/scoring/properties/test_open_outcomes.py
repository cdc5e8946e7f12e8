"""What is unknown: ``possible`` and ``ask`` against every combination of answers, by brute force."""

from __future__ import annotations

from hypothesis import given, settings

from scoring.assess import assess
from scoring.credit_file import CreditFile
from scoring.policy.schema import GRADE_NONE, Policy
from tests.scoring import naive
from tests.scoring.small_cards import ON, cards_with_files


@given(cards_with_files())
@settings(max_examples=400)
def test_possible_is_exactly_the_set_of_outcomes_over_every_answer(drawn: tuple[Policy, CreditFile]) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    codes = dict(zip([i.id for i in policy.indicators], assessment.codes, strict=True))
    assert set(assessment.settled.possible) == set(naive.open_outcomes(policy, codes, ON).values())
    order = ["vetoed", GRADE_NONE, *(grade.id for grade in policy.grades)]
    assert list(assessment.settled.possible) == sorted(assessment.settled.possible, key=order.index)


@given(cards_with_files())
@settings(max_examples=400)
def test_ask_is_exactly_the_set_of_indicators_whose_answer_can_matter(drawn: tuple[Policy, CreditFile]) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    codes = dict(zip([i.id for i in policy.indicators], assessment.codes, strict=True))
    assert set(assessment.settled.ask) == naive.telling(policy, codes, ON)
    assert len(set(assessment.settled.ask)) == len(assessment.settled.ask)


@given(cards_with_files())
@settings(max_examples=200)
def test_the_score_and_the_outcome_are_what_the_plain_reading_of_the_policy_gives(
    drawn: tuple[Policy, CreditFile],
) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    codes = dict(zip([i.id for i in policy.indicators], assessment.codes, strict=True))
    assert assessment.points.score == naive.score(policy, codes)
    without = assessment.settled.without_vetoes
    assert (without.id if without else GRADE_NONE) == naive.grade_at(policy, assessment.points.score)
    assert (assessment.settled.status == "vetoed") == (naive.outcome(policy, codes, ON) == "vetoed")
