"""The certificate of a small policy against every combination of points, by brute force."""

from __future__ import annotations

from hypothesis import given, settings

from scoring.policy.certify import certify
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from tests.scoring import naive
from tests.scoring.small_cards import cards


def score_of(policy: Policy, combination: tuple[int, ...]) -> int:
    return naive.score_of(policy, dict(zip([item.indicator for item in policy.items], combination, strict=True)))


@given(cards())
@settings(max_examples=150)
def test_reachable_scores_and_grades_are_those_of_every_combination(policy: Policy) -> None:
    scores = {score_of(policy, combination) for combination in naive.reachable_points(policy)}
    certificate = certify(policy)
    assert (certificate.lowest_score, certificate.highest_score) == (min(scores), max(scores))
    assert certificate.reachable_scores == len(scores)
    assert set(certificate.unreachable_scores_between) == set(range(min(scores), max(scores))) - scores
    reached = {naive.grade_at(policy, score) for score in scores}
    assert set(certificate.unreachable_grades) == {grade.id for grade in policy.grades} - reached


@given(cards())
@settings(max_examples=150)
def test_dead_indicators_are_those_that_change_no_grade_in_any_combination(policy: Policy) -> None:
    combinations = naive.reachable_points(policy)
    grades = {combination: naive.grade_at(policy, score_of(policy, combination)) for combination in combinations}
    dead = set()
    for place, item in enumerate(policy.items):
        seen: dict[tuple[int, ...], set[str]] = {}
        for combination, grade in grades.items():
            seen.setdefault(combination[:place] + combination[place + 1 :], set()).add(grade)
        if all(len(found) == 1 for found in seen.values()):
            dead.add(item.indicator)
    assert set(certify(policy).dead_indicators) == dead


def test_both_lushi_policies_are_whole_and_their_certificates_differ(lushi: Policies) -> None:
    certificates = [certify(policy) for policy in lushi.policies]
    assert [certificate.findings for certificate in certificates] == [(), ()]
    assert len({certificate.sha256 for certificate in certificates}) == 2
    assert all(certificate.indicators == 144 for certificate in certificates)
    assert all(
        certificate.headings == tuple((h.id, 12) for h in p.headings)
        for certificate, p in zip(certificates, lushi.policies, strict=True)
    )
