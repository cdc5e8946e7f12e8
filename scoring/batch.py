"""A county at a time: the same compiled tables and the same order of law, over columns.

Equal to :func:`scoring.assess.assess` row by row (a law in the tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scoring.credit_file import MISSING, STALE
from scoring.freshness import Ordinals, columns_on
from scoring.points import Codes, tally_columns
from scoring.policy.compiled import Compiled
from scoring.policy.elements import Test
from scoring.vetoes import fired_columns

STATUSES = ("graded", "below_a", "vetoed", "withheld")


@dataclass(frozen=True, slots=True)
class Columns:
    """The outcome of many households.

    status: index into :data:`STATUSES`, (n_rows,). grade: index into the policy's grades, -1 for
    none, (n_rows,). without_vetoes: the same by score alone. score: (n_rows,). by_heading: capped
    points, (n_headings, n_rows). fired: (n_vetoes, n_rows). known: scored items known, (n_rows,).
    """

    status: npt.NDArray[np.int8]
    grade: npt.NDArray[np.int8]
    without_vetoes: npt.NDArray[np.int8]
    score: npt.NDArray[np.int16]
    by_heading: npt.NDArray[np.int16]
    fired: npt.NDArray[np.bool_]
    known: npt.NDArray[np.int16]


def assess_columns(table: Compiled, codes: Codes, observed: Ordinals, valid_until: Ordinals, *, on: date) -> Columns:
    """Assess many households on a day.

    codes: (n_indicators, n_rows) in the policy's order. observed, valid_until: day numbers,
    (n_sources, n_rows), 0 for never reported or no expiry.
    """
    codes = columns_on(table, codes, observed, valid_until, on=on)
    by_heading = tally_columns(table, codes)
    score = (by_heading.sum(axis=0) + table.policy.base_points).astype(np.int16)
    without = _bands(table, score)
    fired = fired_columns(table, codes, on)
    vetoed = fired.any(axis=0)
    unknown = np.zeros(codes.shape[1], dtype=np.int16)
    for item in table.items:
        unknown += codes[item.position] <= STALE
    withheld = _withheld(table, codes, without, unknown)
    status = np.where(vetoed, 2, np.where(withheld, 3, np.where(without < 0, 1, 0))).astype(np.int8)
    grade = np.where(status == 0, without, -1).astype(np.int8)
    return Columns(status, grade, without, score, by_heading, fired, (len(table.items) - unknown).astype(np.int16))


def _bands(table: Compiled, score: npt.NDArray[np.int16]) -> npt.NDArray[np.int8]:
    return (np.searchsorted(np.asarray(table.cuts), score, side="right") - 1).astype(np.int8)


def _withheld(
    table: Compiled, codes: Codes, without: npt.NDArray[np.int8], unknown: npt.NDArray[np.int16]
) -> npt.NDArray[np.bool_]:
    """Rows that no veto settles and whose file is incomplete, too old, or open in a way that matters."""
    known = (len(table.items) - unknown).astype(np.int32)
    withheld = known * 100 < table.policy.completeness.known_percent * len(table.items)
    for test, name, _ in table.policy.completeness.gate:
        column = codes[table.positions[name]]
        withheld |= column <= STALE
        if test is not None:
            withheld |= ~_holds(test, column)
    refused, asked = _unknown_items(table, codes)
    withheld |= refused
    rows = np.flatnonzero(asked)
    if rows.size:
        best = tally_columns(table, codes[:, rows], asked="best").sum(axis=0) + table.policy.base_points
        withheld[rows] |= _bands(table, best.astype(np.int16)) != without[rows]
    for compiled in table.vetoes:
        column = codes[compiled.position]
        for mark, action in ((MISSING, compiled.veto.if_missing), (STALE, compiled.veto.if_stale)):
            if action == "withhold":
                withheld |= column == mark
            elif action == "ask":
                withheld |= (column == mark) & ((without >= 0) | asked)
    return withheld


def _unknown_items(table: Compiled, codes: Codes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows in which an unknown item withholds, and rows in which one asks."""
    refused = np.zeros(codes.shape[1], dtype=np.bool_)
    asked = refused.copy()
    for item in table.items:
        for line, mark in zip(item.lines[:2], (MISSING, STALE), strict=True):
            if line.action == "withhold":
                refused |= codes[item.position] == mark
            elif line.action == "ask":
                asked |= codes[item.position] == mark
    return refused, asked


def _holds(test: Test, column: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    inside = (column >= test.low) & (column <= test.high)
    return inside & np.isin(column, test.codes) if test.codes else inside
