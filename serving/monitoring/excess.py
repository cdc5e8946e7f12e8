"""Where more loans fall late than earlier ones did at the same age: by township, purpose, industry, bank and fifth of PD.

Every month that a loan lived through in the newest quarter is compared with the same month of life of loans that lived it earlier: nothing waits
until a whole vintage is old enough, and no loan counts in a month that it has not been seen through. Two reports on end share no month, so that
what stands in both of them stood the test twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.early_excess import Excess, early_excess
from serving.monitoring.early import about, fifths
from serving.monitoring.figure import About, Figure
from serving.monitoring.frame import Flags, Ints, Period, Texts
from serving.monitoring.population import together

FIGURE = "early.excess"
OLDEST = 12
"""Months of a loan's life that are looked at."""
WINDOW, GAP, EARLIER = 3, 3, 36
"""Months back from the newest known: those of now, those left out, where a change may have begun, and those they are compared with."""
KINDS = ("township", "purpose", "industry", "bank", "pd_fifth")


def figures(period: Period) -> list[Figure]:
    """The excess over everything and by part; none where nothing is known of single months.

    The chances of all parts of every kind are adjusted as one family: each of them is a way in which the same loans may raise an alarm.
    """
    loans = period.loans
    if loans is None or loans.months_seen is None or loans.first_late is None or not len(loans):
        return []
    purpose = loans.segments.get("purpose", np.zeros(len(loans), "U1"))
    every = np.ones(len(loans), np.bool_)
    now, then = (
        Lived.of(loans.months_seen, loans.first_late, purpose, newest=newest, oldest=oldest)
        for newest, oldest in ((0, WINDOW), (WINDOW + GAP, WINDOW + GAP + EARLIER))
    )
    whole = _compared(period, "", np.full(len(loans), "all"), now, then, every)
    labels = {**loans.segments, "pd_fifth": fifths(loans.pd, of=loans.months_seen > 0)}
    parts: list[Figure] = []
    for kind in KINDS:
        if kind in labels:
            fair = loans.unseen if kind == "pd_fifth" else every  # a model knows its own loans too well
            parts += _compared(period, kind, labels[kind], now, then, fair)
    return [*whole, *together(parts)]


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """Months that loans not late before lived through in a stretch of time, one row each.

    loan: whose, (n_months,). stratum: the month of its life with the loan's purpose. late: whether it was late in that month for the first time.
    """

    loan: Ints
    stratum: Ints
    late: Flags
    strata: int

    @classmethod
    def of(cls, seen: Ints, first: Ints, purpose: Texts, *, newest: int, oldest: int) -> Lived:
        """Those that ended from ``newest`` to below ``oldest`` months before the newest known."""
        names, kind = np.unique(purpose, return_inverse=True)
        loans, strata, late = [], [], []
        for month in range(1, OLDEST + 1):
            since = seen - month
            here = np.flatnonzero((first >= month) & (since >= newest) & (since < oldest))
            loans.append(here)
            strata.append((month - 1) * len(names) + kind[here])
            late.append(first[here] == month)
        return cls(np.concatenate(loans), np.concatenate(strata), np.concatenate(late), OLDEST * len(names))

    def counted(self, part: Ints, parts: int) -> tuple[Ints, Ints, Ints]:
        """By part, first the late and the months by stratum, (parts, strata), then the loans, (parts,). part: of each loan, below 0 for none."""
        mine = part[self.loan]
        known = mine >= 0
        cell = mine[known] * self.strata + self.stratum[known]
        late, there = (
            np.bincount(it, minlength=parts * self.strata).reshape(parts, self.strata)
            for it in (cell[self.late[known]], cell)
        )
        return late, there, np.bincount(part[np.unique(self.loan[known])], minlength=parts)


def _compared(period: Period, kind: str, column: Texts, now: Lived, then: Lived, fair: Flags) -> list[Figure]:
    """The figure of every part of a column, in order; the unknown part '' is left out. kind: '' for everything."""
    names, place = np.unique(column, return_inverse=True)
    part = np.where(fair & (column != ""), place, -1)
    (late_now, there_now, loans_now), (late_then, there_then, loans_then) = (
        it.counted(part, len(names)) for it in (now, then)
    )
    found = []
    for row, name in enumerate(names.tolist()):
        if name:
            excess = early_excess(late_now[row], there_now[row], late_then[row], there_then[row])
            found.append(
                _figure(excess, loans_now[row], loans_then[row], about(period, kind, name) if kind else About())
            )
    return found


def _figure(excess: Excess, n: int, reference_n: int, what: About) -> Figure:
    return Figure(
        FIGURE, excess.ratio, int(n), what, "ratio", excess.low, excess.high, reference=1.0, reference_n=int(reference_n), p=excess.p,
    )  # fmt: skip
