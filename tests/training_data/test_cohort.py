"""The cohort: who is in it, what is known of each, and that nothing later shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars
import pytest

from feature_store.adapters import read_areas
from feature_store.adapters.loan_lives import read_lives
from feature_store.adapters.store import Store
from feature_store.feature_set import FeatureSet
from feature_store.filing import CIVIL_TIME
from feature_store.vector import LoanAsked, area_book, history_dates, vector_of
from scoring.assess import assess
from scoring.outcomes import LoanMonth, Outcome, outcome_of
from scoring.policy.in_force import Policies
from tests.training_data.conftest import END
from training.cohort import Cohort, cohort
from training.dataset import judged_from, table_of
from training.outcomes import class_names
from training.spec import TrainBefore
from training.split import splits


def test_every_row_is_one_granted_loan_of_a_whole_matured_vintage(judged: Cohort) -> None:
    assert len(set(judged.loan_ids)) == len(judged.bad) > 300
    assert judged.disbursed.min() >= date(2017, 4, 1).toordinal()
    assert judged.disbursed.max() <= date(2020, 3, 31).toordinal()
    assert sorted(set(judged.vintage)) == [
        f"{year}Q{quarter}"
        for year in (2017, 2018, 2019, 2020)
        for quarter in (1, 2, 3, 4)
        if "2017Q2" <= f"{year}Q{quarter}" <= "2020Q1"
    ]
    graded = np.isin(judged.grade, [it.id for it in judged.policy.grades])
    assert graded.mean() > 0.9
    assert 0.02 < judged.bad.mean() < 0.09


def test_loans_that_are_no_rows_are_counted_with_the_reason(judged: Cohort, county_folder: Path) -> None:
    loans = sum(polars.read_parquet(path).height for path in county_folder.glob("20*/loans.parquet"))
    assert sum(count for _, _, count in judged.counted.rows) == loans
    good_or_bad = judged.counted.of(Outcome.GOOD) + judged.counted.of(Outcome.BAD)
    assert good_or_bad == len(judged.bad) + sum(count for _, count in judged.left_out)


def test_outcomes_equal_those_judged_one_loan_at_a_time(judged: Cohort, imported: Store) -> None:
    rows = np.random.default_rng(1).choice(len(judged.bad), 40, replace=False)
    with imported.engine.begin() as connection:
        for row in rows.tolist():
            found = connection.exec_driver_sql(
                "SELECT m.month_end, m.balance_cny, m.days_past_due FROM loan_months m JOIN loans USING (loan_no)"
                " WHERE loan_id = %s",
                (str(judged.loan_ids[row]),),
            )
            months = [LoanMonth(*it) for it in found]
            on = date.fromordinal(int(judged.disbursed[row]))
            outcome, _ = outcome_of(months, on, judged.policy.outcomes, known_until=END.date())
            assert outcome == judged.bad[row]


def test_a_row_is_what_serving_would_have_seen_and_the_score_what_it_would_have_been(
    judged: Cohort, imported: Store, policies: Policies, features: FeatureSet
) -> None:
    rows = np.random.default_rng(2).choice(len(judged.bad), 25, replace=False)
    with imported.moment(lambda: END) as moment:
        lives = read_lives(moment.connection, known_at=END)
        place = {loan: number for number, loan in enumerate(lives.loan_ids.tolist())}
        names = dict(moment.connection.exec_driver_sql("SELECT household_no, household_id FROM households").all())
        for row in rows.tolist():
            loan, on = place[judged.loan_ids[row]], date.fromordinal(int(judged.disbursed[row]))
            known_at = datetime(on.year, on.month, on.day, tzinfo=CIVIL_TIME).astimezone(UTC) - timedelta(
                microseconds=1
            )
            then = moment.known(known_at)
            household = names[int(judged.household_no[row])]
            now = then.credit_file(household, on=on, policy=judged.policy)
            assert now is not None
            vector = vector_of(
                features,
                judged.policy,
                now=now,
                past=[then.credit_file(household, on=day, policy=judged.policy) for day in history_dates(on)],
                loan=LoanAsked(lives.amount_cny[loan], int(lives.term_months[loan]), str(lives.purpose[loan])),
                area=area_book(then.village_book(now.village_code, on=on, policy=judged.policy)),
                on=on,
            )
            assert np.array_equal(vector[0], judged.matrix[row], equal_nan=True)
            binding = policies.in_force(on)
            state = assess(then.credit_file(household, on=on, policy=binding), binding, on=on)
            assert state.points.score == judged.score[row]
            assert judged.grade[row] == (state.settled.grade.id if state.settled.grade else state.settled.status)


def test_a_cohort_known_earlier_holds_the_same_rows_but_for_those_not_yet_judged(
    judged: Cohort, imported: Store, policies: Policies, features: FeatureSet
) -> None:
    with imported.moment(lambda: END) as moment:
        early = cohort(replace(moment, known_at=datetime(2020, 4, 20, tzinfo=UTC)), policies, feature_set=features)
    place = {loan: number for number, loan in enumerate(judged.loan_ids.tolist())}
    rows = [place[loan] for loan in early.loan_ids.tolist()]
    assert 0 < len(rows) < len(judged.bad)
    assert max(early.vintage) == "2019Q1"
    assert np.array_equal(judged.matrix[rows], early.matrix, equal_nan=True)
    assert np.array_equal(judged.bad[rows], early.bad)


def test_the_table_names_its_rows_segments_and_binding_score(judged: Cohort, features: FeatureSet) -> None:
    table = table_of(judged)
    assert tuple(it.name for it in table.features) == features.names
    assert table.matrix.shape == (len(table), len(features.names))
    assert set(table.segments) == {"vintage", "township", "industry", "registered_poor", "grade"}
    assert all(len(labels) == len(table) for labels in table.segments.values())
    assert set(table.segments["registered_poor"]) <= {"yes", "no", "unknown"}
    assert {len(code) for code in table.segments["township"]} == {9}
    assert table.binding is not None
    assert table.sha256() == table_of(judged).sha256()


def test_every_category_of_the_table_has_words_in_both_languages(judged: Cohort) -> None:
    table = table_of(judged)
    named = {it for feature in table.features for it in feature.special.get("levels", ())}  # type: ignore[attr-defined]
    assert len(named | set(table.segments["industry"].tolist()) - {"unknown"}) > 15
    assert named | set(table.segments["industry"].tolist()) - {"unknown"} <= set(table.words)
    assert {it.unit for it in table.features} - {""} <= set(table.words)


def test_the_invented_county_is_called_synthetic_and_a_real_one_is_not(judged: Cohort) -> None:
    assert table_of(judged).synthetic
    real = replace(judged, township=np.strings.replace(judged.township, "411299", "411224"))
    assert not table_of(real).synthetic
    assert table_of(real).sha256() == table_of(judged).sha256()


def test_no_household_stands_on_both_sides_and_the_newest_quarter_of_rows_judges(judged: Cohort) -> None:
    table, day = table_of(judged), judged_from(judged)
    assert (day.month - 1) % 3 == 0
    (split,) = splits(table, TrainBefore(day))
    assert not set(table.groups[split.train]) & set(table.groups[split.test])
    assert 0.25 <= len(split.test) / len(table) < 0.45


def test_the_true_chances_fit_the_outcomes(judged: Cohort, county_folder: Path) -> None:
    truth = polars.read_parquet(county_folder / "truth" / "true_pd.parquet")
    known = dict(truth.iter_rows())
    chances = np.array([known[loan] for loan in judged.loan_ids.tolist()])
    assert judged.bad.sum() == pytest.approx(chances.sum(), abs=4 * np.sqrt((chances * (1 - chances)).sum()))


def test_bad_ratios_by_bank_and_township_add_up_to_the_villages(imported: Store, policies: Policies) -> None:
    on, classes = date(2019, 12, 31), policies.latest.areas.classes
    with imported.moment(lambda: END) as moment:
        books = {
            by: read_areas.month_ends(moment.connection, on=on, known_at=END, classes=classes, by=by)
            for by in ("village", "township", "bank")
        }
    assert len(books["bank"]) == 3
    assert len(books["township"]) == 19
    for month in (date(2018, 6, 30), on):
        sums = {
            tuple(sum(row[column] for rows in book.values() for row in rows if row[0] == month) for column in (1, 2, 3))
            for book in books.values()
        }
        assert len(sums) == 1


def test_five_classes_follow_the_rules_in_force_on_each_day(policies: Policies) -> None:
    first, second = policies.policies
    strict = replace(
        second,
        areas=replace(second.areas, classes=tuple(replace(it, at_least_days=it.at_least_days // 2) for it in second.areas.classes)),
        sha256="0",
    )  # fmt: skip
    days = [date(2017, 3, 31), date(2021, 2, 28), date(2021, 3, 31)]
    names = class_names((first, strict), np.array([it.toordinal() for it in days]), np.array([50, 50, 50], np.int32))
    assert names.tolist() == ["", "special_mention", "substandard"]
