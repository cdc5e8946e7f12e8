"""What the law forbids is neither collected nor scored, in either Lushi policy."""

from __future__ import annotations

import yaml

from scoring.policy.elements import Indicator
from scoring.policy.forbidden import never_collected, never_scored
from scoring.policy.load import ROOT
from scoring.policy.schema import Policy

SEPARATE_CONSENT = {
    "net_income_per_head_cny",
    "mean_deposit_cny",
    "clear_housing_title",
    "accident_insurance",
}
"""Income, deposits, insurance and real estate: article 14 allows them with written consent only."""
INFORMATION_ONLY = {"poverty_status", "borrower_age"}
"""Statuses that decide who may have which loan, never how good a household is."""


def words(indicator: Indicator) -> str:
    return f"{indicator.id} {indicator.label.zh} {indicator.label.en}"


def scored(policy: Policy) -> set[str]:
    return {item.indicator for item in policy.items}


def folder(policy: Policy, name: str) -> object:
    """A file of the policy's folder as plain YAML."""
    path = ROOT / "lushi" / policy.effective_from.isoformat() / name
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def test_no_indicator_collects_what_article_14_forbids(policy: Policy) -> None:
    assert [i.id for i in policy.indicators if never_collected(words(i))] == []


def test_no_personal_status_is_scored(policy: Policy) -> None:
    assert [i.id for i in policy.indicators if i.id in scored(policy) and never_scored(words(i))] == []


def test_the_lists_know_what_they_are_for() -> None:
    for collected in (
        "religion",
        "medical history",
        "病史",
        "blood type",
        "指纹",
        "DNA gene test",
        "宗教信仰",
        "diagnosis",
    ):
        assert never_collected(collected) is not None
        assert never_scored(collected) is not None
    for status in (
        "sex",
        "Gender",
        "marital status",
        "婚姻状况",
        "age of the borrower",
        "残疾人",
        "低保户",
        "ethnic group",
        "民族",
    ):
        assert never_scored(status) is not None
    for harmless in (
        "village meetings attended",
        "mean of the villagers' review",
        "wages",
        "average yield",
        "Essex road",
    ):
        assert never_scored(harmless) is None


def test_poverty_registration_and_age_carry_no_points_and_no_model_may_use_them(policy: Policy) -> None:
    found = {i.id: i for i in policy.indicators if i.id in INFORMATION_ONLY}
    assert found.keys() == INFORMATION_ONLY
    assert not INFORMATION_ONLY & scored(policy)
    assert all(indicator.risk is None for indicator in found.values())


def test_no_model_may_use_a_veto_or_a_sensitive_police_finding(policy: Policy) -> None:
    vetoed = {veto.test.indicator for veto in policy.vetoes}
    assert [i.id for i in policy.indicators if i.id in vetoed and i.risk is not None] == []


def test_every_veto_looks_at_the_borrower_alone(policy: Policy) -> None:
    written = folder(policy, "vetoes.yaml")
    assert isinstance(written, dict)
    assert {veto["subject"] for veto in written["vetoes"]} == {"borrower"}
    assert len(written["vetoes"]) == len(policy.vetoes) == 21


def test_no_veto_reads_a_scored_indicator(policy: Policy) -> None:
    assert not {veto.test.indicator for veto in policy.vetoes} & scored(policy)


def test_every_indicator_that_needs_separate_consent_asks_for_it(policy: Policy) -> None:
    assert {i.id for i in policy.indicators if i.consent} == SEPARATE_CONSENT
    assert all(i.sensitivity in ("personal", "sensitive") for i in policy.indicators if i.consent)


def test_what_people_assess_comes_from_sources_that_carry_evidence(policy: Policy) -> None:
    assessed = {i.source for i in policy.indicators if i.subjective}
    assert assessed == {"village", "township"}
    assert not any(source.clear for source in policy.sources if source.id in assessed)


def test_every_indicator_named_a_review_is_assessed(policy: Policy) -> None:
    assert [i.id for i in policy.indicators if i.id.endswith("_review") and not i.subjective] == []


def test_consent_to_query_is_asked_before_any_grade(policy: Policy) -> None:
    gate = {name: test for test, name, _ in policy.completeness.gate}
    consent = gate["query_consent"]
    assert consent is not None
    assert consent.holds(1)
    assert not consent.holds(0)


def test_an_unknown_veto_is_never_passed_over(policy: Policy) -> None:
    assert all(
        veto.if_missing in ("withhold", "ask") and veto.if_stale in ("withhold", "ask") for veto in policy.vetoes
    )


def test_every_value_cites_a_document_and_says_where_it_is_assumed(policy: Policy) -> None:
    cites = [one.cite for group in (policy.indicators, policy.items, policy.vetoes, policy.grades) for one in group]
    assert all(cite.source.split(" ")[0] in policy.documents for cite in cites)
    assert all(cite.assumed for cite in cites if cite.source.startswith("project"))
