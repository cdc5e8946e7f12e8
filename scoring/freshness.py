"""Freshness: which values are too old to use on a day, by each source's date and cycle.

A value whose rules say ``if_stale: value`` stays; every other stale value is marked
:data:`~scoring.credit_file.STALE` and its rule decides. An assessed (subjective) value is stale
after the last day on which its assessment holds.
"""

from __future__ import annotations

from datetime import date
from itertools import repeat

import numpy as np
import numpy.typing as npt

from scoring.credit_file import MISSING, STALE, CreditFile
from scoring.policy.compiled import Compiled

Ordinals = npt.NDArray[np.int32]


def codes_on(table: Compiled, file: CreditFile, on: date) -> list[int]:
    """The household's codes in indicator order on a day, with missing and stale ones marked."""
    codes = list(map(file.codes.get, table.ids, repeat(MISSING)))
    today = on.toordinal()
    sources = table.policy.sources
    kept = table.kept
    for group in table.fresh:
        reported = file.sources.get(sources[group.source].id)
        if reported is None:
            continue
        if today - reported.observed_on.toordinal() > group.fresh_days:
            _mark(codes, group.positions, kept)
        elif group.subjective and reported.valid_until is not None and on > reported.valid_until:
            _mark(codes, group.subjective, kept)
    return codes


def columns_on(
    table: Compiled, codes: npt.NDArray[np.int32], observed: Ordinals, valid_until: Ordinals, *, on: date
) -> npt.NDArray[np.int32]:
    """The same over columns: codes (n_indicators, n_rows), dates (n_sources, n_rows) as day numbers.

    ``observed`` 0: never reported; ``valid_until`` 0: no expiry stated. Returns a marked copy, or
    the array itself where nothing is stale.
    """
    today = on.toordinal()
    kept = table.kept
    marked = codes
    for group in table.fresh:
        seen, until = observed[group.source], valid_until[group.source]
        old = (seen > 0) & (today - seen > group.fresh_days)
        expired = (seen > 0) & (until > 0) & (until < today)
        for position in group.positions:
            if position in kept:
                continue
            rows = old | expired if position in group.subjective else old
            rows = rows & (codes[position] != MISSING)
            if rows.any():
                if marked is codes:
                    marked = codes.copy()
                marked[position, rows] = STALE
    return marked


def _mark(codes: list[int], positions: tuple[int, ...], kept: frozenset[int]) -> None:
    for position in positions:
        if codes[position] != MISSING and position not in kept:
            codes[position] = STALE
