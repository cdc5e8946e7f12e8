"""Freshness: by source and cycle, on the last day and the day after, alone and in columns."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from scoring.credit_file import MISSING, STALE, CreditFile
from scoring.freshness import codes_on, columns_on
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy
from tests.scoring.columns import columns_of
from tests.scoring.households import file_of

ON = date(2021, 6, 30)


def stale_ids(policy: Policy, file: CreditFile) -> set[str]:
    table = compiled(policy)
    codes = codes_on(table, file, ON)
    columns = columns_on(table, *columns_of(policy, [file]), on=ON)
    assert columns[:, 0].tolist() == codes
    return {name for name, code in zip(table.ids, codes, strict=True) if code == STALE}


@pytest.mark.parametrize(
    ("source", "days", "some"),
    [("bank", 135, "late_31_90"), ("police", 135, "criminal_penalty"), ("village", 430, "borrower_age")],
)
def test_a_report_is_fresh_on_its_last_day_and_stale_on_the_next(
    policy: Policy, source: str, days: int, some: str
) -> None:
    last = file_of(policy, ON, observed={source: ON - timedelta(days=days)})
    after = file_of(policy, ON, observed={source: ON - timedelta(days=days + 1)})
    assert stale_ids(policy, last) == set()
    found = stale_ids(policy, after)
    assert some in found
    assert {i.source for i in policy.indicators if i.id in found} == {source}


def test_a_value_whose_rules_keep_old_values_is_never_marked(policy: Policy) -> None:
    kept = {item.indicator for item in policy.items if item.if_stale == "value"}
    old = {source.id: ON - timedelta(days=5000) for source in policy.sources}
    assert not kept & stale_ids(policy, file_of(policy, ON, observed=old))


def test_an_assessment_holds_on_the_last_day_of_its_validity_and_not_on_the_next(policy: Policy) -> None:
    assert stale_ids(policy, file_of(policy, ON, valid_until={"township": ON})) == set()
    over = file_of(policy, ON, valid_until={"township": ON - timedelta(days=1)})
    assert stale_ids(policy, over) == {"idleness_hearing"}


def test_a_missing_value_stays_missing_however_old_its_source(policy: Policy) -> None:
    file = file_of(policy, ON, values={"late_31_90": ""}, observed={"bank": ON - timedelta(days=500)})
    codes = codes_on(compiled(policy), file, ON)
    assert codes[compiled(policy).positions["late_31_90"]] == MISSING


def test_columns_are_given_back_untouched_where_nothing_is_stale(policy: Policy) -> None:
    codes, observed, until = columns_of(policy, [file_of(policy, ON)])
    assert columns_on(compiled(policy), codes, observed, until, on=ON) is codes


def test_marking_columns_leaves_the_caller_s_own_codes_alone(policy: Policy) -> None:
    codes, observed, until = columns_of(policy, [file_of(policy, ON, observed={"bank": ON - timedelta(days=200)})])
    before = codes.copy()
    assert (columns_on(compiled(policy), codes, observed, until, on=ON) == STALE).any()
    assert np.array_equal(codes, before)
