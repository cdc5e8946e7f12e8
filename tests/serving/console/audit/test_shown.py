"""What stands behind the page's marks: missing, too old and old data, and where card and model differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from scoring.assess import assess
from scoring.credit_file import CreditFile, Reported
from scoring.decision import binding_of, sources_data
from scoring.policy import elements
from scoring.policy.load import ROOT, load
from serving.console.audit.data_shown import Data
from serving.console.audit.model_shown import ModelShown, model_of
from serving.console.audit.points_shown import blocks_of, disagreements
from serving.console.audit.rule_words import band_words, condition_words, rule_words
from serving.console.audit.subject import Subject
from serving.console.audit.vetoes_shown import vetoes_of

POLICY = load(ROOT / "lushi" / "2017-04-01")
INDICATORS = {it.id: it for it in POLICY.indicators}
ON = date(2018, 6, 1)
FRESH = ON - timedelta(days=10)
OLD = ON - timedelta(days=900)


@dataclass
class Shown:
    """A credit file, assessed and shown."""

    codes: dict[str, int]
    sources: dict[str, Reported] = field(default_factory=dict)
    marks: tuple[str, ...] = ()

    def subject(self) -> Subject:
        file = CreditFile("411299101201-0001", "411299101201", self.codes, self.sources)
        read = sources_data(self.sources)
        marks = [{"indicator": it, "state": "open"} for it in self.marks]
        binding = binding_of(assess(file, POLICY, on=ON), "0" * 64)
        return Subject(None, binding, read, None, None, None, None, None, marks, [], POLICY, True)

    def mark(self, indicator: str) -> str | None:
        return Data(self.subject(), POLICY).of(INDICATORS[indicator]).mark


def _said_by(indicator: str, on: date, valid_until: date | None = None) -> dict[str, Reported]:
    return {INDICATORS[indicator].source: Reported(on, valid_until)}


def test_fresh_data_bear_no_mark() -> None:
    for name in ("village_rule_breaches", "public_order_penalties", "criminal_penalty"):
        assert Shown({name: 0}, _said_by(name, FRESH)).mark(name) is None


@pytest.mark.parametrize("name", ["public_order_penalties", "criminal_penalty", "village_rule_breaches"])
def test_what_nobody_reported_is_missing(name: str) -> None:
    assert Shown({}).mark(name) == "missing"
    assert Shown({}, _said_by(name, FRESH)).mark(name) == "missing"


def test_too_old_to_be_used_is_told_from_old_and_still_used() -> None:
    assert (
        Shown({"public_order_penalties": 0}, _said_by("public_order_penalties", OLD)).mark("public_order_penalties")
        == "stale"
    )
    assert Shown({"criminal_penalty": 0}, _said_by("criminal_penalty", OLD)).mark("criminal_penalty") == "stale"
    assert (
        Shown({"village_rule_breaches": 0}, _said_by("village_rule_breaches", OLD)).mark("village_rule_breaches")
        == "old"
    )


def test_an_assessment_past_its_day_is_old() -> None:
    name = next(it.indicator for it in POLICY.items if INDICATORS[it.indicator].subjective and it.if_stale == "value")
    ended = _said_by(name, FRESH, ON - timedelta(days=1))
    assert Shown({name: 0}, ended).mark(name) == "old"
    assert Shown({name: 0}, _said_by(name, FRESH, ON)).mark(name) is None


def test_what_is_objected_to_is_told() -> None:
    shown = Shown({"village_rule_breaches": 1}, _said_by("village_rule_breaches", FRESH), ("village_rule_breaches",))
    data = Data(shown.subject(), POLICY)
    assert data.of(INDICATORS["village_rule_breaches"]).disputed
    assert not data.of(INDICATORS["fighting"]).disputed


def test_vetoes_that_fired_come_first_with_their_last_day() -> None:
    ended = ON - timedelta(days=30)
    subject = Shown({"gambling_penalty": ended.toordinal()}, _said_by("gambling_penalty", FRESH)).subject()
    found = vetoes_of(subject.binding, POLICY, Data(subject, POLICY))
    assert len(found) == len(POLICY.vetoes)
    first = found[0]
    assert (first.indicator.en, first.state) == (INDICATORS["gambling_penalty"].label.en, "fired")
    assert first.until == subject.binding["vetoes"]["fired"][0]["under_observation_until"]
    assert first.datum.value is not None
    assert first.datum.value.en == ended.isoformat()
    assert {it.state for it in found[1:]} <= {"missing", "stale", "clear"}


def _model(**pushes: float) -> ModelShown:
    return ModelShown(0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.2, pushes, {}, {}, len(pushes))


@pytest.mark.parametrize(
    ("code", "pushes", "agrees"),
    [
        (2, 0.4, True),
        (2, -0.4, False),
        (2, 0.1, None),
        (2, None, None),
        (0, 0.4, None),
    ],
)
def test_card_and_model_on_a_deduction(code: int, pushes: float | None, agrees: bool | None) -> None:
    name = "public_order_penalties"
    subject = Shown({name: code}, _said_by(name, FRESH)).subject()
    model = _model(**({name: pushes} if pushes is not None else {}))
    blocks = blocks_of(subject.binding, POLICY, Data(subject, POLICY), model)
    (row,) = [row for block in blocks for row in block.rows if row.label == INDICATORS[name].label]
    assert (row.points or 0) == (-6 if code else 0)
    assert row.agrees is agrees
    assert disagreements(blocks) == ([row] if agrees is False else [])


def test_card_and_model_on_an_addition() -> None:
    name = "law_award"
    subject = Shown({name: 1}, _said_by(name, FRESH)).subject()
    for pushes, agrees in ((-0.4, True), (0.4, False)):
        blocks = blocks_of(subject.binding, POLICY, Data(subject, POLICY), _model(**{name: pushes}))
        (row,) = [row for block in blocks for row in block.rows if row.label == INDICATORS[name].label]
        assert row.points is not None
        assert row.points > 0
        assert row.agrees is agrees


def _advisory(**changes: Any) -> dict[str, Any]:
    usual = {
        "status": "given",
        "model": {"feature_set": "2021-1", "feature_set_sha256": "0" * 64},
        "by_feature": [["fighting", "1.0", "0.25"], ["amount_cny", "30000.0", "-0.5"]],
        "base_value": "-1.0",
        "log_odds": "-1.25",
        "pd": "0.2",
        "pd_interval": {"low": "0.1", "high": "0.3"},
    }
    return usual | changes


def test_an_opinion_that_does_not_add_up_is_told() -> None:
    whole = model_of(_advisory(), POLICY, POLICY)
    assert whole is not None
    assert whole.adds_up
    spoilt = model_of(_advisory(log_odds="-1.2"), POLICY, POLICY)
    assert spoilt is not None
    assert not spoilt.adds_up
    assert spoilt.off == pytest.approx(0.05)


def test_features_of_a_set_that_is_not_known_are_shown_by_name() -> None:
    found = model_of(_advisory(), POLICY, POLICY)
    assert found is not None
    assert found.by_indicator == {}
    assert [it.label.en for each in found.groups.values() for it in each] == ["fighting", "amount_cny"]


@pytest.mark.parametrize("advisory", [None, {"status": "unavailable", "reason": "busy"}, {"status": "suspended"}])
def test_no_opinion_is_none(advisory: dict[str, Any] | None) -> None:
    assert model_of(advisory, POLICY, POLICY) is None


def test_rules_in_words() -> None:
    breaches = INDICATORS["village_rule_breaches"]
    assert band_words(breaches, ">= 3", POLICY).zh == "≥ 3 次"
    assert band_words(INDICATORS["law_award"], "yes", POLICY).zh == "是"
    overdue = next(it for it in POLICY.vetoes if it.id == "overdue_principal_cny")
    said = condition_words(INDICATORS[overdue.test.indicator], overdue.test, POLICY)
    assert said is not None
    assert said.en == "≥ 0.01 yuan"
    between = condition_words(breaches, elements.Test(breaches.id, False, 1, 3, (), ""), POLICY)
    assert between is not None
    assert between.en == "≥ 1 times and ≤ 3 times"
    active = next(it for it in POLICY.vetoes if it.test.active)
    assert condition_words(INDICATORS[active.test.indicator], active.test, POLICY) is None


def test_another_policy_is_not_said_in_the_words_of_the_one_before() -> None:
    unit = elements.Text("另一单位", "other units")
    changed = replace(POLICY, units=dict.fromkeys(POLICY.units, unit), sha256="1" * 64)
    item = next(it for it in POLICY.items if INDICATORS[it.indicator].kind == "count")
    indicator, says = INDICATORS[item.indicator], item.bands[-1].says
    for policy in (POLICY, changed, POLICY):
        assert rule_words(policy).band(indicator, says) == band_words(indicator, says, policy)
    assert "other units" in rule_words(changed).band(indicator, says).en
    assert "other units" not in rule_words(POLICY).band(indicator, says).en


def test_every_band_and_veto_is_kept_in_the_words_of_its_rule() -> None:
    known = rule_words(POLICY)
    for item in POLICY.items:
        for band in item.bands:
            one = INDICATORS[item.indicator]
            assert known.band(one, band.says) == known.band(one, band.says) == band_words(one, band.says, POLICY)
    for veto in POLICY.vetoes:
        assert known.condition(veto) == condition_words(INDICATORS[veto.test.indicator], veto.test, POLICY)
