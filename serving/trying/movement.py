"""Who moves between two judgements, and how: each household has one kind of move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.policy.schema import Policy
from serving.trying.outcomes import Book, Judged, Outcome

KINDS = ("newly_granted", "newly_refused", "higher", "lower", "other_status", "terms", "unchanged")
"""A household's move; 'terms': same grade, but another limit, or other loans open or on other terms."""
UNCHANGED, TERMS = KINDS.index("unchanged"), KINDS.index("terms")
NO_GRADE = ("below_a", "vetoed", "withheld")


class Ranks:
    """The order of grades of two policies: by place where both have the same ones, by limit otherwise."""

    def __init__(self, before: Policy, after: Policy) -> None:
        ids = [it.id for it in before.grades]
        self._places = {it: n for n, it in enumerate(ids)} if ids == [it.id for it in after.grades] else None
        both = {it.id: it for policy in (after, before) for it in policy.grades}
        self.grades: tuple[str, ...] = tuple(sorted(both, key=lambda it: both[it].limit_cny))

    def kind(self, before: Outcome, after: Outcome) -> int:
        """The kind of move from one outcome to another, as position in :data:`KINDS`."""
        if before == after:
            return UNCHANGED
        if before.grade == after.grade:
            return TERMS if before.grade else KINDS.index("other_status")
        if not before.grade or not after.grade:
            return KINDS.index("newly_refused" if before.grade else "newly_granted")
        if self._places is not None:
            up = self._places[after.grade] > self._places[before.grade]
        elif after.limit_cny != before.limit_cny:
            up = after.limit_cny > before.limit_cny
        else:
            return TERMS
        return KINDS.index("higher" if up else "lower")


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """Everybody's move. kind: positions in :data:`KINDS`, int8 (n_rows,).

    pairs: (before, after) positions in the book to how many households went that way.
    """

    kind: NDArray[np.int8]
    pairs: dict[tuple[int, int], int]

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Whose outcome is another one in any way."""
        found: NDArray[np.bool_] = self.kind != UNCHANGED
        return found

    def counts(self, rows: NDArray[np.bool_] | None = None) -> dict[str, int]:
        """Households by kind of move, of all or of some rows."""
        kind = self.kind if rows is None else self.kind[rows]
        return {name: int(n) for name, n in zip(KINDS, np.bincount(kind, minlength=len(KINDS)), strict=True)}


def movement(before: Judged, after: Judged, book: Book, ranks: Ranks) -> Movement:
    """Compare two judgements of the same households."""
    size = len(book.outcomes)
    key = before.outcome.astype(np.int64) * size + after.outcome
    distinct, where, count = np.unique(key, return_inverse=True, return_counts=True)
    pairs = {divmod(int(one), size): int(n) for one, n in zip(distinct, count, strict=True)}
    kinds = [ranks.kind(book.outcomes[a], book.outcomes[b]) for a, b in pairs]
    return Movement(np.array(kinds, np.int8)[where], pairs)


def matrix(found: Movement, book: Book, ranks: Ranks) -> tuple[list[str], list[list[int]]]:
    """Standings, best grade first, and households from each (row) to each (column)."""
    names = [*reversed(ranks.grades), *NO_GRADE]
    cells = [[0] * len(names) for _ in names]
    for (before, after), count in found.pairs.items():
        cells[names.index(book.outcomes[before].standing)][names.index(book.outcomes[after].standing)] += count
    return names, cells


def products(found: Movement, book: Book, *, same_grade: bool = False) -> dict[str, dict[str, int]]:
    """Of each product: households to which it opens, closes, and stays open on other terms (only where some).

    same_grade: only of households that keep their grade.
    """
    made: dict[str, dict[str, int]] = {}
    for (before, after), count in found.pairs.items():
        if same_grade and book.outcomes[before].standing != book.outcomes[after].standing:
            continue
        was = {it.product: it for it in book.outcomes[before].offers}
        now = {it.product: it for it in book.outcomes[after].offers}
        for name in {*was, *now}:
            if was.get(name) != now.get(name):
                what = "opens" if name not in was else "closes" if name not in now else "other_terms"
                row = made.setdefault(name, {"opens": 0, "closes": 0, "other_terms": 0})
                row[what] += count
    return dict(sorted(made.items()))
