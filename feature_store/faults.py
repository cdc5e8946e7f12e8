"""What is wrong in an imported file, as values: every fault, each with its place and its mend.

No message repeats what a cell holds: files carry ID numbers and personal matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MOST = 1_000_000
"""Faults kept of one file; beyond it the last one says that there are more."""
_CSV_HEADER = ("file", "row", "column", "what", "mend")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a file.

    row: as counted in the file, the header being row 1; 0 where the fault is the file's or the header's.
    column: '' where no one column is at fault.
    """

    file: str
    row: int
    column: str
    what: str
    mend: str

    def __str__(self) -> str:
        place = (
            self.file + (f", row {self.row}" if self.row else "") + (f", column '{self.column}'" if self.column else "")
        )
        return f"{place}: {self.what}. {self.mend}."


@dataclass(slots=True)
class Findings:
    """The faults of one file as they are found.

    file: name of the file. first_row: the file's number of its first data row.
    refused: a fault of the whole file was found, so no row of it may be used.
    """

    file: str
    first_row: int = 2
    refused: bool = False
    _faults: list[Fault] = field(default_factory=list)
    _bad_rows: list[NDArray[np.int64]] = field(default_factory=list)
    _too_many: bool = False

    def whole(self, what: str, mend: str, *, column: str = "") -> None:
        """A fault of the file, its sidecar or its header: nothing in it can be used."""
        self.refused = True
        self._faults.append(Fault(self.file, 0, column, what, mend))

    def rows(self, at: NDArray[np.bool_], column: str, what: str, mend: str) -> None:
        """The same fault in every row where ``at`` (n_rows,) is true."""
        rows = np.flatnonzero(at)
        if not len(rows):
            return
        self._bad_rows.append(rows)
        room = MOST - len(self._faults)
        self._too_many |= len(rows) > room
        first = self.first_row
        self._faults += [Fault(self.file, row + first, column, what, mend) for row in rows[:room].tolist()]

    def bad(self, n_rows: int) -> NDArray[np.bool_]:
        """Which rows have a fault, as bool (n_rows,)."""
        bad = np.zeros(n_rows, np.bool_)
        for rows in self._bad_rows:
            bad[rows] = True
        return bad

    def all(self) -> tuple[Fault, ...]:
        """Every fault, in order of row and column."""
        found = sorted(self._faults)
        if self._too_many:
            found.append(Fault(self.file, 0, "", f"there are more than {MOST} faults", "Mend these first"))
        return tuple(found)


def csv_rows(faults: tuple[Fault, ...]) -> list[tuple[str, ...]]:
    """The faults as rows of a table with its header, for a file that people open in a spreadsheet."""
    rows = [(it.file, str(it.row or ""), it.column, it.what, it.mend) for it in faults]
    return [_CSV_HEADER, *rows]
