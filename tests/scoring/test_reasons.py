"""Reasons: by what each cause costs, never 'score too low', and under the name of what it speaks of."""

from __future__ import annotations

from datetime import date

from scoring.assess import assess
from scoring.policy.load import ROOT, policy_of, read_texts
from scoring.policy.schema import Policy
from tests.scoring.households import file_of

ON = date(2017, 6, 30)


def reasons(policy: Policy, values: dict[str, str], household: str = "plain") -> list[str]:
    return [
        stated.reason.id
        for stated in assess(file_of(policy, ON, household=household, values=values), policy, on=ON).reasons
    ]


def test_the_costliest_cause_comes_first(policy: Policy) -> None:
    found = reasons(policy, {"late_31_90": "2", "online_gambling": "yes", "fighting": "2"}, "strong")
    assert found[:3] == ["late_31_90", "online_gambling", "fighting"]


def test_a_cause_beyond_the_cap_that_costs_nothing_alone_is_not_given(policy: Policy) -> None:
    many = {
        "settled_bad_records": "1",
        "agri_guarantee_claims": "1",
        "mutual_fund_arrears_cny": "5",
        "repayment_plan_broken": "yes",
    }
    assert "repayment_plan_broken" not in reasons(policy, {**many, "settled_bad_records": "1"}, "strong")[:2]
    # additions already at the heading's cap: one more would gain nothing, so its lack is no reason
    assert "villager_review_mean" not in reasons(policy, {}, "strong")


def test_an_unknown_value_is_never_held_against_the_household(policy: Policy) -> None:
    one = assess(file_of(policy, ON, values={"agri_insurance": ""}), policy, on=ON)
    assert "agri_insurance" not in [stated.about for stated in one.reasons]


def test_no_reason_speaks_of_the_score(policy: Policy) -> None:
    for reason in policy.reasons.values():
        assert "score too low" not in reason.text.en.lower()
        assert "信用得分" not in reason.text.zh
        assert reason.text.zh != reason.text.en


def test_a_category_that_is_called_missing_is_still_a_cause() -> None:
    texts = read_texts(ROOT / "lushi" / "2017-04-01")
    texts["indicators.yaml"] = texts["indicators.yaml"].replace(
        "[oversized, uncertain, fits]", "[missing, stale, fits]"
    )
    texts["scorecard.yaml"] = texts["scorecard.yaml"].replace(
        "{oversized: -3, uncertain: -1, fits: 0}", "{missing: -9, stale: -8, fits: 0}"
    )
    texts["about.yaml"] = texts["about.yaml"].replace(
        "words:\n", "words:\n  missing: {zh: 缺, en: missing}\n  stale: {zh: 旧, en: stale}\n"
    )
    policy = policy_of(texts)
    for name in ("missing", "stale"):
        file = file_of(policy, ON, household="plain", values={"scale_fit": name})
        assert "scale_fit" in [stated.about for stated in assess(file, policy, on=ON).reasons]
