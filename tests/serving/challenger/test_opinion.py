"""One household's opinion: it adds up, it says what moved it, and it knows its limits."""

from __future__ import annotations

import json
import math
import warnings
from datetime import date

import numpy as np
import pytest

from feature_store.feature_set import load_feature_set
from scoring.canonical import canonical, joined, sha256
from scoring.opinion import Opinion, Shift, Unavailable, opinion_data, opinion_written, shift_of
from scoring.policy.elements import Text
from serving.challenger.again import _same
from serving.challenger.load import Artefact, Challenger, load
from serving.challenger.opinion import CardSays, opine
from serving.challenger.sentences import sentence
from serving.challenger.shift import LEAST, ShiftWatch
from tests.fakes import models

SET = load_feature_set()
COUNT = len(SET.features)
ON = date(2017, 4, 20)
AA = CardSays("graded", "AA", False)


def challenger(artefact: Artefact) -> Challenger:
    return load(artefact, load_feature_set, version="1", wanted_sha256=sha256(artefact.model))


@pytest.fixture(scope="module")
def model() -> Challenger:
    return challenger(models.artefact(SET))


def given(
    model: Challenger, row: np.ndarray, *, on: date = ON, card: CardSays = AA, shift: Shift | None = None
) -> Opinion:  # type: ignore[type-arg]
    found = opine(model, row, on=on, card=card, shift=shift)
    assert isinstance(found, Opinion)
    return found


def test_base_value_and_contributions_add_up_to_the_models_own_margin(model: Challenger) -> None:
    rows = models.columns(COUNT, rows=200, seed=9)
    about = model.about
    for row in rows:
        found = given(model, row.reshape(1, -1))
        margin = float(model.booster.predict(row.reshape(1, -1), raw_score=True, num_threads=1)[0])
        total = found.base_value + sum(one.log_odds for one in found.contributions)
        assert abs(total - (about.intercept + about.slope * margin)) <= 1e-9
        assert found.additivity_error <= 1e-9
        assert math.isclose(found.pd, 1 / (1 + math.exp(-found.log_odds)), rel_tol=1e-12)
        assert found.interval[0] <= found.interval[1]
        assert [one.feature for one in found.contributions] == list(SET.names)


def test_contributions_are_those_of_an_independent_explainer(model: Challenger) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shap = pytest.importorskip("shap")
        rows = models.columns(COUNT, rows=50, seed=4)
        theirs = np.asarray(shap.TreeExplainer(model.booster).shap_values(rows))
    theirs = theirs[1] if theirs.ndim == 3 and len(theirs) == 2 else theirs
    for row, expected in zip(rows, theirs, strict=True):
        ours = np.array(given(model, row.reshape(1, -1)).log_odds_by_feature)
        assert np.abs(ours - model.about.slope * expected).max() <= 1e-9


def test_the_main_contributions_are_told_in_both_languages_by_direction(model: Challenger) -> None:
    found = given(model, models.columns(COUNT, rows=1, seed=3))
    by_feature = {one.feature: one for one in found.contributions}
    largest = sorted(map(abs, found.log_odds_by_feature), reverse=True)[:5]
    assert [abs(by_feature[one.feature].log_odds) for one in found.main] == largest
    for one in found.main:
        label = next(it.label for it in SET.features if it.name == one.feature)
        assert one.direction == ("raises" if by_feature[one.feature].log_odds > 0 else "lowers")
        assert label.zh in one.text.zh
        assert label.en in one.text.en
        assert ("未知" in one.text.zh) == ("not known" in one.text.en) == math.isnan(by_feature[one.feature].value)


@pytest.mark.parametrize(
    ("log_odds", "value", "zh", "en"),
    [
        (0.6, 2.0, "“打架”明显推高了估计的违约风险", "Fights: strongly raises the estimated default risk"),
        (-0.2, 0.0, "“打架”降低了估计的违约风险", "Fights: clearly lowers the estimated default risk"),
        (0.01, math.nan, "“打架”(未知)略微推高了估计的违约风险", "Fights (not known): slightly raises the estimated default risk"),
    ],
)  # fmt: skip
def test_a_contribution_in_words(log_odds: float, value: float, zh: str, en: str) -> None:
    assert sentence("fights", Text("打架", "Fights"), value=value, log_odds=log_odds).text == Text(zh, en)


def test_the_recorded_form_holds_no_float_and_is_read_back_exactly(model: Challenger) -> None:
    found = given(model, models.columns(COUNT, rows=1, seed=3), shift=Shift(0.125, 300))
    data = json.loads(canonical(opinion_data(found)))
    assert joined(opinion_written(found)) == canonical(opinion_data(found))
    assert float(data["pd"]) == found.pd
    assert [row[0] for row in data["by_feature"]] == list(SET.names)
    assert [float(row[2]) for row in data["by_feature"]] == list(found.log_odds_by_feature)
    values = [math.nan if row[1] == "" else float(row[1]) for row in data["by_feature"]]
    assert np.array_equal(values, found.values, equal_nan=True)
    assert shift_of(data["shift"]) == found.shift


def test_caveats_name_what_makes_the_opinion_less_sure(model: Challenger) -> None:
    row = np.full((1, COUNT), 5.0)
    assert given(model, row).caveats == ()
    row[0, 3], row[0, 7] = 40.5, -1.0
    later = given(model, row, on=date(2018, 4, 1), shift=Shift(0.31, 500))
    assert [one.id for one in later.caveats] == ["outside_support", "shifted_inputs", "old_model"]
    assert later.caveats[0].features == (SET.names[3], SET.names[7])
    assert "0.31" in later.caveats[1].text.en
    assert "12" in later.caveats[2].text.zh
    assert given(model, np.full((1, COUNT), np.nan)).caveats == ()


@pytest.mark.parametrize(
    ("status", "grade", "upper", "pd_band", "agrees"),
    [
        ("graded", "A", False, 1, True),
        ("graded", "A", False, 9, True),
        ("graded", "A", False, 10, False),
        ("graded", "AAA", True, 8, True),
        ("graded", "AAA", True, 9, False),
        ("below_a", None, False, 6, True),
        ("below_a", None, False, 5, False),
        ("vetoed", None, False, 1, None),
        ("withheld", None, False, 10, None),
    ],
)
def test_card_and_model_agree_unless_one_calls_risky_what_the_other_grants(
    model: Challenger, status: str, grade: str | None, upper: bool, pd_band: int, agrees: bool | None
) -> None:
    row = models.columns(COUNT, rows=1, seed=3)
    pd = given(model, row).pd
    edges = [pd / 2 + number * 1e-6 for number in range(pd_band - 1)] + [
        pd + 1e-6 * (n + 1) for n in range(10 - pd_band)
    ]
    interval = {"edges": edges, "low": [0.0] * 10, "high": [1.0] * 10}
    same = challenger(Artefact(*_described(pd_interval=interval)))
    found = given(same, row, card=CardSays(status, grade, upper)).agreement
    assert (found.band, found.agrees) == (pd_band, agrees)
    assert found.text.zh
    assert found.text.en


_MODEL = models.booster(COUNT).model_to_string().encode()


def _described(**changes: object) -> tuple[bytes, bytes]:
    return _MODEL, json.dumps(models.described(_MODEL, SET, **changes)).encode()


def test_numbers_that_do_not_hold_together_are_no_opinion(model: Challenger) -> None:
    class Lying:
        def __init__(self, off: float) -> None:
            self.off = off

        def predict(self, row: object, **how: object) -> object:
            found = np.array(model.booster.predict(row, **how))
            return found + self.off if how.get("raw_score") else found

    for off, reason in ((1e-6, "not_additive"), (math.nan, "not_finite"), (math.inf, "not_finite")):
        lying = Challenger(model.model, model.about, model.feature_set, Lying(off))  # type: ignore[arg-type]
        assert opine(lying, np.full((1, COUNT), 5.0), on=ON, card=AA) == Unavailable(reason)  # type: ignore[arg-type]


def test_the_shift_is_stated_from_enough_scores_and_forgets_old_ones(model: Challenger) -> None:
    watch = ShiftWatch(model.about)
    for number in range(LEAST - 1):
        watch.seen(number / LEAST)
    assert watch.shift() is None
    watch.seen(0.999)
    even = watch.shift()
    assert even is not None
    assert even.psi < 0.01
    for _ in range(2000):
        watch.seen(0.05)
    moved = watch.shift()
    assert moved is not None
    assert moved.opinions == 1000
    assert moved.psi > 1


def test_a_replayed_number_may_differ_in_the_thirteenth_digit_and_no_earlier() -> None:
    assert _same({"a": ["0.1", "x"]}, {"a": ["0.10000000000000003", "x"]})
    assert not _same("0.1", "0.100000000002")
    assert not _same("0.1", "")
    assert not _same(["0.1"], ["0.1", "0.1"])
    assert not _same({"a": 1}, {"b": 1})
    assert not _same(True, "1")
