"""The path: it reaches its grade when assessed again, and nothing allowed is cheaper."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assess import Assessment, assess, path_of
from scoring.credit_file import MISSING, CreditFile, Reported
from scoring.path import Path
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from tests.scoring import naive
from tests.scoring.small_cards import ON, cards_with_files, files, known_households


def lifted_codes(assessment: Assessment) -> dict[str, int]:
    """Codes once the cause of every veto that fired has ended: an episode today, a count at none."""
    policy = assessment.policy
    codes = dict(zip([i.id for i in policy.indicators], assessment.codes, strict=True))
    for name in {one.veto.test.indicator for one in assessment.vetoes if one.state == "fired"}:
        indicator = next(i for i in policy.indicators if i.id == name)
        if indicator.kind == "episode":
            codes[name] = min(codes[name], assessment.on.toordinal())
            continue
        tests = [veto.test for veto in policy.vetoes if veto.test.indicator == name]
        free = [c for c in range(indicator.low, indicator.high + 1) if not any(naive.met(t, c) for t in tests)]
        if free:
            codes[name] = 0 if 0 in free else free[0]
    return codes


def walked(assessment: Assessment, path: Path) -> Assessment:
    """The household assessed again on the day on which the path is done, its reports as old as before."""
    days = timedelta(days=path.wait_days)
    codes = {**assessment.file.codes, **{k: v for k, v in lifted_codes(assessment).items() if v > MISSING + 1}}
    codes |= {step.item.indicator.id: step.to_code for step in path.steps}
    sources = {
        name: Reported(one.observed_on + days, one.valid_until + days if one.valid_until else None)
        for name, one in assessment.file.sources.items()
    }
    file = CreditFile(assessment.file.household_id, assessment.file.village_code, codes, sources)
    return assess(file, assessment.policy, on=assessment.on + days)


def hold_true(assessment: Assessment, path: Path) -> None:
    """A reachable path reaches at least its grade, by allowed steps only."""
    again = walked(assessment, path)
    assert again.settled.status == "graded"
    assert again.settled.grade is not None
    assert again.settled.grade.at_least >= path.target.at_least
    for step in path.steps:
        assert step.item.item.improve is not None
        assert step.points > 0


@given(cards_with_files(unknown=8))
@settings(max_examples=400)
def test_every_path_reaches_its_grade_when_the_changed_file_is_assessed_later(drawn: tuple[Policy, CreditFile]) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    path = path_of(assessment)
    if path is not None and path.reachable:
        hold_true(assessment, path)


@given(known_households())
@settings(max_examples=400)
def test_no_allowed_set_of_improvements_is_cheaper_than_the_path(drawn: tuple[Policy, CreditFile]) -> None:
    policy, file = drawn
    assessment = assess(file, policy, on=ON)
    path = path_of(assessment)
    if path is None or path.ask:
        return
    codes = lifted_codes(assessment)
    gates = [(test, name) for test, name, _ in policy.completeness.gate if test is not None]

    def allowed(changes: dict[str, int]) -> bool:
        return all(naive.met(test, changes[name]) for test, name in gates if name in changes)

    costs = [
        cost
        for cost, changes in naive.improvements(policy, codes)
        if allowed(changes)
        and naive.score(policy, {**codes, **changes}) >= path.target.at_least
        and naive.outcome(policy, {**codes, **changes}, ON + timedelta(days=10_000)) != naive.VETOED
    ]
    if path.reachable:
        steps_wait = max((step.wait_days for step in path.steps), default=0)
        assert (path.effort, len(path.steps), steps_wait) == min(costs)
    elif path.vetoes and naive.outcome(policy, codes, ON + timedelta(days=10_000)) == naive.VETOED:
        assert not path.steps
    else:
        assert not costs or walked(assessment, path).settled.status == "withheld"


@given(data=st.data())
@settings(max_examples=30)
def test_every_path_of_a_lushi_household_reaches_its_grade(lushi: Policies, data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(lushi.policies))
    on = policy.effective_from + timedelta(days=data.draw(st.integers(0, 1000)))
    file = data.draw(files(policy, on, unknown=0, stale=False))
    codes = {**file.codes}
    for veto in policy.vetoes:
        if data.draw(st.integers(0, 9)):
            codes[veto.test.indicator] = 0
    file = CreditFile("household", "village", codes, file.sources)
    assessment = assess(file, policy, on=on)
    path = path_of(assessment)
    if path is not None and path.reachable:
        hold_true(assessment, path)
