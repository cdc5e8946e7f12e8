"""Written cells to whole numbers, a column at a time.

Each *distinct* text of a column is read once and the results are spread over the rows, so a column
of 100,000 cells costs as many readings as it has different values, and by construction equals
reading cell by cell. Columns of many different plain numbers are read by arithmetic instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.credit_file import MISSING
from scoring.policy import codes
from scoring.policy.elements import Indicator

Read = tuple[NDArray[np.int64], NDArray[np.bool_]]
"""Numbers (n_rows,), and where a cell could not be read (n_rows,); its number is then without meaning."""
EMPTY = 0
"""The number of an empty date."""
_BAD = -(2**62)
_MANY = 2_000
"""From so many distinct values on, plain numbers are read by arithmetic."""
_PLAIN = r"^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def codes_of(column: pl.Series, indicator: Indicator) -> Read:
    """The codes of an indicator's cells, each as :func:`scoring.policy.codes.read` gives it."""

    def read(written: str) -> int | None:
        return codes.read(indicator, written)

    scale = indicator.decimals if indicator.kind in ("count", "number") else None
    return _read_column(column, read, scale=scale, low=indicator.low, high=indicator.high)


def dates_of(column: pl.Series) -> Read:
    """Day ordinals of YYYY-MM-DD cells; EMPTY for an empty cell."""
    return _read_column(column, _date)


def numbers_of(column: pl.Series, *, decimals: int, low: int, high: int) -> Read:
    """Numbers times ten to the power of ``decimals``, from ``low`` to ``high``; an empty cell is not one."""
    fraction = rf"(\.[0-9]{{1,{decimals}}}0*)?" if decimals else r"(\.0*)?"
    shape = re.compile(rf"-?[0-9]{{1,12}}{fraction}")

    def read(written: str) -> int | None:
        written = written.strip()
        if not shape.fullmatch(written):
            return None
        whole, _, part = written.partition(".")
        number = int(whole.lstrip("-") + part[:decimals].ljust(decimals, "0"))
        number = -number if written.startswith("-") else number
        return number if low <= number <= high else None

    return _read_column(column, read)


def text_of(column: pl.Series) -> pl.Series:
    """The cells without blanks around them; None for an empty one."""
    stripped = column.str.strip_chars()
    return stripped.set(stripped == "", None)


def unfit_text(column: pl.Series, *, most: int) -> NDArray[np.bool_]:
    """Where a text is longer than ``most`` characters or holds control characters."""
    unfit = (column.str.len_chars() > most) | column.str.contains(r"\p{Cc}")
    return unfit.fill_null(False).to_numpy()


def _read_column(
    column: pl.Series, read: Callable[[str], int | None], *, scale: int | None = None, low: int = 0, high: int = 0
) -> Read:
    column = column.alias("written")
    distinct = column.unique()
    if scale is not None and len(distinct) > _MANY:
        numbers = _by_arithmetic(distinct, read, scale=scale, low=low, high=high)
    else:
        numbers = np.fromiter((_or_bad(read(it or "")) for it in distinct.to_list()), np.int64, len(distinct))
    found = pl.DataFrame({"written": distinct, "number": numbers})
    spread = column.to_frame().join(found, on="written", how="left", nulls_equal=True, maintain_order="left")
    result = spread["number"].to_numpy()
    return result, result == _BAD


def _by_arithmetic(
    distinct: pl.Series, read: Callable[[str], int | None], *, scale: int, low: int, high: int
) -> NDArray[np.int64]:
    """Plain ASCII numbers in millionths as int64 (at most 10**18); everything else as ``read`` has it."""
    written = pl.col("written")
    whole = written.str.extract(r"^-?([0-9]+)").cast(pl.Int64)
    part = written.str.extract(r"\.([0-9]+)$").fill_null("").str.pad_end(6, "0").cast(pl.Int64)
    size = whole * 1_000_000 + part
    step = 10 ** (6 - scale)
    plain = distinct.fill_null("").str.contains(_PLAIN).to_numpy()
    frame = distinct.filter(pl.Series(plain)).to_frame("written")
    millionths = frame.select(pl.when(written.str.starts_with("-")).then(-size).otherwise(size)).to_series().to_numpy()
    number = millionths // step
    fits = (millionths % step == 0) & (number >= low) & (number <= high)
    result = np.empty(len(distinct), np.int64)
    result[plain] = np.where(fits, number, _BAD)
    rest = distinct.filter(pl.Series(~plain)).to_list()
    result[~plain] = [_or_bad(read(it or "")) for it in rest]
    return result


def _or_bad(number: int | None) -> int:
    return _BAD if number is None else number


def _date(written: str) -> int | None:
    written = written.strip()
    if not written:
        return EMPTY
    if not _DATE.fullmatch(written):
        return None
    try:
        day = date.fromisoformat(written).toordinal()
    except ValueError:
        return None
    return day if codes.EARLIEST <= day <= codes.LATEST else None


assert MISSING > _BAD
