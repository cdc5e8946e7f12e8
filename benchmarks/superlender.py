"""Features of repeat borrowers, built point in time from the lender's raw tables.

Of an earlier loan only what was known at the new loan's creation is used: its repayment where it was closed
before that moment, its mere existence where it was created before and not yet closed.
``python -m benchmarks.superlender FOLDER OUT.csv`` writes the flat table that ``specs/superlender.yaml`` reads.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

_DAY_US = 86_400_000_000


def features(loans: pl.DataFrame, prior: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """One row per loan to judge: id, group, day, outcome and the features; raw tables as text."""
    asked = _loans(loans)
    pairs = asked.select("loan_id", "customer_id", "created").join(_prior(prior), on="customer_id")
    closed = pairs.filter(pl.col("closed") < pl.col("created"))
    still_open = pairs.filter((pl.col("prior_created") < pl.col("created")) & (pl.col("closed") >= pl.col("created")))
    history = _history(closed)
    opened = still_open.group_by("loan_id").agg(pl.len().alias("open_loans"))
    known = (
        asked.join(history, on="loan_id", how="left")
        .join(opened, on="loan_id", how="left")
        .join(_customers(customers), on="customer_id", how="left")
        .with_columns(pl.col("known_loans", "open_loans").fill_null(0))
    )
    return known.with_columns(
        (pl.col("amount") / pl.col("amount_mean")).alias("amount_against_mean"),
        (pl.col("amount") / pl.col("amount_most")).alias("amount_against_most"),
        (_days("created", "last_closed")).alias("days_since_closed"),
        (_days("created", "first_created")).alias("days_as_customer"),
        (pl.col("known_loans") / (_days("created", "first_created") / 30.4).clip(1)).alias("loans_per_month"),
        (pl.col("created").dt.year() - pl.col("birth_year")).alias("age_years"),
    ).select(
        "loan_id", "customer_id", "created_on", "bad", "amount", "term_days", "cost_share", "loan_number", "referred",
        "known_loans", "late_share", "late_days_mean", "late_days_worst", "late_days_last", "late_days_recent",
        "overrun_mean", "overrun_worst", "overrun_last", "amount_against_mean", "amount_against_most",
        "days_since_closed", "days_as_customer", "loans_per_month", "open_loans", "age_years", "account_type",
        "bank", "employment",
    ).sort("created_on", "loan_id")  # fmt: skip


def build(folder: Path) -> pl.DataFrame:
    """The table from the folder that holds the three raw files."""
    names = ("loans", "prior_loans", "customers")
    loans, prior, customers = (pl.read_csv(folder / f"{name}.csv.gz", infer_schema=False) for name in names)
    return features(loans, prior, customers)


def _loans(loans: pl.DataFrame) -> pl.DataFrame:
    amount, due = pl.col("loanamount").cast(pl.Float64), pl.col("totaldue").cast(pl.Float64)
    return loans.select(
        pl.col("systemloanid").alias("loan_id"),
        pl.col("customerid").alias("customer_id"),
        _moment("creationdate").alias("created"),
        _moment("creationdate").dt.date().alias("created_on"),
        (pl.col("good_bad_flag") == "Bad").cast(pl.Int8).alias("bad"),
        amount.alias("amount"),
        pl.col("termdays").cast(pl.Float64).alias("term_days"),
        (due / amount - 1).alias("cost_share"),
        pl.col("loannumber").cast(pl.Float64).alias("loan_number"),
        pl.col("referredby").is_not_null().cast(pl.Int8).alias("referred"),
    )


def _prior(prior: pl.DataFrame) -> pl.DataFrame:
    frame = prior.select(
        pl.col("customerid").alias("customer_id"),
        pl.col("loanamount").cast(pl.Float64).alias("prior_amount"),
        pl.col("termdays").cast(pl.Float64).alias("prior_term"),
        _moment("creationdate").alias("prior_created"),
        _moment("approveddate").alias("approved"),
        _moment("closeddate").alias("closed"),
        _moment("firstduedate").alias("due"),
        _moment("firstrepaiddate").alias("repaid"),
    )
    return frame.with_columns(
        _days("repaid", "due").alias("late_days"),
        (_days("closed", "approved") - pl.col("prior_term")).alias("overrun"),
    )


def _history(closed: pl.DataFrame) -> pl.DataFrame:
    """Of each loan's closed predecessors, in the order in which they closed."""
    ordered = closed.sort("loan_id", "closed", "prior_created")
    return ordered.group_by("loan_id").agg(
        pl.len().alias("known_loans"),
        (pl.col("late_days") > 0).mean().alias("late_share"),
        pl.col("late_days").mean().alias("late_days_mean"),
        pl.col("late_days").max().alias("late_days_worst"),
        pl.col("late_days").last().alias("late_days_last"),
        pl.col("late_days").tail(3).mean().alias("late_days_recent"),
        pl.col("overrun").mean().alias("overrun_mean"),
        pl.col("overrun").max().alias("overrun_worst"),
        pl.col("overrun").last().alias("overrun_last"),
        pl.col("prior_amount").mean().alias("amount_mean"),
        pl.col("prior_amount").max().alias("amount_most"),
        pl.col("closed").max().alias("last_closed"),
        pl.col("prior_created").min().alias("first_created"),
    )


def _customers(customers: pl.DataFrame) -> pl.DataFrame:
    return customers.unique("customerid", keep="first", maintain_order=True).select(
        pl.col("customerid").alias("customer_id"),
        pl.col("bank_account_type").alias("account_type"),
        pl.col("bank_name_clients").alias("bank"),
        pl.col("employment_status_clients").alias("employment"),
        pl.col("birth_year").cast(pl.Float64).alias("birth_year"),
    )


def _moment(name: str) -> pl.Expr:
    return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S%.f")


def _days(later: str, earlier: str) -> pl.Expr:
    return (pl.col(later) - pl.col(earlier)).dt.total_microseconds() / _DAY_US


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description="The flat table of repeat borrowers, point in time.")
    parser.add_argument("folder", type=Path, help="folder of loans, prior_loans and customers .csv.gz")
    parser.add_argument("out", type=Path, help="CSV file to write")
    asked = parser.parse_args()
    build(asked.folder).write_csv(asked.out)


if __name__ == "__main__":
    main()
