"""The features of repeat borrowers are what was known at the new loan's creation, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from benchmarks.superlender import features

_START = datetime(2017, 7, 1, tzinfo=UTC)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000")


def _drawn(seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    people = [f"c{number}" for number in range(20)]
    loans, prior = [], []
    for number, person in enumerate(people):
        asked = _START + timedelta(hours=int(rng.integers(0, 700)))
        loans.append((person, f"n{number}", asked))
        for turn in range(int(rng.integers(1, 7))):
            begun = asked - timedelta(hours=int(rng.integers(1, 4000)))
            closed = begun + timedelta(hours=int(rng.integers(1, 2500)))
            prior.append((person, f"p{number}-{turn}", begun, closed))
    frame = pl.DataFrame(
        [
            (person, name, "3", _text(asked), _text(asked), "10000.0", "12000.0", "30", None, "Bad" if i % 5 == 0 else "Good")
            for i, (person, name, asked) in enumerate(loans)
        ],
        schema=[
            "customerid", "systemloanid", "loannumber", "approveddate", "creationdate", "loanamount", "totaldue",
            "termdays", "referredby", "good_bad_flag",
        ],
        orient="row",
    )  # fmt: skip
    before = pl.DataFrame(
        [
            (p, n, "1", _text(a), _text(a), "9000.0", "9900.0", "30", _text(b), None, _text(a + timedelta(days=30)), _text(b))
            for p, n, a, b in prior
        ],
        schema=[
            "customerid", "systemloanid", "loannumber", "approveddate", "creationdate", "loanamount", "totaldue",
            "termdays", "closeddate", "referredby", "firstduedate", "firstrepaiddate",
        ],
        orient="row",
    )  # fmt: skip
    who = pl.DataFrame(
        {
            "customerid": people,
            "bank_account_type": ["Savings"] * 20,
            "bank_name_clients": ["A"] * 20,
            "employment_status_clients": [None] * 20,
            "birth_year": ["1985"] * 20,
        }
    )
    return frame, before, who


@pytest.mark.parametrize("seed", range(10))
def test_what_became_known_later_changes_no_row(seed: int) -> None:
    loans, prior, customers = _drawn(seed)
    asked = loans.select("customerid", pl.col("creationdate").alias("asked"))
    later = prior.join(asked, on="customerid", how="left")["asked"].to_numpy() <= prior["closeddate"].to_numpy()
    assert later.any()
    # The fate of every loan closed later is made another one; only that it was open may be known.
    changed = prior.with_columns(
        pl.when(pl.Series(later)).then(pl.lit("2019-01-01 00:00:00.000000")).otherwise(pl.col(name)).alias(name)
        for name in ("closeddate", "firstrepaiddate")
    )
    assert features(loans, prior, customers).equals(features(loans, changed, customers))


def test_an_earlier_fate_counts() -> None:
    loans, prior, customers = _drawn(3)
    found = features(loans, prior, customers)
    assert (found["known_loans"] + found["open_loans"]).sum() == prior.height
    late = prior.with_columns(pl.lit("2012-01-01 00:00:00.000000").alias("firstduedate"))
    moved = features(loans, late, customers).filter(pl.col("known_loans") > 0)
    assert (moved["late_share"] == 1.0).all()


def test_one_row_for_each_loan_and_the_flag_as_outcome() -> None:
    loans, prior, customers = _drawn(4)
    found = features(loans, prior, customers)
    assert found.height == loans.height
    assert found["bad"].sum() == 4
