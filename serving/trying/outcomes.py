"""The binding outcome of every household under a policy: status, grade, limit, and what may be lent on which terms.

Of a household without a grade only the status counts: nothing is lent to it, whatever else stands in the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from scoring.areas import TOWNSHIP_DIGITS
from scoring.batch import STATUSES, assess_columns
from scoring.credit_file import STALE
from scoring.freshness import columns_on
from scoring.policy.compiled import Compiled, compiled
from scoring.policy.elements import Test
from scoring.policy.schema import Policy
from serving.trying.seen import Seen


@dataclass(frozen=True, slots=True)
class Open:
    """A product open to a household: its most in yuan, longest term, yearly rates by term, subsidy (0-1)."""

    product: str
    limit_cny: Decimal
    rates: tuple[tuple[int, Decimal], ...]
    subsidy_share: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """A binding outcome. grade: '' for none. offers: what is open; empty where something blocks."""

    status: str
    grade: str
    limit_cny: Decimal
    blocks: tuple[str, ...]
    offers: tuple[Open, ...]

    @property
    def standing(self) -> str:
        """The grade, or the status of a household without one."""
        return self.grade or self.status

    @property
    def lendable_cny(self) -> Decimal:
        """The most that some product lends; 0 where something blocks."""
        return max((it.limit_cny for it in self.offers), default=Decimal(0))


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Everybody under one policy. outcome: positions in the book, int32 (n_rows,). score: points, -1 where withheld."""

    outcome: NDArray[np.int32]
    score: NDArray[np.int16]


class Book:
    """Every different outcome met in a trial, each once, whichever policies gave it."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self._places: dict[Outcome, int] = {}

    def place(self, outcome: Outcome) -> int:
        """The position of an outcome, noted where it is new."""
        if outcome not in self._places:
            self._places[outcome] = len(self.outcomes)
            self.outcomes.append(outcome)
        return self._places[outcome]

    def fen(self) -> NDArray[np.int64]:
        """The limit of each outcome in fen."""
        return np.array([int(it.limit_cny * 100) for it in self.outcomes], np.int64)

    def lendable_fen(self) -> NDArray[np.int64]:
        """The most lent under each outcome in fen."""
        return np.array([int(it.lendable_cny * 100) for it in self.outcomes], np.int64)

    def standings(self) -> NDArray[np.int32]:
        """A number for each outcome's standing: equal exactly where the standings are."""
        names: dict[str, int] = {}
        return np.array([names.setdefault(it.standing, len(names)) for it in self.outcomes], np.int32)


def judge(seen: Seen, policy: Policy, book: Book) -> Judged:
    """Everybody's outcome under a policy, exactly as one household's assessment gives it."""
    table = compiled(policy)
    codes, observed, valid_until = seen.arranged(policy)
    columns = assess_columns(table, codes, observed, valid_until, on=seen.on)
    terms = policy.terms
    marked = columns_on(table, codes, observed, valid_until, on=seen.on)
    digits: list[tuple[NDArray[np.int64], int]] = [
        (columns.status.astype(np.int64), len(STATUSES)),
        (columns.grade.astype(np.int64) + 1, len(policy.grades) + 1),
    ]
    digits += [(_condition(marked[table.positions[test.indicator]], test), 3) for test, _ in terms.conditions]
    digits += [(_open_to(marked, table, it.only), 2) for it in terms.products]
    digits += [(it.astype(np.int64), 2) for it in _stopped(seen, policy)]
    key = reduce(lambda made, digit: made * digit[1] + digit[0], digits, np.zeros(seen.rows, np.int64))
    distinct, where = np.unique(key, return_inverse=True)
    places = [book.place(_outcome(_digits(int(one), [base for _, base in digits]), policy)) for one in distinct]
    score = np.where(columns.status == STATUSES.index("withheld"), -1, columns.score).astype(np.int16)
    return Judged(np.array(places, np.int32)[where], score)


def _condition(codes: NDArray[np.int32], test: Test) -> NDArray[np.int64]:
    """0 met, 1 unknown, 2 not met."""
    found: NDArray[np.int64] = np.where(codes <= STALE, 1, np.where(_holds(codes, test), 0, 2)).astype(np.int64)
    return found


def _open_to(codes: NDArray[np.int32], table: Compiled, only: Test | None) -> NDArray[np.int64]:
    if only is None:
        return np.ones(codes.shape[1], np.int64)
    column = codes[table.positions[only.indicator]]
    open_to: NDArray[np.bool_] = (column > STALE) & _holds(column, only)
    return open_to.astype(np.int64)


def _holds(codes: NDArray[np.int32], test: Test) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = (codes >= test.low) & (codes <= test.high)
    return held & np.isin(codes, test.codes) if test.codes else held


def _stopped(seen: Seen, policy: Policy) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each household's village, and its township, is stopped."""
    stopped = seen.stops.stopped(policy)
    if not stopped:
        return np.zeros(seen.rows, np.bool_), np.zeros(seen.rows, np.bool_)
    villages, where = np.unique(seen.villages, return_inverse=True)
    village = np.array([str(code) in stopped for code in villages])
    township = np.array([str(code)[:TOWNSHIP_DIGITS] in stopped for code in villages])
    return village[where], township[where]


def _digits(key: int, bases: list[int]) -> list[int]:
    found = []
    for base in reversed(bases):
        key, digit = divmod(key, base)
        found.append(digit)
    return found[::-1]


def _outcome(digits: list[int], policy: Policy) -> Outcome:
    status, grade, *rest = digits
    if grade == 0:
        return Outcome(STATUSES[status], "", Decimal(0), (), ())
    conditions, products = policy.terms.conditions, policy.terms.products
    met, open_to, stops = rest[: len(conditions)], rest[len(conditions) : -2], rest[-2:]
    blocks = [name for name, one in zip(("village_stopped", "township_stopped"), stops, strict=True) if one]
    blocks += [("condition_unknown", it[1])[state - 1] for it, state in zip(conditions, met, strict=True) if state]
    band = policy.grades[grade - 1]
    offers = tuple(
        Open(
            it.id,
            band.limit_cny if it.cap_cny is None else min(band.limit_cny, it.cap_cny),
            tuple((rate.up_to_months, rate.rate) for rate in it.rates),
            it.subsidy_share,
        )
        for it, one in zip(products, open_to, strict=True)
        if one
    )
    unique = tuple(dict.fromkeys(blocks))
    return Outcome(STATUSES[status], band.id, band.limit_cny, unique, () if unique else offers)
