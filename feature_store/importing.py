"""A file's way in, step by step: open, read, sidecar, check, and out come rows and faults.

Nothing here writes: the store takes :class:`Checked` and decides, so a file with faults changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from feature_store.areas import AreaRow, check_areas
from feature_store.faults import Fault, Findings
from feature_store.filing import Batch
from feature_store.filings_file import FilingRows, check_filings
from feature_store.households import HouseholdRows, check_households
from feature_store.id_cipher import IdKey
from feature_store.known import Known
from feature_store.loans import LoanRows, MonthRows, check_loan_months, check_loans
from feature_store.schedules import ScheduleRows, check_schedules
from feature_store.sidecar import Stated, beside, read_batch
from feature_store.table_file import digest, is_table, read_table
from scoring.errors import PolicyNotInForce
from scoring.policy.schema import Policy

BUILT_IN = ("areas", "households", "loans", "loan_months", "loan_schedules")
"""The sources that every county has besides its policy's."""
Rows = FilingRows | HouseholdRows | LoanRows | MonthRows | ScheduleRows | list[AreaRow]
ASIDE = ".not_for_import"
"""A folder that holds a file of this name is passed over when folders are imported."""


class Policies(Protocol):
    """The approved policies by date."""

    def in_force(self, on: date, /) -> Policy:
        """The policy that binds on a day.

        Raises:
            PolicyNotInForce: where none does.
        """
        ...


class Clock(Protocol):
    """The one place that asks the time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A file after its checks.

    rows: what may be stored; None where the file is refused as a whole, and ``faults`` says why.
    """

    batch: Batch | None
    rows: Rows | None
    policy: Policy | None
    faults: tuple[Fault, ...]


def check_file(
    path: Path,
    sha256: str,
    findings: Findings,
    *,
    stated: Stated,
    policies: Policies,
    known: Known,
    id_key: IdKey,
    today: date,
) -> Checked:
    """Read a file and hold every cell against the policy in force today."""
    try:
        policy = policies.in_force(today)
    except PolicyNotInForce:
        findings.whole(
            f"no approved policy is in force on {today.isoformat()}, so nothing says what the file may hold",
            "Approve a policy for that day first",
        )
        return Checked(None, None, None, findings.all())
    sources = (*BUILT_IN, *(source.id for source in policy.sources))
    batch = read_batch(path, sha256, findings, stated=stated, sources=sources, areas=known.areas(), today=today)
    table = read_table(path, sha256, findings)
    if batch is None or table is None:
        return Checked(batch, None, policy, findings.all())
    rows = _check(table.frame, batch, findings, policy=policy, known=known, id_key=id_key, today=today)
    return Checked(batch, None if findings.refused else rows, policy, findings.all())


def _check(
    frame: pl.DataFrame, batch: Batch, findings: Findings, *, policy: Policy, known: Known, id_key: IdKey, today: date
) -> Rows | None:
    by_source: dict[str, Callable[[], Rows | None]] = {
        "areas": lambda: check_areas(frame, findings, known=known),
        "households": lambda: check_households(frame, findings, known=known, id_key=id_key, today=today),
        "loans": lambda: check_loans(frame, findings, known=known, today=today),
        "loan_months": lambda: check_loan_months(frame, findings, known=known, today=today),
        "loan_schedules": lambda: check_schedules(frame, findings, known=known),
    }
    if batch.source in by_source:
        return by_source[batch.source]()
    return check_filings(frame, batch, findings, policy=policy, known=known, today=today)


def files_in_order(paths: list[Path]) -> list[Path]:
    """The files of these paths in the order in which they can be imported.

    Folders stand for their files, subfolders by name one after the other (round folders are named
    by day); within a folder areas come first, then households, what sources file, loans, month ends.
    A folder set aside with a file named :data:`ASIDE` is passed over.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir() and (path / ASIDE).exists():
            continue
        if path.is_dir():
            found += sorted((it for it in path.iterdir() if it.is_file() and is_table(it)), key=_rank)
            found += files_in_order(
                sorted(it for it in path.iterdir() if it.is_dir() and not it.is_symlink() and it.name[:1] not in "._")
            )
        else:
            found.append(path)
    return found


def _rank(path: Path) -> tuple[int, str]:
    order = {"areas": 0, "households": 1, "loans": 3, "loan_schedules": 4, "loan_months": 5}
    source = beside(path).source or path.name.split(".", 1)[0]
    return order.get(source, 2), path.name


__all__ = ["Checked", "Clock", "Findings", "Policies", "Stated", "check_file", "digest", "files_in_order"]
