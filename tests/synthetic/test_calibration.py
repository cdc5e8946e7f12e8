"""With the policy of 2017 the invented county is graded as the real one was reported to be."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scoring.batch import STATUSES, assess_columns
from scoring.credit_file import MISSING
from scoring.policy.compiled import compiled

GRADED, BELOW_A, VETOED, WITHHELD = (STATUSES.index(name) for name in ("graded", "below_a", "vetoed", "withheld"))


@pytest.fixture(scope="module")
def first_round(writes, tmp_path_factory, policy_2017, round_codes):
    """Codes of 107,000 households after the first round, and their assessment on 2017-04-30."""
    out = tmp_path_factory.mktemp("calibration") / "county"
    (folder,) = writes(out, households=107_000, seed=2017, format="parquet", rounds=1)
    _, codes = round_codes(folder, policy_2017)
    observed = np.full((len(policy_2017.sources), codes.shape[1]), date(2017, 3, 31).toordinal(), np.int32)
    until = np.full_like(observed, date(2018, 6, 30).toordinal())
    columns = assess_columns(compiled(policy_2017), codes, observed, until, on=date(2017, 4, 30))
    return {item.id: row for item, row in zip(policy_2017.indicators, codes, strict=True)}, columns


def percent(flags) -> float:
    return 100 * float(np.mean(flags))


def test_82_of_100_households_and_80_6_of_100_registered_poor_are_granted(first_round):
    codes, columns = first_round
    assert percent(columns.status == GRADED) == pytest.approx(82.0, abs=1.0)
    assert percent(columns.status[codes["poverty_status"] == 1] == GRADED) == pytest.approx(80.6, abs=1.0)


def test_15_23_of_100_households_are_registered_poor(first_round):
    codes, _ = first_round
    known = codes["poverty_status"] != MISSING
    assert percent(codes["poverty_status"][known] == 1) == pytest.approx(15.23, abs=0.15)


def test_those_not_granted_are_vetoed_withheld_or_below_a_in_plausible_shares(first_round):
    _, columns = first_round
    assert 4 <= percent(columns.status == VETOED) <= 6
    assert 4 <= percent(columns.status == WITHHELD) <= 6
    assert 7 <= percent(columns.status == BELOW_A) <= 9


def test_all_four_grades_are_there_and_the_highest_is_rare(first_round):
    _, columns = first_round
    shares = [percent(columns.grade == grade) for grade in range(4)]
    for share, (low, high) in zip(shares, [(26, 38), (27, 37), (11, 18), (2, 5)], strict=True):
        assert low <= share <= high, shares


def test_indicators_of_one_household_hang_together(first_round):
    codes, columns = first_round

    def correlation(one: str, other: str) -> float:
        known = (codes[one] != MISSING) & (codes[other] != MISSING)
        return float(np.corrcoef(codes[one][known], codes[other][known])[0, 1])

    assert correlation("mutual_aid_review", "village_meetings") > 0.1
    busy, idle = codes["work_days"] > 280, codes["idle_able_adults"] > 0
    assert idle[codes["work_days"] < 150].mean() > 2 * idle[busy].mean()
    assert correlation("on_time_rate", "late_1_30") < -0.1
    assert correlation("net_income_per_head_cny", "machinery_value_cny") > 0.1
    assert abs(correlation("work_days", "elder_support")) < correlation("respect_review", "elder_support")
    assert columns.by_heading.std(axis=1).min() > 0.5


def test_missing_cells_gather_in_some_households(first_round):
    codes, _ = first_round
    empty = sum(
        (codes[name] == MISSING).astype(int) for name in ("industry", "work_days", "farmland_mu", "hired_labour_days")
    )
    shares = np.bincount(empty, minlength=3) / empty.size
    assert shares[1] > 0.01
    assert shares[2] > 3 * shares[1] ** 2 / 4


def test_rules_between_indicators_hold_but_for_rows_filed_wrong(first_round):
    codes, _ = first_round

    def broken(when: str, then: str) -> float:
        return percent(codes[then][codes[when] == 0] > 0)

    assert broken("idle_able_adults", "idleness_hearing") == 0
    assert broken("has_credit_record", "late_31_90") < 0.1
    assert broken("overdue_principal_cny", "overdue_interest_days") < 0.1
