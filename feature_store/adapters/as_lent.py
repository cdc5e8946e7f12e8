"""Loans as their households were seen on the day of disbursement: features, card, segments; nothing learned later.

The observation point of a loan is the start of that day in the county: what was recorded later, about
whatever day, is unknown to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.loan_lives import LoanLives
from feature_store.adapters.point_in_time import Moments, PointInTime, point_in_time
from feature_store.adapters.sorted_statements import micros_of
from feature_store.feature_set import FeatureSet
from feature_store.filing import CIVIL_TIME
from feature_store.quarter import quarter_of
from feature_store.vector import LoanColumns, purpose_codes
from scoring.batch import STATUSES, assess_columns
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy

_GRADED = STATUSES.index("graded")


@dataclass(frozen=True, slots=True, eq=False)
class AsLent:
    """One row a loan. matrix: (n_rows, n_features). score, grade: by the policy in force that day; a household without a
    grade has its status there. village: '' where the household was not registered by then. industry, poverty: words, 'unknown' where missing.
    """

    matrix: NDArray[np.float64]
    score: NDArray[np.int32]
    grade: NDArray[Any]
    village: NDArray[Any]
    industry: NDArray[Any]
    poverty: NDArray[Any]

    def only(self, rows: NDArray[Any]) -> AsLent:
        """Some of the rows."""
        return AsLent(*(getattr(self, part.name)[rows] for part in fields(self)))


def as_lent(
    connection: sa.Connection,
    lives: LoanLives,
    rows: NDArray[np.intp],
    *,
    policies: Sequence[Policy],
    feature_set: FeatureSet,
) -> AsLent:
    """These loans of a loan book, in order of disbursement. policies: ascending; the newest one tells the indicators."""
    disbursed, newest = lives.disbursed[rows], policies[-1]
    seen = _seen(connection, lives, rows, newest, feature_set)
    score, grade = _card(seen, disbursed, newest, policies)
    industry, poverty = (_words(seen, newest, name) for name in ("industry", "poverty_status"))
    return AsLent(seen.matrix, score, grade, seen.villages, industry, poverty)


def begin_of(day: date) -> datetime:
    """The last microsecond before a day begins in the county."""
    begin = datetime(day.year, day.month, day.day, tzinfo=CIVIL_TIME).astimezone(UTC)
    return begin - timedelta(microseconds=1)


def vintages(disbursed: NDArray[np.int64]) -> NDArray[Any]:
    """The quarter of each day number, as 2018Q3; (n,)."""
    distinct, where = np.unique(disbursed, return_inverse=True)
    days = [date.fromordinal(day) for day in distinct.tolist()]
    return np.array([str(quarter_of(day)) for day in days], dtype="U6")[where]


def _seen(
    connection: sa.Connection, lives: LoanLives, rows: NDArray[np.intp], policy: Policy, feature_set: FeatureSet
) -> PointInTime:
    days, where = np.unique(lives.disbursed[rows], return_inverse=True)
    begins = [micros_of(begin_of(date.fromordinal(day))) for day in days.tolist()]
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
    return point_in_time(connection, moments, loan=loan, policy=policy, feature_set=feature_set)


def _card(
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
