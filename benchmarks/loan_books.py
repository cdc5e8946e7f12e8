"""The early signs alone, over the loan books of many synthetic counties of full size: no database, no version, seconds a county.

What ``lushi watch`` says of loans by township, purpose and bank needs their months only, so many counties can be asked how often a quiet one
is red and how soon a regional shock is named. Industry and PD, which need the credit files, are left out: :mod:`benchmarks.watching` has them.
The family of parts over which chances are adjusted is smaller by these, so that as a rule a little more is amber or red than in a whole report.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars
from rich.console import Console
from rich.table import Table

from benchmarks.lent_version import write
from benchmarks.planted import hit_townships
from feature_store.adapters.as_lent import vintages
from feature_store.adapters.loan_lives import LoanLives
from feature_store.quarter import Quarter
from feature_store.synthetic.rounds import MOST
from scoring.policy.elements import Text
from serving.monitoring import early, excess
from serving.monitoring.alarms import Alarm, alarms_of
from serving.monitoring.figure import Figure
from serving.monitoring.frame import Loans, People, Period
from serving.monitoring.judge import judge
from serving.monitoring.limits import load_limits
from serving.monitoring.loan_ages import ages, first_late, months_seen

FIRST_LOAN = date(2017, 4, 1)
QUARTERS = tuple(Quarter(year, number) for year in range(2018, 2022) for number in range(1, 5))[3:]
"""The first only as the one before."""
HIT_FROM = Quarter(2020, 2)
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Book:
    """A county's loans: their lives, the township of each, and the names of townships by code."""

    lives: LoanLives
    township: np.typing.NDArray[np.str_]
    names: dict[str, str]


def alarms(book: Book, quarters: Sequence[Quarter] = QUARTERS) -> dict[Quarter, list[Alarm]]:
    """The alarms of the early signs by quarter, as known when it had ended; from the second quarter on."""
    found, before = {}, None
    for quarter in quarters:
        period = period_of(book, quarter)
        now: list[Figure] = [*early.figures(period), *excess.figures(period)]
        if before is not None:
            judged = judge(now, before, load_limits())
            found[quarter] = alarms_of(judged, load_limits(), period=str(quarter), before="the quarter before")
        before = now
    return found


def read_book(county: Path) -> Book:
    """The loans of a county's import files."""
    loans = polars.concat([polars.read_parquet(it) for it in sorted(county.glob("*/loans.parquet"))])
    columns = ("loan_id", "month_end", "days_past_due")
    months = polars.concat(
        [polars.read_parquet(it).select(columns) for it in sorted(county.glob("*/loan_months.parquet"))]
    ).filter(polars.col("days_past_due") > 0)
    place = loans.select("loan_id").with_row_index("loan")
    months = months.join(place, on="loan_id")
    n = len(loans)
    lives = LoanLives(
        loan_ids=loans["loan_id"].to_numpy(), household_no=np.zeros(n, np.int32), bank=loans["bank"].to_numpy().astype(str),
        disbursed=_days(loans["disbursed_on"]), amount_cny=np.zeros(n), term_months=np.zeros(n, np.int64),
        purpose=loans["purpose"].to_numpy().astype(str), loan=months["loan"].to_numpy().astype(np.int64),
        month_end=_days(months["month_end"]), balance=np.zeros(len(months), np.int64),
        days_past_due=months["days_past_due"].to_numpy().astype(np.int32),
    )  # fmt: skip
    areas = polars.read_parquet(min(county.glob("*/areas.parquet")))
    township = loans["household_id"].str.slice(0, 9).to_numpy().astype(str)
    return Book(lives, township, dict(areas.select("code", "name_en").iter_rows()))


def _days(column: polars.Series) -> np.typing.NDArray[np.int64]:
    return column.cast(polars.Date).cast(polars.Int32).to_numpy().astype(np.int64) + _EPOCH


def period_of(book: Book, quarter: Quarter) -> Period:
    """A quarter's loans as known when it had ended; nobody else is in it."""
    lives, last = book.lives, quarter.end.toordinal()
    rows = np.flatnonzero((lives.disbursed >= FIRST_LOAN.toordinal()) & (lives.disbursed <= last))
    seen, first = months_seen(lives, last)[rows], first_late(lives)[rows]
    reached, late = ages(seen, first)
    none, every = np.full(len(rows), np.nan), np.ones(len(rows), np.bool_)
    loans = Loans(
        vintage=vintages(lives.disbursed[rows]), pd=none, score=none, grade=np.full(len(rows), ""), bad=none, unseen=every,
        new=lives.disbursed[rows] >= quarter.begin.toordinal(), reached=reached, late=late, months_seen=seen, first_late=first,
        segments={"township": book.township[rows], "bank": lives.bank[rows], "purpose": lives.purpose[rows]},
    )  # fmt: skip
    nobody = np.zeros(0)
    people = People(nobody, nobody, np.zeros((0, 0)), np.zeros(0, "U1"), np.zeros(0, "U1"))
    labels = {"township": {code: Text(name, name) for code, name in book.names.items()}}
    return Period(str(quarter), people, people, (), loans=loans, labels=labels)


def run(console: Console, *, households: int, seeds: Sequence[int]) -> None:
    """Quiet counties and counties with the regional shock, of each seed."""
    quiet: dict[int, dict[Quarter, list[Alarm]]] = {}
    table = Table(
        "seed", "hit townships", "first alarm that names one", "first red", "named in it", "named in 2020Q3", "named in 2020Q4", "others named in 2020Q4",
        title=f"regional shock from June 2020, early signs of synthetic loan books, {households:,} households",
    )  # fmt: skip
    with console.status("writing loan books") as status:
        for seed in seeds:
            with tempfile.TemporaryDirectory(prefix="lushi-books-") as name:
                folder = Path(name)
                status.update(f"seed {seed}: writing")
                calm = write(folder / "quiet", "quiet", seed, households, rounds=MOST)
                shaken = write(folder / "shock", "shock", seed, households, rounds=MOST)
                status.update(f"seed {seed}: watching")
                quiet[seed] = alarms(read_book(calm))
                table.add_row(str(seed), *shock_row(alarms(read_book(shaken)), hit_townships(shaken, calm)))
    console.print(table)
    console.print(quiet_line(quiet))


def shock_row(found: dict[Quarter, list[Alarm]], hit: Sequence[str]) -> tuple[str, ...]:
    """A county's row: what is named stands in the first lines of its alarms about townships."""

    def first_lines(quarter: Quarter, level: str = "") -> str:
        chosen = [it for it in found[quarter] if it.kind == "township" and it.level.startswith(level)]
        return " ".join(line.en for it in chosen for line in it.lines[:3])

    def named(lines: str) -> list[str]:
        return [name for name in hit if name in lines]

    after = [it for it in found if it >= HIT_FROM]
    seen = next((it for it in after if named(first_lines(it))), None)
    red = next((it for it in after if named(first_lines(it, "red"))), None)
    late = first_lines(Quarter(2020, 4))
    every = {part.strip() for part in late.replace(";", ",").replace(":", ",").replace(".", ",").split(",")}
    others = {it for it in every if it.endswith("(synthetic)")} - set(hit)
    return (
        str(len(hit)), str(seen or "never"), str(red or "never"), str(len(named(first_lines(red, "red")))) if red else "–",
        str(len(named(first_lines(Quarter(2020, 3))))), str(len(named(late))), str(len(others)),
    )  # fmt: skip


def quiet_line(quiet: dict[int, dict[Quarter, list[Alarm]]]) -> str:
    """How many quarters of quiet counties are red, and by which figures."""
    quarters = [(seed, quarter, said) for seed, found in quiet.items() for quarter, said in found.items()]
    red = [(seed, quarter, it) for seed, quarter, said in quarters for it in said if it.level == "red"]
    which = "; ".join(f"seed {seed} {quarter}: {it.figure} ({it.kind})" for seed, quarter, it in red) or "none"
    count = len({(seed, quarter) for seed, quarter, _ in red})
    return f"red in {count} of {len(quarters)} quarters of {len(quiet)} quiet counties (goal: at most 1 in 80): {which}"
