"""A policy source's file: which household, what was assessed by whom, and a code for every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feature_store.cells import EMPTY, codes_of, dates_of, text_of, unfit_text
from feature_store.columns import check_header, numbers_known, repeated
from feature_store.faults import Findings
from feature_store.filing import Batch, Coverage
from feature_store.known import Known
from scoring.credit_file import MISSING
from scoring.policy import codes
from scoring.policy.elements import Indicator
from scoring.policy.schema import Policy

ASSESSED = ("evidence_id", "assessor_1", "assessor_2", "valid_until")


@dataclass(frozen=True, slots=True)
class FilingRows:
    """What a file states, a row per household named.

    households: int32 (n_rows,), household numbers. observed, valid_until: int32 day ordinals
    (n_rows,), the latter 0 where no expiry is stated. evidence: for each of evidence_id, assessor_1
    and assessor_2 the texts, or None where the source has none. codes: int32 (n_rows, n_indicators)
    in the order of ``indicators``.
    """

    households: NDArray[np.int32]
    observed: NDArray[np.int32]
    valid_until: NDArray[np.int32]
    evidence: tuple[Sequence[str | None], ...] | None
    indicators: tuple[str, ...]
    codes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.households)


def check_filings(
    frame: pl.DataFrame, batch: Batch, findings: Findings, *, policy: Policy, known: Known, today: date
) -> FilingRows | None:
    """The rows that may be stored, and every fault of the others; None where the whole file is refused.

    In a complete list silence clears a household, so a faulty row must not become silence: its
    household is stored with everything missing, and a row whose household cannot be told refuses the file.
    """
    indicators = [it for it in policy.indicators if it.source == batch.source]
    assessed = [it for it in indicators if it.subjective]
    must = ["household_id", *(it.column for it in indicators), *(ASSESSED if assessed else ())]
    listed = batch.coverage is Coverage.LISTED
    if not listed and "observed_on" in frame.columns:
        findings.whole(
            "a complete list is true on one day, so its rows cannot state another",
            "Remove the column, or file the list as coverage: listed",
            column="observed_on",
        )
    if not check_header(frame, findings, must=must, may=("observed_on",)):
        return None
    silence_clears = not listed and any(it.clear for it in policy.sources if it.id == batch.source)
    if not frame.height and not silence_clears:
        findings.whole("the file has a header but no rows", "Export it again, or leave it out")
        return None
    households = _households(frame, findings, known)
    if silence_clears and not households.all():
        findings.whole(
            "a complete list names a household that cannot be told, and would clear whoever is meant",
            "Mend the rows at fault; such a list is not accepted in part",
        )
    observed = _observed(frame, batch, findings, today=today)
    matrix = _codes(frame, indicators, findings)
    evidence, valid_until = None, np.zeros(frame.height, np.int32)
    if assessed:
        said = np.zeros(frame.height, np.bool_)
        for place, indicator in enumerate(indicators):
            said |= indicator.subjective & (matrix[:, place] != MISSING)
        evidence, valid_until = _assessment(frame, observed, said, findings)
    rows = FilingRows(households, observed, valid_until, evidence, tuple(it.id for it in indicators), matrix)
    bad = findings.bad(frame.height)
    return _emptied(rows, bad) if silence_clears else _kept(rows, ~bad)


def _households(frame: pl.DataFrame, findings: Findings, known: Known) -> NDArray[np.int32]:
    ids = text_of(frame.get_column("household_id"))
    numbers, found = numbers_known(ids, known.households())
    empty = ids.is_null().to_numpy()
    findings.rows(empty, "household_id", "the cell is empty", "Write the household's id")
    findings.rows(
        ~found & ~empty,
        "household_id",
        "the household is not in the register",
        "Import it with the file of households first, or mend the id",
    )
    findings.rows(
        repeated(ids.fill_null("")), "household_id", "the household stands in the file more than once", "Keep one row"
    )
    return numbers


def _observed(frame: pl.DataFrame, batch: Batch, findings: Findings, *, today: date) -> NDArray[np.int32]:
    usual = batch.observed_on.toordinal()
    if "observed_on" not in frame.columns:
        return np.full(frame.height, usual, np.int32)
    days, bad = dates_of(frame.get_column("observed_on"))
    findings.rows(
        bad, "observed_on", "the cell is not a date", "Write YYYY-MM-DD, or leave it empty for the file's day"
    )
    late = ~bad & (days > today.toordinal())
    findings.rows(late, "observed_on", "the day lies in the future", f"Write a day up to {today.isoformat()}")
    return np.where(bad | (days == EMPTY), usual, days).astype(np.int32)


def _codes(frame: pl.DataFrame, indicators: Sequence[Indicator], findings: Findings) -> NDArray[np.int32]:
    matrix = np.empty((frame.height, len(indicators)), np.int32)
    for place, indicator in enumerate(indicators):
        numbers, bad = codes_of(frame.get_column(indicator.column), indicator)
        matrix[:, place] = np.where(bad, MISSING, numbers)
        mend = f"Write {codes.expected(indicator)}, or leave it empty"
        findings.rows(bad, indicator.column, "the value is not one that the indicator may have", mend)
    return matrix


def _assessment(
    frame: pl.DataFrame, observed: NDArray[np.int32], said: NDArray[np.bool_], findings: Findings
) -> tuple[tuple[Sequence[str | None], ...], NDArray[np.int32]]:
    """Evidence, two assessors and an expiry, needed wherever something was assessed (``said``)."""
    texts = []
    for name in ASSESSED[:3]:
        column = text_of(frame.get_column(name))
        empty = column.is_null().to_numpy()
        findings.rows(said & empty, name, "values were assessed, but this is empty", "State evidence and two assessors")
        unfit = unfit_text(column, most=100)
        findings.rows(unfit, name, "the text is too long or holds control characters", "Write at most 100 characters")
        texts.append(column.set(pl.Series(unfit), None))
    first, second = (it.str.to_lowercase() for it in texts[1:])
    same = (first == second).fill_null(False).to_numpy()
    findings.rows(said & same, "assessor_2", "both assessors are the same person", "Name two different people")
    until, bad = dates_of(frame.get_column("valid_until"))
    findings.rows(bad, "valid_until", "the cell is not a date", "Write YYYY-MM-DD")
    none = said & ~bad & (until == EMPTY)
    findings.rows(none, "valid_until", "values were assessed, but no expiry is stated", "Write the last day of use")
    early = ~bad & (until != EMPTY) & (until < observed)
    findings.rows(
        early, "valid_until", "the expiry lies before the day observed", "Write a day on or after observed_on"
    )
    return tuple(it.to_list() for it in texts), np.where(bad, EMPTY, until).astype(np.int32)


def _kept(rows: FilingRows, keep: NDArray[np.bool_]) -> FilingRows:
    if keep.all():
        return rows
    evidence = rows.evidence and tuple(
        [text for text, kept in zip(column, keep, strict=True) if kept] for column in rows.evidence
    )
    return FilingRows(
        rows.households[keep], rows.observed[keep], rows.valid_until[keep], evidence, rows.indicators, rows.codes[keep]
    )


def _emptied(rows: FilingRows, bad: NDArray[np.bool_]) -> FilingRows:
    """The same rows, with everything missing where a row has a fault."""
    rows.codes[bad] = MISSING
    return rows
