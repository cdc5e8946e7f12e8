"""Points in columns: exact, also where a heading's sum before its cap is very large."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from scoring.assess import assess
from scoring.batch import assess_columns
from scoring.policy.compiled import compiled
from scoring.policy.in_force import Policies
from scoring.policy.schema import Band, Policy
from tests.scoring.columns import columns_of
from tests.scoring.households import file_of

ON = date(2017, 6, 30)


def crowded(policy: Policy, points: int) -> Policy:
    """The policy with every item under one heading, its bands worth so many points each."""
    items = tuple(
        replace(item, bands=tuple(Band(band.at_least, points, band.says) for band in item.bands), if_missing=points)
        for item in policy.items
    )
    indicators = tuple(replace(indicator, heading=policy.headings[0].id) for indicator in policy.indicators)
    headings = (replace(policy.headings[0], most_added=900, most_deducted=900), *policy.headings[1:])
    return replace(policy, items=items, indicators=indicators, headings=headings, sha256=f"crowded {points}")


@pytest.mark.parametrize("points", [1, 2, 127, 128, 309, 310, 1000, -1, -2, -127, -128, -129, -310, -1000])
def test_a_sum_far_beyond_the_cap_is_capped_and_does_not_wrap(lushi: Policies, points: int) -> None:
    policy = crowded(lushi.policies[0], points)
    file = file_of(policy, ON)
    one = assess(file, policy, on=ON)
    columns = assess_columns(compiled(policy), *columns_of(policy, [file, file]), on=ON)
    assert columns.score.tolist() == [one.points.score] * 2
    assert one.points.score == 100 + max(-900, min(900, 106 * points))


@pytest.mark.parametrize(("low", "high"), [(-100, 27), (-1000, 1000), (-128, 127), (0, 128), (-70, 70)])
def test_a_step_from_very_low_to_very_high_is_exact(lushi: Policies, low: int, high: int) -> None:
    policy = lushi.policies[0]
    items = tuple(
        replace(item, bands=tuple(Band(b.at_least, high if n % 2 else low, b.says) for n, b in enumerate(item.bands)))
        for item in policy.items
    )
    stepped = replace(policy, items=items, sha256=f"stepped {low} {high}")
    files = [file_of(stepped, ON, household=household) for household in ("plain", "steady", "strong", "weak")]
    columns = assess_columns(compiled(stepped), *columns_of(stepped, files), on=ON)
    assert np.array_equal(columns.score, [assess(file, stepped, on=ON).points.score for file in files])
