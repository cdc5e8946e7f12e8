"""What became of the county's loans: outcomes by the policy's rules, and five classes by the rules of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters.loan_lives import LoanLives
from scoring.outcomes import Outcome, OutcomeColumns, Why, loan_classes, outcomes_of
from scoring.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class Counted:
    """How many loans came out how, and why: (outcome, reason, loans), in the order of the words."""

    rows: tuple[tuple[Outcome, Why, int], ...]

    def of(self, outcome: Outcome) -> int:
        """Loans with an outcome."""
        return sum(count for it, _, count in self.rows if it is outcome)


def judge(lives: LoanLives, policy: Policy, *, known_until: date) -> OutcomeColumns:
    """Every loan's outcome. known_until: the day up to which its months are known."""
    return outcomes_of(
        lives.loan,
        lives.month_end,
        lives.balance,
        lives.days_past_due,
        disbursed=lives.disbursed,
        rules=policy.outcomes,
        known_until=known_until,
    )


def counted(found: OutcomeColumns) -> Counted:
    """Loans by outcome and reason."""
    pairs, counts = np.unique(np.stack([found.outcome, found.why]), axis=1, return_counts=True)
    rows = zip(*pairs.tolist(), counts.tolist(), strict=True)
    return Counted(tuple((Outcome(outcome), Why(why), count) for outcome, why, count in rows))


def class_names(
    policies: Sequence[Policy], month_end: NDArray[np.int64], days_past_due: NDArray[np.int32]
) -> NDArray[Any]:
    """The five-class name of each statement by the rule in force on its day; '' before the first policy.

    policies: ascending by the day from which each binds.
    """
    found = np.full(len(month_end), "", dtype="U60")
    for policy in policies:
        binds = month_end >= policy.effective_from.toordinal()
        if policy.effective_to is not None:
            binds &= month_end <= policy.effective_to.toordinal()
        names = np.array([it.id for it in policy.areas.classes], dtype="U60")
        found[binds] = names[loan_classes(policy.areas, days_past_due[binds])]
    return found
