"""The cohort: one row per granted loan whose life can be judged, seen as it was seen on the day of disbursement.

The observation point of a row is the start of that day in the county: what was recorded later,
about whatever day, is unknown to it. A quarter's loans (a *vintage*) come in together, once the last of
them has been observed through its whole window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters.loan_lives import LoanLives, read_lives
from feature_store.adapters.point_in_time import Moments, PointInTime, point_in_time
from feature_store.adapters.sorted_statements import micros_of
from feature_store.adapters.store import Moment
from feature_store.feature_set import FeatureSet
from feature_store.filing import CIVIL_TIME, civil_day
from feature_store.quarter import quarter_of
from feature_store.vector import LoanColumns, purpose_codes
from scoring.batch import STATUSES, assess_columns
from scoring.errors import LushiError
from scoring.outcomes import Outcome, add_months
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy
from training.outcomes import Counted, counted, judge

_GRADED = STATUSES.index("graded")


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
    seen = _as_seen(moment, lives, rows, policy, feature_set)
    there = seen.villages != ""
    stranger = int((~there).sum())
    rows, seen = rows[there], _taken(seen, there)
    score, grade = _binding(seen, lives.disbursed[rows], policy, binding)
    words = {name: _words(seen, policy, name) for name in ("industry", "poverty_status")}
    return Cohort(
        feature_set=feature_set,
        policy=policy,
        known_at=moment.known_at,
        loan_ids=lives.loan_ids[rows],
        household_no=lives.household_no[rows],
        disbursed=lives.disbursed[rows],
        matrix=seen.matrix,
        bad=(found.outcome[rows] == Outcome.BAD).astype(np.float64),
        score=score,
        grade=grade,
        vintage=vintages(lives.disbursed[rows]),
        township=np.strings.slice(seen.villages, 9),
        industry=words["industry"],
        poverty=words["poverty_status"],
        counted=counted(found),
        left_out=(
            ("made before the first policy", int(early.sum())),
            ("of a vintage that has not matured as a whole", int(young.sum())),
            ("made before anything was known of the household", stranger),
        ),
    )


def vintages(disbursed: NDArray[np.int64]) -> NDArray[Any]:
    """The quarter of each day number, as 2018Q3; (n,)."""
    distinct, where = np.unique(disbursed, return_inverse=True)
    days = [date.fromordinal(day) for day in distinct.tolist()]
    return np.array([str(quarter_of(day)) for day in days], dtype="U6")[where]


def _last_matured(today: date, window_months: int) -> date:
    """The last day of the last quarter all of whose loans have been observed through their window."""
    ends = [date.fromordinal(date(year, month, 1).toordinal() - 1) for year in _years(today) for month in (1, 4, 7, 10)]
    return max(end for end in ends if add_months(end, window_months) <= today)


def _years(today: date) -> range:
    return range(today.year - 7, today.year + 1)


def _as_seen(
    moment: Moment, lives: LoanLives, rows: NDArray[np.intp], policy: Policy, feature_set: FeatureSet
) -> PointInTime:
    days, where = np.unique(lives.disbursed[rows], return_inverse=True)
    begins = [_begin_of(date.fromordinal(day)) for day in days.tolist()]
    moments = Moments(
        household_no=lives.household_no[rows],
        on=lives.disbursed[rows].astype(np.int32),
        known_at=np.array(begins, np.int64)[where],
    )
    loan = LoanColumns(
        amount_cny=lives.amount_cny[rows],
        term_months=lives.term_months[rows].astype(np.float64),
        purpose=purpose_codes(feature_set, lives.purpose[rows].tolist()),
    )
    return point_in_time(moment.connection, moments, loan=loan, policy=policy, feature_set=feature_set)


def _begin_of(day: date) -> int:
    """The last microsecond before a day begins in the county, from 1970."""
    begin = datetime(day.year, day.month, day.day, tzinfo=CIVIL_TIME).astimezone(UTC)
    return micros_of(begin - timedelta(microseconds=1))


def _taken(seen: PointInTime, rows: NDArray[np.bool_]) -> PointInTime:
    area = type(seen.area)(seen.area.bad_ratio[rows], seen.area.n_loans[rows])
    return PointInTime(
        seen.matrix[rows],
        seen.codes[:, rows],
        seen.observed[:, rows],
        seen.valid_until[:, rows],
        seen.villages[rows],
        area,
    )


def _binding(
    seen: PointInTime, disbursed: NDArray[np.int64], newest: Policy, policies: Sequence[Policy]
) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """Each row's score and grade by the policy in force on its day."""
    score, grade = np.zeros(len(disbursed), np.int32), np.full(len(disbursed), "", dtype="U20")
    place = {it.id: row for row, it in enumerate(newest.indicators)}
    sources = {it.id: row for row, it in enumerate(newest.sources)}
    rows_of = {
        policy.id: (
            [place[it.id] for it in policy.indicators if it.id in place],
            [sources[it.id] for it in policy.sources if it.id in sources],
        )
        for policy in policies
    }
    starts = np.flatnonzero(np.diff(disbursed, prepend=-1))
    for start, end in zip(starts, np.append(starts, len(disbursed))[1:], strict=True):
        day = date.fromordinal(int(disbursed[start]))
        policy = [it for it in policies if it.effective_from <= day][-1]
        indicators, reporting = rows_of[policy.id]
        one_day = slice(start, end)
        columns = assess_columns(
            compiled(policy),
            np.ascontiguousarray(seen.codes[indicators, one_day]),
            seen.observed[reporting, one_day],
            seen.valid_until[reporting, one_day],
            on=day,
        )
        score[one_day] = columns.score
        names = np.array([*STATUSES, *(it.id for it in policy.grades)])
        grade[one_day] = names[np.where(columns.status == _GRADED, len(STATUSES) + columns.grade, columns.status)]
    return score, grade


def _words(seen: PointInTime, policy: Policy, name: str) -> NDArray[Any]:
    """A category's words of each row, 'unknown' where it was missing; '' where the policy has no such item."""
    row = next((row for row, it in enumerate(policy.indicators) if it.id == name), None)
    if row is None:
        return np.full(seen.codes.shape[1], "", dtype="U1")
    words = np.array([*policy.indicators[row].categories, "unknown"])
    codes = seen.codes[row]
    return words[np.where(codes < 0, len(words) - 1, codes)]
