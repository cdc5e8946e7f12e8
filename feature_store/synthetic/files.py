"""Import files: one table and its sidecar, as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import polars

from feature_store.synthetic.arrays import Doubles, Ints
from feature_store.synthetic.filings import Filed
from feature_store.synthetic.places import COUNTY
from scoring.credit_file import MISSING, NONE, OPEN
from scoring.policy.elements import Indicator

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
_UNIX_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Folder:
    """A round's folder and the form of its files."""

    path: Path
    format: Format

    def write(
        self, name: str, frame: polars.DataFrame, *, source: str, observed_on: date, complete: bool = False
    ) -> Path:
        """Write the table and its sidecar; returns the table's path."""
        path = self.path / f"{name}.{self.format}"
        if self.format == "csv":
            frame.write_csv(path)
        else:
            frame.write_parquet(path, compression="zstd", statistics=False)
        coverage = f'coverage: complete\nareas: ["{COUNTY}"]\n' if complete else "coverage: listed\n"
        sidecar = path.with_name(f"{path.name}.batch.yaml")
        sidecar.write_text(f"source: {source}\nobserved_on: {observed_on.isoformat()}\n{coverage}", encoding="utf-8")
        return path

    def write_filed(self, filed: Filed, household_ids: polars.Series) -> Path:
        """Write one source's file."""
        ids = household_ids.gather(filed.households)
        columns = {"household_id": ids} | {
            item.column: polars.Series(item.column, _scaled(item, codes))
            for item, codes in zip(filed.indicators, filed.codes, strict=True)
        }
        shown = [as_written(item, self.format).alias(item.column) for item in filed.indicators]
        frame = polars.DataFrame(columns).select(polars.col("household_id"), *shown, *_evidence(filed))
        return self.write(
            filed.name, frame, source=filed.source.id, observed_on=filed.observed_on, complete=filed.complete
        )


def as_written(indicator: Indicator, format: Format) -> polars.Expr:
    """The column's codes as values that an import reads back to the same codes; null where missing."""
    code = polars.col(indicator.column)
    if indicator.kind == "boolean":
        value = code == 1 if format == "parquet" else _words(code, ("no", "yes"))
    elif indicator.kind == "category":
        value = _words(code, indicator.categories)
    elif indicator.kind == "episode":
        is_day = (code != NONE) & (code != OPEN) & (code != MISSING)
        day = polars.when(is_day).then(code - _UNIX_EPOCH).cast(polars.Date).cast(polars.String)
        value = (
            polars.when(code == NONE)
            .then(polars.lit("none"))
            .when(code == OPEN)
            .then(polars.lit("open"))
            .otherwise(day)
        )
    else:
        value = code
    return polars.when(code != MISSING).then(value)


def _scaled(indicator: Indicator, codes: Ints) -> Ints | Doubles:
    """Codes as numbers: divided here, for polars multiplies by the reciprocal and prints 0.30000000000000004."""
    return np.where(codes == MISSING, MISSING, codes / 10**indicator.decimals) if indicator.decimals else codes


def _words(code: polars.Expr, words: Sequence[str]) -> polars.Expr:
    return code.replace_strict(list(range(len(words))), list(words), default=None, return_dtype=polars.String)


def _evidence(filed: Filed) -> list[polars.Expr]:
    """Evidence, two assessors and expiry, where people assess some of the source's items."""
    if not any(item.subjective for item in filed.indicators):
        return []
    household, year = polars.col("household_id"), filed.observed_on.year
    desk = household.str.slice(0, 9 if filed.source.id == "township" else 12)
    number = household.str.slice(-4).cast(polars.Int32)
    valid_until = date(year + 1, 6, 30)  # past the next yearly filing, so nothing expires between two
    return [
        polars.format("{}-{}-{}", polars.lit(filed.source.id), polars.lit(str(year)), household).alias("evidence_id"),
        polars.format("{}-a{}", desk, number % 3 + 1).alias("assessor_1"),
        polars.format("{}-b{}", desk, number % 2 + 1).alias("assessor_2"),
        polars.lit(valid_until).alias("valid_until"),
    ]
