"""How the loans of those who move went, and what the challenger says of them; small groups are not shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from feature_store.adapters.loan_lives import LoanLives
from scoring.outcomes import Outcome, OutcomeColumns
from serving.trying.movement import KINDS, Movement
from serving.trying.seen import Seen

LEAST = 20
"""A group of fewer loans or households is suppressed: its rate says little, and might say it of somebody."""

MOST_ASKED = 10_000
"""Of a kind of move about so many households the challenger is asked at most: more would not change a mean that people read."""
SEED = 20170401


def loans_of(seen: Seen, lives: LoanLives, judged: OutcomeColumns) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Rows of the households and outcomes (1 bad, 0 good) of their loans that matured; others are left out."""
    decided = (judged.outcome == Outcome.GOOD) | (judged.outcome == Outcome.BAD)
    rows = np.searchsorted(seen.household_no, lives.household_no)
    rows = np.minimum(rows, max(seen.rows - 1, 0))
    ours = decided & (seen.household_no[rows] == lives.household_no) if seen.rows else np.zeros(len(decided), np.bool_)
    return rows[ours].astype(np.int64), (judged.outcome[ours] == Outcome.BAD).astype(np.int8)


def realised(found: Movement, rows: NDArray[np.int64], bad: NDArray[np.int8]) -> list[dict[str, Any]]:
    """Realised bad rate by kind of move, with Wilson intervals (95 %). rows, bad: (n_loans,)."""
    kinds, made = found.kind[rows], []
    for number, name in enumerate(KINDS):
        mine = kinds == number
        loans, bads = int(mine.sum()), int(bad[mine].sum())
        if not loans:
            continue
        row: dict[str, Any] = {"kind": name, "suppressed": loans < LEAST}
        if loans >= LEAST:
            interval = binomtest(bads, loans).proportion_ci(0.95, "wilson")
            rates = {"rate": bads / loans, "low": interval.low, "high": interval.high}
            row |= {"outcomes": loans, "bad": bads, **{key: f"{it:.6f}" for key, it in rates.items()}}
        made.append(row)
    return made


def to_be_asked(found: Movement) -> NDArray[np.int64]:
    """The movers about whom the challenger is asked: of each kind all, or :data:`MOST_ASKED` drawn, the same ones each time."""
    draw = np.random.default_rng(SEED)
    chosen = []
    for number, name in enumerate(KINDS):
        rows = np.flatnonzero(found.kind == number) if name != "unchanged" else np.zeros(0, np.int64)
        chosen.append(rows if len(rows) <= MOST_ASKED else draw.choice(rows, MOST_ASKED, replace=False))
    return np.sort(np.concatenate(chosen))


def mean_pd(found: Movement, asked: NDArray[np.int64], pd: NDArray[np.float64]) -> list[dict[str, Any]]:
    """The challenger's mean PD by kind of move. asked: rows; pd: theirs, both (n_asked,)."""
    kinds, made, counts = found.kind[asked], [], found.counts()
    for number, name in enumerate(KINDS):
        mine = kinds == number
        if count := int(mine.sum()):
            row: dict[str, Any] = {"kind": name, "suppressed": count < LEAST}
            if count >= LEAST:
                row |= {"households": counts[name], "asked": count, "mean_pd": f"{pd[mine].mean():.6f}"}
            made.append(row)
    return made
