"""The model's vector: one builder for training (many rows) and serving (one row).

Columns in, matrix out. Nothing here knows where the columns come from: training reads them as known at
each observation point, serving from the credit file of the moment; a test holds both to be identical.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feature_store.feature_set import FeatureSet
from scoring.credit_file import MISSING, STALE, CreditFile
from scoring.policy.schema import Policy

Codes = NDArray[np.int32]
Matrix = NDArray[np.float64]
HISTORY_QUARTERS = (2, 4)
"""How many quarter ends the history looks back: half a year and a year."""
UNKNOWN_PURPOSE = -1
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class LoanColumns:
    """The loans asked for. All (n_rows,); purpose: position in :func:`purposes`, -1 for another."""

    amount_cny: NDArray[np.float64]
    term_months: NDArray[np.float64]
    purpose: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class AreaColumns:
    """The villages' loan books at the last month end known, bad balance over balance (0–1). Both (n_rows,).

    Not a number where no month end of the village is known.
    """

    bad_ratio: NDArray[np.float64]
    n_loans: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LoanAsked:
    """One loan asked for; purpose: its id in the policy."""

    amount_cny: float
    term_months: int
    purpose: str


@dataclass(frozen=True, slots=True)
class AreaBook:
    """One village's loan book at the last month end known; NaN where there is none."""

    bad_ratio: float = float("nan")
    n_loans: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """A feature set over one policy's order of codes, ready to run.

    positions: code rows used, (k,); scale: what a code is divided by, (k, 1); ranked: row of ``positions``
        to the rank of each category code. Then per kind: columns of the matrix and rows to fill them from.
    rising: for *worst*, whether more is riskier, (n_worst, 1).
    """

    positions: NDArray[np.intp]
    scale: NDArray[np.float64]
    ranked: tuple[tuple[int, NDArray[np.float64]], ...]
    now: tuple[NDArray[np.intp], NDArray[np.intp]]
    past: tuple[NDArray[np.intp], NDArray[np.intp]]
    worst: tuple[NDArray[np.intp], NDArray[np.intp]]
    rising: NDArray[np.bool_]
    ages: tuple[NDArray[np.intp], NDArray[np.intp]]
    given: tuple[tuple[int, str, str], ...]
    ids: tuple[str, ...]
    sources: tuple[str, ...]


def history_dates(on: date) -> tuple[date, date]:
    """The days of the history: two and four quarter ends before the last one on or before ``on``.

    >>> history_dates(date(2019, 5, 15))
    (datetime.date(2018, 9, 30), datetime.date(2018, 3, 31))
    >>> history_dates(date(2019, 3, 31))
    (datetime.date(2018, 9, 30), datetime.date(2018, 3, 31))
    """
    tomorrow = date.fromordinal(on.toordinal() + 1)
    begun = tomorrow.year * 4 + (tomorrow.month - 1) // 3
    half, whole = (_day_before_quarter(begun - back) for back in HISTORY_QUARTERS)
    return half, whole


def purposes(feature_set: FeatureSet) -> tuple[str, ...]:
    """The purposes in the order of their positions; empty where the set does not look at the purpose."""
    return next((it.values for it in feature_set.features if (it.kind, it.of) == ("loan", "purpose")), ())


def purpose_codes(feature_set: FeatureSet, words: Sequence[str]) -> NDArray[np.int32]:
    """The positions of purposes given by id, -1 for one that the set does not know; (n_rows,)."""
    places = {word: place for place, word in enumerate(purposes(feature_set))}
    return np.array([places.get(word, UNKNOWN_PURPOSE) for word in words], np.int32)


def area_book(month_ends: Sequence[tuple[date, Decimal, Decimal, int]]) -> AreaBook:
    """A village's book from its (month_end, balance_cny, bad_balance_cny, loans), oldest first: the last one."""
    if not month_ends:
        return AreaBook()
    _, balance_cny, bad_balance_cny, n_loans = month_ends[-1]
    # In whole fen, as the columns have them: both ways then divide the same two numbers.
    balance, bad = int(balance_cny * 100), int(bad_balance_cny * 100)
    return AreaBook(bad / balance if balance else 0.0, float(n_loans))


def vectors(
    feature_set: FeatureSet,
    policy: Policy,
    *,
    now: Codes,
    past: Sequence[Codes],
    observed: NDArray[np.int32],
    loan: LoanColumns,
    area: AreaColumns,
    on: NDArray[np.int32],
) -> Matrix:
    """The matrix, float64 (n_rows, n_features); NaN where a value is missing.

    now: codes (n_indicators, n_rows) in the policy's order, without marks for staleness. past: the same
    at each of :func:`history_dates`, half a year ago first. observed: day numbers at which each source
    last reported, (n_sources, n_rows), 0 for never. on: day numbers of the observation points, (n_rows,).
    """
    plan = _plan(feature_set, policy)
    # Features by rows while it is filled: every step is then one pass over memory in order.
    filled = np.empty((len(feature_set.features), now.shape[1]))
    today = _decoded(plan, now)
    column, row = plan.now
    filled[column] = today[row]
    if len(plan.past[0]) or len(plan.worst[0]):
        half, whole = (_decoded(plan, codes) for codes in past)
        column, row = plan.past
        filled[column] = today[row] - whole[row]
        column, row = plan.worst
        three = [it[row] for it in (today, half, whole)]
        most = np.fmax(np.fmax(three[0], three[1]), three[2])
        least = np.fmin(np.fmin(three[0], three[1]), three[2])
        filled[column] = np.where(plan.rising, most, least)
    column, row = plan.ages
    seen = observed[row]
    filled[column] = np.where(seen > 0, (on - seen) / _DAYS_A_MONTH, np.nan)
    for place, kind, of in plan.given:
        values = getattr(loan if kind == "loan" else area, of)
        filled[place] = np.where(values < 0, np.nan, values) if of == "purpose" else values
    return np.ascontiguousarray(filled.T)


def vector_of(
    feature_set: FeatureSet,
    policy: Policy,
    *,
    now: CreditFile,
    past: Sequence[CreditFile | None],
    loan: LoanAsked,
    area: AreaBook,
    on: date,
) -> Matrix:
    """One household's vector, float64 (1, n_features), from its credit files of one knowledge time.

    now: the file on ``on``; past: on each of :func:`history_dates`, None where it was not yet registered.
    """
    plan = _plan(feature_set, policy)
    observed = [[0 if (it := now.sources.get(name)) is None else it.observed_on.toordinal()] for name in plan.sources]
    return vectors(
        feature_set,
        policy,
        now=_codes_of(plan, now),
        past=[_codes_of(plan, file) for file in past],
        observed=np.array(observed, np.int32),
        loan=LoanColumns(
            np.array([loan.amount_cny], np.float64),
            np.array([loan.term_months], np.float64),
            purpose_codes(feature_set, [loan.purpose]),
        ),
        area=AreaColumns(np.array([area.bad_ratio]), np.array([area.n_loans])),
        on=np.array([on.toordinal()], np.int32),
    )


def _codes_of(plan: _Plan, file: CreditFile | None) -> Codes:
    if file is None:
        return np.full((len(plan.ids), 1), MISSING, np.int32)
    return np.array(list(map(file.codes.get, plan.ids, repeat(MISSING))), np.int32).reshape(-1, 1)


def _decoded(plan: _Plan, codes: Codes) -> Matrix:
    """The used indicators' values, (k, n_rows); NaN where missing."""
    chosen = codes[plan.positions]
    values = chosen / plan.scale
    for row, ranks in plan.ranked:
        values[row] = ranks[np.clip(chosen[row], 0, len(ranks) - 1)]
    values[chosen <= STALE] = np.nan
    return values


@lru_cache(maxsize=16)
def _plan(feature_set: FeatureSet, policy: Policy) -> _Plan:
    place = {it.id: number for number, it in enumerate(policy.indicators)}
    used: dict[str, int] = {}
    columns: dict[str, list[tuple[int, int]]] = {"indicator": [], "past": [], "worst": [], "age_of_report": []}
    sources = tuple(source.id for source in policy.sources)
    given: list[tuple[int, str, str]] = []
    ranked: dict[int, NDArray[np.float64]] = {}
    for column, feature in enumerate(feature_set.features):
        if feature.indicator is not None:
            row = used.setdefault(feature.indicator, len(used))
            columns[feature.kind].append((column, row))
            words = policy.indicators[place[feature.indicator]].categories
            if words and feature.values != words:
                ranked[row] = np.array([feature.values.index(word) for word in words], np.float64)
        elif feature.kind == "age_of_report":
            columns[feature.kind].append((column, sources.index(feature.of)))
        else:
            given.append((column, feature.kind, feature.of))
    pairs = {kind: _columns(found) for kind, found in columns.items()}
    rising = [it.monotone > 0 for it in feature_set.features if it.kind == "worst"]
    scale = [10.0 ** policy.indicators[place[name]].decimals for name in used]
    return _Plan(
        positions=np.array([place[name] for name in used], np.intp),
        scale=np.array(scale).reshape(-1, 1),
        ranked=tuple(ranked.items()),
        now=pairs["indicator"],
        past=pairs["past"],
        worst=pairs["worst"],
        rising=np.array(rising, np.bool_).reshape(-1, 1),
        ages=pairs["age_of_report"],
        given=tuple(given),
        ids=tuple(place),
        sources=sources,
    )


def _columns(pairs: list[tuple[int, int]]) -> tuple[NDArray[Any], NDArray[Any]]:
    both = np.array(pairs, np.intp).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _day_before_quarter(number: int) -> date:
    """The last day before a quarter begins; quarters are numbered year * 4 + (0 to 3)."""
    year, quarter = divmod(number, 4)
    return date.fromordinal(date(year, quarter * 3 + 1, 1).toordinal() - 1)
