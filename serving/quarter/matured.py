"""How many loans of each vintage have come out how, as far as they can be judged."""

from __future__ import annotations

from datetime import date

import numpy as np

from feature_store.adapters.loan_lives import read_lives
from feature_store.filing import civil_day
from feature_store.quarter import Quarter, quarter_of
from scoring.outcomes import Outcome, add_months, outcomes_of
from serving.quarter.step import Result, Work


def outcomes(work: Work) -> Result:
    """Loans by quarter of disbursement and outcome, judged by the policy's definition of bad.

    A vintage is matured once the last day on which its loans could be made lies a whole window back.
    """
    rules, until = work.policy.outcomes, civil_day(work.known_at)
    with work.parts.store.looking(work.known_at) as moment:
        lives = read_lives(moment.connection, known_at=work.known_at)
    found = outcomes_of(
        lives.loan,
        lives.month_end,
        lives.balance,
        lives.days_past_due,
        disbursed=lives.disbursed,
        rules=rules,
        known_until=until,
    )
    days, where = np.unique(lives.disbursed, return_inverse=True)
    of_day = [quarter_of(date.fromordinal(day)) for day in days.tolist()]
    vintages = sorted(set(of_day))
    place = np.array([vintages.index(one) for one in of_day], np.int64)[where]
    counts = np.zeros((len(vintages), len(Outcome)), np.int64)
    np.add.at(counts, (place, found.outcome), 1)
    rows = [
        {
            "vintage": str(vintage),
            "loans": int(row.sum()),
            **_named(row),
            "matured": _matured(vintage, until, rules.window_months),
        }
        for vintage, row in zip(vintages, counts, strict=True)
    ]
    matured = [row for row in rows if row["matured"]]
    return {
        "known_until": until.isoformat(),
        "window_months": rules.window_months,
        "bad_at_least_days": rules.bad_at_least_days,
        "loans": len(lives.disbursed),
        "newest_matured": matured[-1]["vintage"] if matured else None,
        "vintages": rows,
    }


def _named(row: np.typing.NDArray[np.int64]) -> dict[str, int]:
    return {outcome.name.lower(): int(row[outcome]) for outcome in Outcome}


def _matured(vintage: Quarter, until: date, window_months: int) -> bool:
    return add_months(vintage.end, window_months) <= until
