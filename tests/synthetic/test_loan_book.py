"""The loan book: its size, its instalments, its failures, and the areas that they stop."""

from __future__ import annotations

import polars
import pytest


@pytest.fixture(scope="module")
def book(writes, tmp_path_factory):
    """Loans and their month-ends of a county of real size, with each loan's village."""
    folders = writes(tmp_path_factory.mktemp("loans") / "county", households=107_000, seed=2017, format="parquet")
    loans = polars.concat([polars.read_parquet(path / "loans.parquet") for path in folders])
    months = polars.concat([polars.read_parquet(path / "loan_months.parquet") for path in folders])
    loans = loans.with_columns(village=polars.col("household_id").str.slice(0, 12))
    return loans, months.join(loans, on="loan_id", how="left")


@pytest.fixture(scope="module")
def over(book, policy_2017):
    """Village month-ends at which more than 5 % of the balance is bad."""
    _, months = book
    first_bad = min(loan.at_least_days for loan in policy_2017.areas.classes if loan.bad)
    bad = polars.when(polars.col("days_past_due") >= first_bad).then("balance_cny").otherwise(0)
    villages = months.group_by("village", "month_end").agg(polars.sum("balance_cny"), bad=bad.sum())
    return villages.filter(polars.col("bad") > 0.05 * polars.col("balance_cny"))


def test_a_tenth_of_households_borrow_at_first_and_a_quarter_at_last(book):
    _, months = book
    running = months.filter(polars.col("balance_cny") > 0)
    by_month = (
        running.group_by("month_end").agg(polars.col("household_id").n_unique()).sort("month_end")["household_id"]
    )
    assert by_month[2] / 107_000 == pytest.approx(0.10, abs=0.015)
    assert by_month[-1] / 107_000 == pytest.approx(0.25, abs=0.015)


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


def test_purposes_are_allowed_ones_and_poor_households_caps_hold(book, policy_2017):
    loans, _ = book
    assert set(loans["purpose"]) <= {purpose.id for purpose in policy_2017.terms.purposes if purpose.allowed}
    assert loans["amount_cny"].is_between(10_000, 100_000).all()
    assert set(loans["term_months"]) == {12, 24, 36}


def test_few_loans_go_bad(book):
    _, months = book
    worst = months.group_by("loan_id").agg(polars.max("days_past_due"))["days_past_due"]
    assert 0.005 < (worst > 90).mean() < 0.03
    assert 0.01 < (worst > 0).mean() < 0.08


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
