"""Every number of both Lushi policies moves a generated household, cannot be changed alone, or is named.

The named ones are proved here a second time, from the policy alone: promises, caps that the items of their
heading never reach, and freshness of cycles in which every stale value stays usable.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

import pytest

from scoring.errors import PolicyFaults
from scoring.policy.load import policy_of
from scoring.policy.numbers import Number, numbers, with_number
from scoring.policy.schema import Policy
from scoring.probe import Effect, beside

Effects = Mapping[str, Future[list[Effect]]]
BOTH = pytest.mark.parametrize("folder", ["2017-04-01", "2021-03-01"])


@pytest.fixture
def texts(folder: str, request: pytest.FixtureRequest) -> dict[str, str]:
    found: dict[str, str] = request.getfixturevalue(f"texts_{folder[:4]}")
    return found


def promises(found: list[Number]) -> set[str]:
    return {number.path for number in found if number.path.startswith("terms.yaml: promise ")}


def caps_never_reached(policy: Policy) -> set[str]:
    """Caps that no total of their heading's items comes to, one unit lower included (none is below 0)."""
    found = set()
    for heading in policy.headings:
        inside = {one.id for one in policy.indicators if one.heading == heading.id}
        bands = [[band.points for band in item.bands] for item in policy.items if item.indicator in inside]
        added = sum(max(0, *points) for points in bands)
        deducted = -sum(min(0, *points) for points in bands)
        for name, cap, most in (
            ("most_added", heading.most_added, added),
            ("most_deducted", heading.most_deducted, deducted),
        ):
            if most < cap or most == cap == 0:
                found.add(f"scorecard.yaml: caps of {heading.id}, {name}")
    return found


def cycles_without_strict_rule(policy: Policy) -> set[str]:
    strict = {veto.test.indicator for veto in policy.vetoes if veto.if_stale != "value"}
    strict |= {item.indicator for item in policy.items if item.if_stale != "value"}
    strict |= {name for _, name, _ in policy.completeness.gate} | {t.indicator for t, _ in policy.terms.conditions}
    cycles = {one.refresh for one in policy.indicators if one.id in strict}
    return {
        f"grades.yaml: completeness, fresh_days, {cycle}"
        for cycle in policy.completeness.fresh_days
        if cycle not in cycles
    }


@BOTH
@pytest.mark.slow
def test_each_number_moves_somebody_or_is_named(folder: str, texts: dict[str, str], effects_of: Effects) -> None:
    effects = effects_of[folder].result()
    assert [effect.number for effect in effects] == numbers(texts)
    for effect in effects:
        assert effect.moved > 0 or effect.note.startswith(("refused: ", "no effect: ")), effect


@BOTH
@pytest.mark.slow
def test_only_promises_and_rules_that_cannot_bind_are_without_effect(
    folder: str, texts: dict[str, str], effects_of: Effects
) -> None:
    policy = policy_of(texts)
    idle = {effect.number.path: effect.note for effect in effects_of[folder].result() if effect.without_effect}
    proved = caps_never_reached(policy) | cycles_without_strict_rule(policy)
    assert set(idle) == promises(numbers(texts)) | proved
    assert len(promises(numbers(texts))) == 8
    assert not any("no generated household" in note for note in idle.values()), "each must say why"


@BOTH
@pytest.mark.slow
def test_refused_means_that_the_loader_refuses_both_directions(
    folder: str, texts: dict[str, str], effects_of: Effects
) -> None:
    refused = [effect for effect in effects_of[folder].result() if effect.refused]
    assert refused
    for effect in refused[::9]:
        for units in (1, -1):
            with pytest.raises(PolicyFaults):
                policy_of(with_number(texts, effect.number, beside(effect.number.text, units)))
