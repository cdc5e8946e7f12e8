"""A flat file with a column of periods: each period against the first, by the same figures and limits as the county's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from feature_store.cells import text_of
from feature_store.faults import Fault, Findings
from feature_store.table_file import digest, read_table
from scoring.errors import LushiError
from scoring.policy.elements import Text
from serving.monitoring.frame import Feature, Flags, Floats, Loans, People, Period, Texts
from serving.monitoring.limits import load_limits
from serving.monitoring.report import body

_WORDS = {"": np.nan, "0": 0.0, "0.0": 0.0, "no": 0.0, "good": 0.0, "1": 1.0, "1.0": 1.0, "yes": 1.0, "bad": 1.0}


class TableRefused(LushiError):
    """The file cannot be watched; ``faults`` holds every reason, with its place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(it) for it in self.faults[:20]))


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the file say what. score: higher is safer. pd: a chance between 0 and 1. outcome: 1 bad, 0 good; '' for none of them."""

    period: str
    score: str
    outcome: str = ""
    pd: str = ""
    features: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(
            it for it in (self.period, self.score, self.outcome, self.pd, *self.features, *self.segments) if it
        )


def watch_file(path: Path, columns: Columns) -> dict[str, Any]:
    """The report of a file: for each period after the first, in order, what it says against the first.

    Raises:
        TableRefused: with every fault found.
    """
    rows = _read(path, columns)
    names = sorted(set(rows.period.tolist()))
    if len(names) < 2:
        raise TableRefused(
            [Fault(path.name, 0, columns.period, "there is one period only", "Give two periods or more")]
        )
    first = rows.people(rows.period == names[0])
    periods = [rows.of(name, first) for name in names]
    limits = load_limits()
    reports = []
    for number in range(1, len(periods)):
        now, before = periods[number], periods[number - 1] if number > 1 else None
        reports.append(
            {
                "period": {"name": now.name, "first": "", "last": ""},
                "baseline": {"on": names[0], "known_at": ""},
                **_UNKNOWN,
                **body(now, before, limits),
            }
        )
    return {"file": path.name, "baseline": names[0], "periods": names, "reports": reports}


_UNKNOWN: dict[str, Any] = {
    "on": "",
    "known_at": "",
    "synthetic": False,
    "county": None,
    "before": None,
    "policy": None,
    "model": None,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The file's columns."""

    columns: Columns
    period: Texts
    score: Floats
    pd: Floats
    bad: Floats
    matrix: Floats
    segments: dict[str, Texts]

    def people(self, rows: Flags) -> People:
        empty = np.full(int(rows.sum()), "")
        return People(
            score=self.score[rows],
            pd=self.pd[rows],
            matrix=self.matrix[rows],
            status=empty,
            grade=empty,
            segments={name: labels[rows] for name, labels in self.segments.items()},
        )

    def of(self, name: str, first: People) -> Period:
        rows = self.period == name
        baseline = self.period == min(self.period.tolist())
        return Period(
            name=name,
            people=self.people(rows),
            baseline=first,
            features=[Feature(it, Text(it, it)) for it in self.columns.features],
            loans=self._loans(rows) if self.columns.outcome else None,
            outcomes=(_counted(self.bad[rows]), _counted(self.bad[baseline])) if self.columns.outcome else None,
        )

    def _loans(self, rows: Flags) -> Loans:
        n = int(rows.sum())
        every = np.ones(n, np.bool_)
        return Loans(
            vintage=self.period[rows],
            pd=self.pd[rows],
            score=self.score[rows],
            grade=np.full(n, ""),
            bad=self.bad[rows],
            unseen=every,
            new=every,
            reached={},
            late={},
            segments={name: labels[rows] for name, labels in self.segments.items()},
        )


def _counted(bad: Floats) -> tuple[int, int]:
    known = bad[~np.isnan(bad)]
    return int(known.sum()), len(known)


def _read(path: Path, columns: Columns) -> _Rows:
    findings = Findings(path.name)
    sha256 = digest(path, findings)
    table = read_table(path, sha256, findings) if sha256 else None
    if table is None:
        raise TableRefused(findings.all())
    frame = table.frame
    for name in columns.named:
        if name not in frame.columns:
            findings.whole("the column is missing", "Add it, or name another one on the command line", column=name)
    if findings.refused:
        raise TableRefused(findings.all())
    period = text_of(frame.get_column(columns.period)).fill_null("")
    findings.rows((period == "").to_numpy(), columns.period, "the period is empty", "Give every row its period")
    found = _Rows(
        columns=columns,
        period=period.to_numpy().astype(str),
        score=_numbers(frame, columns.score, findings, needed=True),
        pd=_chances(frame, columns.pd, findings),
        bad=_outcomes(frame, columns.outcome, findings),
        matrix=np.column_stack(
            [_numbers(frame, it, findings) for it in columns.features] or [np.zeros((frame.height, 0))]
        ),
        segments={it: text_of(frame.get_column(it)).fill_null("").to_numpy().astype(str) for it in columns.segments},
    )
    if faults := findings.all():
        raise TableRefused(faults)
    return found


def _numbers(frame: pl.DataFrame, name: str, findings: Findings, *, needed: bool = False) -> Floats:
    """A column's numbers, NaN where a cell is empty."""
    cells = text_of(frame.get_column(name))
    read = cells.cast(pl.Float64, strict=False)
    wrong = (cells.is_not_null() & (cells != "") & ~read.is_finite().fill_null(False)).to_numpy()
    findings.rows(wrong, name, "the value is not a number", "Give a number, or leave it empty")
    values = read.fill_null(float("nan")).to_numpy().astype(np.float64)
    if needed:
        findings.rows(np.isnan(values) & ~wrong, name, "the score is empty", "Give every row its score")
    return values


def _chances(frame: pl.DataFrame, name: str, findings: Findings) -> Floats:
    if not name:
        return np.full(frame.height, np.nan)
    values = _numbers(frame, name, findings, needed=True)
    findings.rows(
        (values <= 0) | (values >= 1), name, "the PD is not strictly between 0 and 1", "Give a chance, as 0.04"
    )
    return values


def _outcomes(frame: pl.DataFrame, name: str, findings: Findings) -> Floats:
    if not name:
        return np.full(frame.height, np.nan)
    written = text_of(frame.get_column(name)).fill_null("").str.to_lowercase()
    codes = written.replace_strict(_WORDS, default=-1.0, return_dtype=pl.Float64).to_numpy().astype(np.float64)
    findings.rows(codes == -1, name, "the outcome is not allowed", "Give 0 or good, 1 or bad, or leave it empty")
    return codes
