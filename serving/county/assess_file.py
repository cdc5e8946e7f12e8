"""A whole file graded without any database: every row a household, every column an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars
from numpy.typing import NDArray

from feature_store.cells import codes_of, text_of
from feature_store.faults import Fault, Findings
from feature_store.table_file import digest, plain_word, read_table
from scoring.batch import STATUSES, Columns, assess_columns
from scoring.credit_file import MISSING
from scoring.errors import LushiError
from scoring.policy.codes import EARLIEST, LATEST, expected
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy


class FileRefused(LushiError):
    """The file has faults; nothing was graded. ``faults`` holds every one, with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"the file has {len(faults)} faults and was not graded")


@dataclass(frozen=True, slots=True)
class GradedFile:
    """A graded file. codes: (n_indicators, n_rows). outcome: 1 bad, 0 good, -1 unknown, (n_rows,), or None."""

    policy: Policy
    ids: list[str]
    codes: NDArray[np.int32]
    columns: Columns
    ignored: tuple[str, ...]
    absent: tuple[str, ...]
    outcome: NDArray[np.int8] | None

    def frame(self) -> polars.DataFrame:
        """One row per household: status, grade, score, limit, vetoes that fired, points per heading."""
        policy, columns = self.policy, self.columns
        grades = np.array(["", *(grade.id for grade in policy.grades)])
        limits = np.array(["0", *(str(grade.limit_cny) for grade in policy.grades)])
        fired = np.array([veto.id for veto in policy.vetoes])
        headings: dict[str, Any] = {
            f"points_{heading.id}": columns.by_heading[number] for number, heading in enumerate(policy.headings)
        }
        return polars.DataFrame(
            {
                "household_id": self.ids,
                "status": np.array(STATUSES)[columns.status],
                "grade": grades[columns.grade + 1],
                "limit_cny": limits[columns.grade + 1],
                "score": columns.score,
                "known_items": columns.known,
                "vetoes": [" ".join(fired[mask]) if mask.any() else "" for mask in columns.fired.T]
                if len(fired)
                else [""] * len(self.ids),
                **headings,
            }
        )


def grade_file(
    path: Path, policy: Policy, *, on: date, id_column: str = "household_id", outcome: str = ""
) -> GradedFile:
    """Grade every row of a file on a day; every value counts as observed on that day.

    Columns that are no indicator are not read; indicators without a column are missing.

    Raises:
        FileRefused: with every fault, where a value is not allowed, an id is missing or stands twice.
    """
    if not EARLIEST <= on.toordinal() <= LATEST:
        raise LushiError("the day is outside 1950 to 2100; give the day on which to grade")
    findings = Findings(path.name)
    sha256 = digest(path, findings)
    table = read_table(path, sha256, findings) if sha256 else None
    if table is None:
        raise FileRefused(list(findings.all()))
    frame = table.frame
    for name in (id_column, outcome) if outcome else (id_column,):
        if name not in frame.columns:
            findings.whole("the column is missing", "Add it, or name another one on the command line", column=name)
    if findings.refused:
        raise FileRefused(list(findings.all()))
    ids = text_of(frame.get_column(id_column))
    findings.rows(ids.is_null().to_numpy(), id_column, "the id is empty", "Give every row an id")
    findings.rows(
        (ids.is_duplicated() & ids.is_not_null()).to_numpy(),
        id_column,
        "the id stands twice",
        "Give every row its own id",
    )
    codes = np.full((len(policy.indicators), frame.height), MISSING, np.int32)
    absent = []
    for number, indicator in enumerate(policy.indicators):
        if indicator.column not in frame.columns:
            absent.append(indicator.id)
            continue
        read, bad = codes_of(frame.get_column(indicator.column), indicator)
        findings.rows(bad, indicator.column, "the value is not allowed", f"Give {expected(indicator)}")
        codes[number] = np.where(bad, MISSING, read)
    judged = _outcome(frame, outcome, findings) if outcome else None
    faults = list(findings.all())
    if faults:
        raise FileRefused(faults)
    used = {indicator.column for indicator in policy.indicators} | {id_column, outcome}
    observed = np.full((len(policy.sources), frame.height), on.toordinal(), np.int32)
    columns = assess_columns(compiled(policy), codes, observed, np.zeros_like(observed), on=on)
    ignored = tuple(name if plain_word(name) else "?" for name in frame.columns if name not in used)
    return GradedFile(policy, ids.to_list(), codes, columns, ignored, tuple(absent), judged)


def _outcome(frame: polars.DataFrame, name: str, findings: Findings) -> NDArray[np.int8]:
    """The outcome column: 1, yes or bad is bad; 0, no or good is good; empty is unknown."""
    written = text_of(frame.get_column(name)).fill_null("").str.to_lowercase()
    words = {"": -1, "0": 0, "0.0": 0, "no": 0, "good": 0, "1": 1, "1.0": 1, "yes": 1, "bad": 1}
    codes = written.replace_strict(words, default=-2, return_dtype=polars.Int8).to_numpy()
    findings.rows(codes == -2, name, "the outcome is not allowed", "Give 0 or good, 1 or bad, or leave it empty")
    return np.asarray(codes, np.int8)
