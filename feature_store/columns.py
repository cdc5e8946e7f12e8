"""The header of a file against the columns that its source must and may have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feature_store.cells import text_of, unfit_text
from feature_store.faults import Findings
from feature_store.table_file import plain_word


def check_header(frame: pl.DataFrame, findings: Findings, *, must: Sequence[str], may: Sequence[str] = ()) -> bool:
    """Whether the file has every column it must have and none that it may not; each fault is noted."""
    for name in must:
        if name not in frame.columns:
            findings.whole("the column is missing", f"Add it; the file needs {', '.join(must)}", column=name)
    for name in frame.columns:
        if name not in must and name not in may:
            # The name itself may be anything, an ID number in a file without header too: only a plain word is repeated.
            shown = name if plain_word(name) else "?"
            place = f"column {frame.columns.index(name) + 1}"
            findings.whole(f"{place} is unknown for this source", "Remove it, or mend its name", column=shown)
    return not findings.refused


def needed_text(frame: pl.DataFrame, name: str, findings: Findings, *, most: int = 100) -> pl.Series:
    """A column of texts that must be there; '' where one is at fault."""
    column = text_of(frame.get_column(name))
    findings.rows(column.is_null().to_numpy(), name, "the cell is empty", "Fill it")
    unfit = unfit_text(column, most=most)
    findings.rows(unfit, name, "the text is too long or holds control characters", f"Write at most {most} characters")
    return column.set(pl.Series(unfit), None).fill_null("")


def numbers_known(column: pl.Series, known: pl.DataFrame) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Look texts up in ``known`` (columns 'id', 'no'): the numbers, 0 where unknown; and where they are known."""
    found = column.alias("id").to_frame().join(known, on="id", how="left", maintain_order="left").get_column("no")
    return found.fill_null(0).cast(pl.Int32).to_numpy(), found.is_not_null().to_numpy()


def repeated(column: pl.Series) -> NDArray[np.bool_]:
    """Where a text that is not empty stands more than once."""
    return (column.is_duplicated() & (column != "")).fill_null(False).to_numpy()
