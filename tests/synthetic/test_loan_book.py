"""The credit life: its size, who is granted, what becomes of loans by their true chances, and the areas it stops."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars
import pytest

from feature_store.importing import ASIDE, files_in_order
from scoring.outcomes import Outcome, months_after, outcomes_of

EPOCH = date(1970, 1, 1).toordinal()


def ordinals(column: polars.Series) -> np.ndarray:
    return column.cast(polars.Int32).to_numpy().astype(np.int64) + EPOCH


@pytest.fixture(scope="module")
def folders(writes, tmp_path_factory):
    return writes(tmp_path_factory.mktemp("loans") / "county", households=107_000, seed=2017, format="parquet")


@pytest.fixture(scope="module")
def book(folders):
    """Loans and their month ends of a county of real size, with each loan's village and true chance."""
    loans = polars.concat([polars.read_parquet(path / "loans.parquet") for path in folders])
    months = polars.concat([polars.read_parquet(path / "loan_months.parquet") for path in folders])
    truth = polars.read_parquet(folders[0].parent / "truth" / "true_pd.parquet")
    loans = loans.with_columns(village=polars.col("household_id").str.slice(0, 12)).join(
        truth, on="loan_id", how="left", maintain_order="left"
    )
    return loans, months.join(loans, on="loan_id", how="left")


@pytest.fixture(scope="module")
def judged(book, policy_2017):
    """The loans made under the policy whose life is known for a year, with their outcome."""
    loans, months = book
    places = loans.select("loan_id").with_row_index("place")
    months = months.join(places, on="loan_id", how="left", maintain_order="left")
    found = outcomes_of(
        months["place"].to_numpy().astype(np.int64),
        ordinals(months["month_end"]),
        (months["balance_cny"] * 100).round().cast(polars.Int64).to_numpy(),
        months["days_past_due"].cast(polars.Int32).to_numpy(),
        disbursed=ordinals(loans["disbursed_on"]),
        rules=policy_2017.outcomes,
        known_until=date(2021, 3, 31),
    )
    loans = loans.with_columns(outcome=polars.Series(found.outcome.astype(np.int64)))
    known = polars.col("true_pd").is_not_null() & (polars.col("disbursed_on") <= date(2020, 3, 31))
    return loans.filter(known).with_columns(bad=polars.col("outcome") == Outcome.BAD)


@pytest.fixture(scope="module")
def over(book, policy_2017):
    """Village month ends at which more than 5 % of the balance is bad."""
    _, months = book
    first_bad = min(loan.at_least_days for loan in policy_2017.areas.classes if loan.bad)
    bad = polars.when(polars.col("days_past_due") >= first_bad).then("balance_cny").otherwise(0)
    villages = months.group_by("village", "month_end").agg(polars.sum("balance_cny"), bad=bad.sum())
    return villages.filter(polars.col("bad") > 0.05 * polars.col("balance_cny"))


def test_a_seventh_of_households_borrow_at_first_and_three_tenths_at_last(book):
    _, months = book
    running = months.filter(polars.col("balance_cny") > 0)
    by_month = (
        running.group_by("month_end").agg(polars.col("household_id").n_unique()).sort("month_end")["household_id"]
    )
    assert by_month[2] / 107_000 == pytest.approx(0.15, abs=0.015)
    assert by_month[-1] / 107_000 == pytest.approx(0.305, abs=0.02)


def test_each_loan_is_filed_once_and_each_month_end_once_for_known_loans(book):
    loans, months = book
    assert loans["loan_id"].n_unique() == loans.height
    assert months.select("loan_id", "month_end").is_duplicated().sum() == 0
    assert months["household_id"].null_count() == 0
    assert (months["month_end"] >= months["disbursed_on"]).all()
    assert (months["month_end"] == months["month_end"].dt.month_end()).all()


def test_balances_never_rise_and_stay_within_the_amount(book):
    _, months = book
    ordered = months.sort("loan_id", "month_end")
    rises = ordered.select((polars.col("balance_cny").diff().over("loan_id") > 0).any()).item()
    assert not rises
    assert ((months["balance_cny"] >= 0) & (months["balance_cny"] <= months["amount_cny"])).all()


def test_schedules_add_up_to_the_amount_in_equal_instalments_every_three_months(folders, book):
    loans, _ = book
    due = polars.concat([polars.read_parquet(path / "loan_schedules.parquet") for path in folders])
    sums = due.group_by("loan_id").agg(polars.sum("due_cny"), n=polars.len(), last=polars.max("due_on"))
    both = loans.join(sums, on="loan_id", how="left", maintain_order="left")
    assert (both["due_cny"] - both["amount_cny"]).abs().max() < 0.01
    assert (both["n"] * 3 == both["term_months"]).all()
    assert (
        ordinals(both["last"]) == months_after(ordinals(both["disbursed_on"]), both["term_months"].to_numpy())
    ).all()


def test_a_loan_that_pays_owes_what_its_schedule_leaves(folders, book):
    _, months = book
    due = polars.concat([polars.read_parquet(path / "loan_schedules.parquet") for path in folders])
    never_late = months.group_by("loan_id").agg(polars.max("days_past_due")).filter(polars.col("days_past_due") == 0)
    some = never_late.sort("loan_id").head(2_000).select("loan_id")
    # On a due day itself a loan may still owe that instalment without being late.
    due_today = due.select("loan_id", month_end="due_on")
    rows = months.join(some, on="loan_id").filter(polars.col("balance_cny") > 0)
    rows = rows.join(due_today, on=["loan_id", "month_end"], how="anti")
    left = rows.join(due, on="loan_id").filter(polars.col("due_on") > polars.col("month_end"))
    owed = left.group_by("loan_id", "month_end").agg(polars.sum("due_cny"), polars.first("balance_cny"))
    assert (owed["due_cny"] - owed["balance_cny"]).abs().max() < 0.01


def test_purposes_are_allowed_ones_and_limits_and_caps_hold(book, policy_2017):
    loans, _ = book
    assert set(loans["purpose"]) <= {purpose.id for purpose in policy_2017.terms.purposes if purpose.allowed}
    assert loans["amount_cny"].is_between(10_000, 100_000).all()
    assert set(loans["term_months"]) == {12, 24, 36}


def test_three_to_six_of_100_loans_go_bad_and_few_lie_in_between(judged):
    assert judged.height > 40_000
    assert 0.03 < judged["bad"].mean() < 0.06
    assert 0.01 < (judged["outcome"] == Outcome.INDETERMINATE).mean() < 0.05
    assert (judged["outcome"] != Outcome.IMMATURE).all()


def test_as_many_loans_go_bad_as_their_true_chances_say_in_every_tenth(judged):
    ordered = judged.sort("true_pd")
    tenths = np.array_split(np.arange(ordered.height), 10)
    for rows in tenths:
        expected, seen = ordered["true_pd"][rows].mean(), ordered["bad"][rows].mean()
        assert abs(seen - expected) < 4 * np.sqrt(expected * (1 - expected) / len(rows))


def test_the_price_shock_and_the_regional_shock_show_in_the_vintages(judged):
    by_year = judged.group_by(polars.col("disbursed_on").dt.year()).agg(polars.mean("true_pd")).sort("disbursed_on")
    shares = dict(by_year.iter_rows())
    assert shares[2020] > 1.15 * shares[2018]
    year, township = polars.col("disbursed_on").dt.year(), polars.col("village").str.slice(0, 9)
    means = judged.group_by(year=year, township=township).agg(polars.mean("true_pd"))
    both = means.filter(year=2018).join(means.filter(year=2020), on="township")
    rises = (both["true_pd_right"] / both["true_pd"]).sort()
    assert rises[-4] > 1.2 * rises[-6]  # the fifth holds most of the villages with a local failure


def test_two_or_three_of_100_villages_are_stopped_within_a_year(over):
    year = over.filter(polars.col("month_end").dt.year() == 2019)
    assert 0.015 <= year["village"].n_unique() / 352 <= 0.04


def test_one_township_has_three_tenths_of_its_villages_stopped(book, over):
    loans, _ = book
    villages = dict(loans.select("village").unique().group_by(polars.col("village").str.slice(0, 9)).len().iter_rows())
    stopped = over.group_by(township=polars.col("village").str.slice(0, 9)).agg(polars.col("village").n_unique())
    shares = sorted(count / villages[township] for township, count in stopped.iter_rows())
    assert shares[-1] >= 0.30
    assert shares[-2] < 0.30


def test_the_truth_is_never_imported(folders):
    county = folders[0].parent
    assert (county / "truth" / ASIDE).exists()
    assert not any("truth" in path.parts for path in files_in_order([county]))
    assert files_in_order([county / "truth"]) == []
