"""The cohort: one row per granted loan whose life can be judged, seen as it was seen on the day of disbursement.

The observation point of a row is the start of that day in the county: what was recorded later,
about whatever day, is unknown to it. A quarter's loans (a *vintage*) come in together, once the last of
them has been observed through its whole window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters.as_lent import as_lent, vintages
from feature_store.adapters.loan_lives import read_lives
from feature_store.adapters.store import Moment
from feature_store.feature_set import FeatureSet
from feature_store.filing import civil_day
from scoring.errors import LushiError
from scoring.outcomes import Outcome, add_months
from scoring.policy.schema import Policy
from training.outcomes import Counted, counted, judge


class NothingToTrain(LushiError):
    """No loan of the county can be judged yet."""


class Policies(Protocol):
    """The approved policies, ascending by the day from which each binds."""

    @property
    def policies(self) -> Sequence[Policy]:
        """All of them."""
        ...


@dataclass(frozen=True, slots=True)
class Cohort:
    """The rows. All arrays (n_rows,) but ``matrix`` (n_rows, n_features); in order of disbursement.

    bad: 1.0 or 0.0. score: the binding score as it would have been that day; grade: its id, or the
    status of a household without one. vintage: as 2018Q3. counted: every loan by outcome and reason.
    left_out: why judged loans are no rows, in words, and how many. known_at: of the outcomes.
    """

    feature_set: FeatureSet
    policy: Policy
    known_at: datetime
    loan_ids: NDArray[Any]
    household_no: NDArray[np.int32]
    disbursed: NDArray[np.int64]
    matrix: NDArray[np.float64]
    bad: NDArray[np.float64]
    score: NDArray[np.int32]
    grade: NDArray[Any]
    vintage: NDArray[Any]
    township: NDArray[Any]
    industry: NDArray[Any]
    poverty: NDArray[Any]
    counted: Counted
    left_out: tuple[tuple[str, int], ...]


def cohort(moment: Moment, policies: Policies, *, feature_set: FeatureSet) -> Cohort:
    """Every judged loan of a whole matured vintage, with its features as known when it was made.

    moment: the outcomes are those known then; the newest policy in force on its day defines them.
    """
    today = civil_day(moment.known_at)
    binding = [policy for policy in policies.policies if policy.effective_from <= today]
    if not binding:
        raise NothingToTrain(f"no approved policy binds by {today.isoformat()}, so no loan can be judged")
    policy = binding[-1]
    lives = read_lives(moment.connection, known_at=moment.known_at)
    found = judge(lives, policy, known_until=today)
    last = _last_matured(today, policy.outcomes.window_months)
    judged = np.isin(found.outcome, (Outcome.GOOD, Outcome.BAD))
    early = judged & (lives.disbursed < binding[0].effective_from.toordinal())
    young = judged & ~early & (lives.disbursed > last.toordinal())
    rows = np.flatnonzero(judged & ~early & ~young)
    rows = rows[np.lexsort((rows, lives.disbursed[rows]))]
    seen = as_lent(moment.connection, lives, rows, policies=binding, feature_set=feature_set)
    there = seen.village != ""
    stranger = int((~there).sum())
    rows, seen = rows[there], seen.only(there)
    return Cohort(
        feature_set=feature_set,
        policy=policy,
        known_at=moment.known_at,
        loan_ids=lives.loan_ids[rows],
        household_no=lives.household_no[rows],
        disbursed=lives.disbursed[rows],
        matrix=seen.matrix,
        bad=(found.outcome[rows] == Outcome.BAD).astype(np.float64),
        score=seen.score,
        grade=seen.grade,
        vintage=vintages(lives.disbursed[rows]),
        township=np.strings.slice(seen.village, 9),
        industry=seen.industry,
        poverty=seen.poverty,
        counted=counted(found),
        left_out=(
            ("made before the first policy", int(early.sum())),
            ("of a vintage that has not matured as a whole", int(young.sum())),
            ("made before anything was known of the household", stranger),
        ),
    )


def _last_matured(today: date, window_months: int) -> date:
    """The last day of the last quarter all of whose loans have been observed through their window."""
    ends = [date.fromordinal(date(year, month, 1).toordinal() - 1) for year in _years(today) for month in (1, 4, 7, 10)]
    return max(end for end in ends if add_months(end, window_months) <= today)


def _years(today: date) -> range:
    return range(today.year - 7, today.year + 1)
