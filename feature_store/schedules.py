"""The repayment schedules of loans: which sum is due on which day, as agreed or as agreed anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feature_store.cells import dates_of, numbers_of
from feature_store.columns import check_header, needed_text, numbers_known, repeated
from feature_store.faults import Findings
from feature_store.known import Known

COLUMNS = ("loan_id", "due_on", "due_cny")
_MOST_CENTS = 10**12 * 100 - 1


@dataclass(frozen=True, slots=True)
class ScheduleRows:
    """Sums due. loans: numbers int32; due_on: day numbers; cents: due in fen; all (n_rows,)."""

    loans: NDArray[np.int32]
    due_on: NDArray[np.int64]
    cents: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.loans)

    def rows(self) -> Iterator[tuple[int, date, Decimal]]:
        """(loan number, day, yuan) of each."""
        for loan, day, cents in zip(self.loans.tolist(), self.due_on.tolist(), self.cents.tolist(), strict=True):
            yield loan, date.fromordinal(day), Decimal(cents).scaleb(-2)


def check_schedules(frame: pl.DataFrame, findings: Findings, *, known: Known) -> ScheduleRows | None:
    """The sums due that may be stored, and every fault of the others. Days may lie in the future."""
    if not check_header(frame, findings, must=COLUMNS):
        return None
    if not frame.height:
        findings.whole("the file has a header but no rows", "Export it again, or leave it out")
        return None
    ids = needed_text(frame, "loan_id", findings, most=60)
    numbers, found = numbers_known(ids, known.loans())
    stranger = ~found & (ids != "").to_numpy()
    findings.rows(stranger, "loan_id", "the loan is not in the loan book", "Import it with the file of loans first")
    days, bad = dates_of(frame.get_column("due_on"))
    bad = bad | (days == 0)
    findings.rows(bad, "due_on", "the cell is not a date", "Write YYYY-MM-DD")
    twice = repeated(pl.Series(np.char.add(numbers.astype(str), np.char.add("/", days.astype(str)))))
    findings.rows(twice & found & ~bad, "due_on", "the loan's day stands in the file more than once", "Add both sums")
    cents, bad = numbers_of(frame.get_column("due_cny"), decimals=2, low=0, high=_MOST_CENTS)
    findings.rows(bad, "due_cny", "the value is not a sum from zero", "Write yuan with at most 2 decimals")
    keep = ~findings.bad(frame.height)
    return ScheduleRows(numbers[keep], days[keep], cents[keep])
