"""Generated households stand beside every limit, so that a change of a rule moves one of them."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.batch import STATUSES, assess_columns
from scoring.policy.compiled import compiled
from scoring.policy.load import policy_of
from scoring.policy.schema import Policy
from scoring.probe import beside, moved
from scoring.probe.builder import Builder
from scoring.probe.households import households
from scoring.probe.paths import file_of, path_households, path_outcome

Texts = dict[str, str]


@pytest.fixture(scope="module")
def policy(texts_2017: Texts) -> Policy:
    return policy_of(texts_2017)


def test_a_null_change_moves_nobody(policy: Policy, texts_2017: Texts) -> None:
    commented = {name: f"# read again\n{text}" for name, text in texts_2017.items()}
    assert policy_of(commented).sha256 != policy.sha256
    assert moved(policy, policy_of(commented)) == 0


def test_the_same_households_every_time(policy: Policy) -> None:
    one, other = (households(Builder(policy), seed=5) for _ in range(2))
    assert np.array_equal(one.codes, other.codes)
    assert np.array_equal(one.observed, other.observed)
    assert path_households(Builder(policy), seed=5) == path_households(Builder(policy), seed=5)


def test_every_status_and_every_grade_is_met_and_both_sides_of_every_cut(policy: Policy) -> None:
    table, rows = compiled(policy), households(Builder(policy), seed=5)
    found = assess_columns(table, rows.codes, rows.observed, rows.valid_until, on=rows.on)
    assert 20_000 <= rows.codes.shape[1] <= 50_000
    assert set(found.status) == set(range(len(STATUSES)))
    assert set(found.grade) == {-1, *range(len(policy.grades))}
    for cut in table.cuts:
        assert {cut - 1, cut} <= set(found.score[found.status == 0]) | set(found.score[found.status == 1])


def test_a_tuned_household_has_exactly_the_score_asked_for(policy: Policy) -> None:
    make, table = Builder(policy), compiled(policy)
    for position in list(make.items)[::9]:
        for target in make.targets:
            codes = make.tuned({position: make.edges[position][-1]}, target)
            assert codes is not None
            column = np.asarray(make.neutral, dtype=np.int32)[:, None].copy()
            column[list(codes), 0] = list(codes.values())
            dates = np.full((len(policy.sources), 1), make.on.toordinal(), dtype=np.int32)
            assert assess_columns(table, column, dates, np.zeros_like(dates), on=make.on).score[0] == target


def test_every_item_that_can_be_bettered_stands_on_some_path(policy: Policy) -> None:
    make = Builder(policy)
    found = path_households(make, seed=5)
    used = frozenset[str]().union(*(steps for _, steps in found))
    assert used == {item.indicator for item in policy.items if item.improve is not None}
    assert all(path_outcome(file_of(codes, make), policy, make) is not None for codes, _ in found)


@pytest.mark.parametrize(
    ("file", "below", "old", "new"),
    [
        ("scorecard.yaml", "indicator: public_order_penalties", "if_missing: ask", "if_missing: withhold"),
        ("scorecard.yaml", "indicator: illegal_building", "if_stale: value", "if_stale: withhold"),
        ("scorecard.yaml", "indicator: law_award", "improve: never", "improve: {effort: 1, wait_days: 1}"),
        ("vetoes.yaml", "id: criminal_penalty", "if_missing: withhold", "if_missing: ask"),
        ("vetoes.yaml", "id: idleness_hearing", "{is: confirmed}", "{in: [confirmed, dismissed]}"),
        ("grades.yaml", "gate:", "    - {indicator: borrower_age, reason: age_unknown}\n", ""),
        ("areas.yaml", "release:", "sign_off: true", "sign_off: false"),
        ("terms.yaml", "refused_purposes:", "- {id: wedding,", "- {id: planting_2,"),
        ("terms.yaml", "id: subsidised_household_loan", "    cap_cny: 50000\n", ""),
        ("terms.yaml", "id: subsidised_household_loan", "{is: registered}", "{in: [registered, lifted]}"),
        ("indicators.yaml", "id: elder_support", "[unmet, partly, met]", "[met, partly, unmet]"),
        ("indicators.yaml", "id: query_consent", "from: bank", "from: insurance"),
    ],
)
def test_a_change_that_is_no_number_is_seen_as_well(
    policy: Policy, texts_2017: Texts, file: str, below: str, old: str, new: str
) -> None:
    before, mark, after = texts_2017[file].partition(below)
    assert old in after
    changed = policy_of({**texts_2017, file: before + mark + after.replace(old, new, 1)})
    # a refused purpose by another name stays refused: what is not allowed is not lent for
    assert (moved(policy, changed) > 0) is (below != "refused_purposes:")


def test_an_item_taken_out_of_the_scorecard_moves_households(policy: Policy, texts_2017: Texts) -> None:
    text = texts_2017["scorecard.yaml"]
    start = text.index("  - indicator: straw_burning\n")
    without = text[:start] + text[text.index("  - indicator: serious_traffic_offences") :]
    assert moved(policy, policy_of({**texts_2017, "scorecard.yaml": without})) > 0


def test_an_indicator_that_no_rule_reads_may_go_and_its_values_are_no_longer_accepted(
    policy: Policy, texts_2017: Texts
) -> None:
    text = texts_2017["indicators.yaml"]
    start = text.index("      - id: review_voters\n")
    without = text[:start] + text[text.index("  - id: responsibility") :]
    after = policy_of({**texts_2017, "indicators.yaml": without})
    assert 0 < moved(policy, after) < 20


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [("100", 1, "101"), ("0.05", 1, "0.06"), ("1.00", -1, "0.99"), ("0", -1, "-1"), ("-1", 1, "0"), ("0.0435", 1, "0.0436")],
)  # fmt: skip
def test_one_unit_is_a_unit_of_the_last_decimal_written(text: str, units: int, expected: str) -> None:
    assert beside(text, units) == expected
