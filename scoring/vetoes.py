"""Vetoes: rules that fix the outcome whatever the score (report2017 §2.2).

Every veto is always judged, in file order, and the answer shows all of them; the order has no
effect on the outcome. An episode fires while it is open and for its observation period after.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from scoring.credit_file import MISSING, NONE, OPEN, STALE
from scoring.policy.compiled import Compiled
from scoring.policy.schema import Veto

State = Literal["fired", "clear", "missing", "stale"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A veto's result. until: last day of the observation period, None while the cause is open."""

    veto: Veto
    state: State
    until: date | None = None


def judge(table: Compiled, codes: Sequence[int], on: date) -> tuple[Judged, ...]:
    """Judge every veto on a day, from codes in indicator order (stale ones already marked)."""
    judged = []
    for (clear, missing, stale), compiled_veto in zip(_constant(table), table.vetoes, strict=True):
        code = codes[compiled_veto.position]
        test = compiled_veto.veto.test
        if code == MISSING:
            judged.append(missing)
        elif code == STALE:
            judged.append(stale)
        elif not (test.active or test.holds(code)) or (
            test.active and (code == NONE or code < first_free(on, compiled_veto.veto.observation_months))
        ):
            judged.append(clear)
        else:
            judged.append(Judged(compiled_veto.veto, "fired", _until(compiled_veto.veto, code)))
    return tuple(judged)


def fired_columns(table: Compiled, codes: npt.NDArray[np.int32], on: date) -> npt.NDArray[np.bool_]:
    """Which vetoes fire, shape (n_vetoes, n_rows), from codes (n_indicators, n_rows)."""
    fired = np.empty((len(table.vetoes), codes.shape[1]), dtype=np.bool_)
    for number, compiled_veto in enumerate(table.vetoes):
        column, test = codes[compiled_veto.position], compiled_veto.veto.test
        if test.active:
            fired[number] = column >= max(first_free(on, compiled_veto.veto.observation_months), NONE + 1)
        else:
            known = column > STALE
            held = np.isin(column, test.codes) if test.codes else (column >= test.low) & (column <= test.high)
            fired[number] = known & held
    return fired


@lru_cache(maxsize=1024)
def first_free(on: date, months: int) -> int:
    """Day number of the first end date that is still under observation on a day.

    An episode that ended on day d is observed until ``add_months(d, months)``, that day excluded:
    so it fires on ``on`` exactly where its end is on or after the returned day.
    """
    day = add_months(on, -months)
    while add_months(day, months) <= on:
        day += timedelta(days=1)
    return day.toordinal()


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it has none."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _until(veto: Veto, code: int) -> date | None:
    if not veto.test.active or code == OPEN:
        return None
    return add_months(date.fromordinal(code), veto.observation_months) - timedelta(days=1)


@lru_cache(maxsize=64)
def _constant(table: Compiled) -> tuple[tuple[Judged, Judged, Judged], ...]:
    return tuple(
        (Judged(one.veto, "clear"), Judged(one.veto, "missing"), Judged(one.veto, "stale")) for one in table.vetoes
    )
