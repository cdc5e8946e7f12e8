"""The feature set refuses what the policy forbids; the vector means what each feature says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feature_store.feature_set import ROOT, FeatureSetFaults, load_feature_set, read_feature_set
from feature_store.vector import (
    AreaBook,
    AreaColumns,
    LoanAsked,
    LoanColumns,
    area_book,
    history_dates,
    purpose_codes,
    vector_of,
    vectors,
)
from scoring.credit_file import MISSING, CreditFile, Reported
from scoring.policy.load import ROOT as POLICIES
from scoring.policy.load import load

POLICY = load(POLICIES / "lushi" / "2017-04-01")
FEATURES = load_feature_set()
TEXT = (ROOT / "2021-1.yaml").read_text(encoding="utf-8")
ON = date(2019, 5, 15)
LOAN = LoanAsked(30_000.0, 24, "livestock")


def value(name: str, now: dict[str, int], half: dict[str, int] | None = None, whole: dict[str, int] | None = None):
    """One feature of a household with these codes now, half a year and a year ago (None: not registered)."""
    files = [None if codes is None else CreditFile("h", "v", codes) for codes in (now, half, whole)]
    assert files[0] is not None
    row = vector_of(FEATURES, POLICY, now=files[0], past=files[1:], loan=LOAN, area=AreaBook(0.02, 31.0), on=ON)
    return row[0, FEATURES.names.index(name)]


def code(name: str, word: str) -> int:
    return next(it for it in POLICY.indicators if it.id == name).categories.index(word)


def refused(old: str, new: str) -> list[str]:
    """What the loader says of the file with one place changed."""
    assert TEXT.count(old) == 1, TEXT.count(old)
    with pytest.raises(FeatureSetFaults) as fault:
        read_feature_set("2021-1.yaml", TEXT.replace(old, new), policy=POLICY)
    return [it.what for it in fault.value.faults]


def test_every_indicator_that_a_model_may_use_is_a_feature_and_no_other():
    used = {it.of for it in FEATURES.features if it.kind == "indicator"}
    assert used == {it.id for it in POLICY.indicators if it.risk is not None}


def test_both_policies_accept_the_feature_set():
    for folder in ("2017-04-01", "2021-03-01"):
        assert load_feature_set("2021-1", policy=load(POLICIES / "lushi" / folder)) == FEATURES


def test_every_feature_has_a_basis_and_a_wording_in_both_languages():
    assert len(FEATURES.names) == len(set(FEATURES.names)) == 112
    for feature in FEATURES.features:
        assert feature.lawful_basis in FEATURES.bases
        assert feature.label.zh
        assert feature.label.en


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: fighting, source: police, dtype: number, unit: times, monotone: up, basis: separate_consent, label: {zh: 打架闹事次数, en: Fights}", "of: drug_offence, source: police, dtype: number, unit: date, monotone: any, basis: separate_consent, label: {zh: 毒, en: Drugs}", "uses 'drug_offence', which a model may not use"),
        ("{name: livestock_units, kind: indicator, of: livestock_units, source: agriculture, dtype: number, unit: units, monotone: down", "{name: livestock_units, kind: indicator, of: livestock_units, source: agriculture, dtype: number, unit: units, monotone: up", "has another direction than the policy's 'down'"),
        ("name: years_in_trade, kind: indicator, of: years_in_trade, source: village", "name: years_in_trade, kind: indicator, of: years_in_trade, source: township", "names the source 'township', not 'village'"),
        ("name: village_loans, kind: area, of: n_loans", "name: village_loans, kind: area, of: households", "is made of 'households', which does not exist"),
        ("name: hazard_exposure, kind: indicator, of: hazard_exposure, source: agriculture, dtype: number, unit: grade, values: [low, high]", "name: hazard_exposure, kind: indicator, of: hazard_exposure, source: agriculture, dtype: number, unit: grade, values: [high, low]", "in another order than the policy's points"),
        ("name: water_disputes, kind", "name: boundary_disputes, kind", "stands twice"),
        ("version: 2021-1\n", "version: 2021-2\n", "calls itself '2021-2'"),
    ],
)  # fmt: skip
def test_a_faulty_feature_is_refused_in_words(old: str, new: str, said: str):
    assert any(said in what for what in refused(old, new))


def test_all_faults_come_at_once():
    text = TEXT.replace("monotone: down", "monotone: up")
    with pytest.raises(FeatureSetFaults) as fault:
        read_feature_set("2021-1.yaml", text, policy=POLICY)
    assert len(fault.value.faults) > 20


def test_an_unknown_version_is_refused_and_the_known_ones_named():
    with pytest.raises(FeatureSetFaults, match="2021-1"):
        load_feature_set("1999-1")
    with pytest.raises(FeatureSetFaults):
        load_feature_set("../feature_sets/2021-1")


def test_numbers_are_in_their_unit_and_missing_is_not_a_number():
    assert value("on_time_rate", {"on_time_rate": 975}) == 97.5
    assert value("agri_insurance", {"agri_insurance": 0}) == 0.0
    assert np.isnan(value("agri_insurance", {}))


def test_an_ordered_category_is_its_place_in_the_feature_sets_order():
    assert value("break_even", {"break_even": code("break_even", "sound")}) == 2.0
    assert value("industry", {"industry": code("industry", "pigs")}) == code("industry", "pigs")


def test_past_is_now_less_a_year_ago_and_unknown_where_either_is():
    assert value("late_1_30_past", {"late_1_30": 3}, {"late_1_30": 9}, {"late_1_30": 1}) == 2.0
    assert np.isnan(value("late_1_30_past", {"late_1_30": 3}, {"late_1_30": 9}))


def test_worst_is_the_riskiest_of_what_is_known():
    assert value("late_1_30_worst", {"late_1_30": 0}, {"late_1_30": 4}, {}) == 4.0
    assert value("on_time_rate_worst", {"on_time_rate": 900}, {"on_time_rate": 800}, {"on_time_rate": 950}) == 80.0
    assert np.isnan(value("on_time_rate_worst", {}))


def test_age_of_a_report_is_in_months_and_unknown_where_none_came():
    file = CreditFile("h", "v", {}, {"bank": Reported(ON - timedelta(days=60))})
    row = vector_of(FEATURES, POLICY, now=file, past=[None, None], loan=LOAN, area=AreaBook(), on=ON)[0]
    assert row[FEATURES.names.index("months_since_bank")] == pytest.approx(1.97, abs=0.01)
    assert np.isnan(row[FEATURES.names.index("months_since_court")])


def test_the_loan_and_the_village_stand_in_the_vector():
    assert value("loan_amount_cny", {}) == 30_000.0
    assert value("loan_purpose", {}) == 1.0
    assert value("village_bad_ratio", {}) == 0.02
    assert purpose_codes(FEATURES, ["planting", "gold"]).tolist() == [0, -1]


def test_a_village_without_a_book_is_unknown_and_one_that_owes_nothing_has_no_bad_loans():
    assert np.isnan(area_book([]).bad_ratio)
    assert area_book([(ON, Decimal(0), Decimal(0), 0)]) == AreaBook(0.0, 0.0)
    assert area_book([(ON, Decimal("300.30"), Decimal("100.10"), 3)]).bad_ratio == 10010 / 30030


@given(st.dates(date(2015, 1, 1), date(2030, 12, 31)))
def test_history_days_are_quarter_ends_half_a_year_and_a_year_back(on: date):
    half, whole = history_dates(on)
    for day, least, most in ((half, 180, 275), (whole, 363, 458)):
        assert (day + timedelta(days=1)).day == 1
        assert day.month in (3, 6, 9, 12)
        assert least <= (on - day).days <= most


@given(st.integers(1, 6), st.integers(0, 2**32))
def test_many_rows_equal_one_row_at_a_time(n: int, seed: int):
    random = np.random.default_rng(seed)
    now, half, whole = (_random_codes(random, n) for _ in range(3))
    loan = LoanColumns(random.uniform(1e4, 1e5, n), random.integers(1, 36, n) * 1.0, random.integers(-1, 9, n))
    area = AreaColumns(random.random(n), random.integers(0, 99, n) * 1.0)
    seen = random.integers(0, 2, (len(POLICY.sources), n)).astype(np.int32) * 737_000
    on = random.integers(737_000, 737_400, n).astype(np.int32)
    many = vectors(FEATURES, POLICY, now=now, past=[half, whole], observed=seen, loan=loan, area=area, on=on)
    for row in range(n):
        one = slice(row, row + 1)
        alone = vectors(
            FEATURES,
            POLICY,
            now=now[:, one],
            past=[half[:, one], whole[:, one]],
            observed=seen[:, one],
            loan=LoanColumns(loan.amount_cny[one], loan.term_months[one], loan.purpose[one]),
            area=AreaColumns(area.bad_ratio[one], area.n_loans[one]),
            on=on[one],
        )
        assert np.array_equal(alone[0], many[row], equal_nan=True)


def _random_codes(random: np.random.Generator, n: int) -> np.ndarray:
    codes = np.stack([random.integers(it.low, it.high, n, endpoint=True) for it in POLICY.indicators])
    return np.where(random.random(codes.shape) < 0.2, MISSING, codes).astype(np.int32)
