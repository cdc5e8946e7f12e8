"""A file that somebody handed in, read as a table of text, whatever its format.

CSV (UTF-8, plain or gzipped), Parquet and XLSX give the same text for the same value, so the
checks know one kind of cell. An empty cell is null.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from feature_store.faults import Findings

ENDINGS = (".csv", ".csv.gz", ".parquet", ".xlsx")
MOST_BYTES = 2**30
"""The largest file, unpacked."""
MOST_ROWS = 3_000_000
MOST_COLUMNS = 2_000
_MIDNIGHT = r"^(\d{4}-\d{2}-\d{2})[ T]00:00:00(?:\.0+)?$"


@dataclass(frozen=True, slots=True)
class Table:
    """A file's cells: every column text, empty cells null; and the SHA-256 of the file as it came."""

    frame: pl.DataFrame
    sha256: str


class _Unreadable(Exception):
    """Internal: why the file cannot be read (what, mend)."""


def is_table(path: Path) -> bool:
    """Whether the name is that of a file that can be imported."""
    return path.name.lower().endswith(ENDINGS) and not path.name.startswith((".", "~"))


def digest(path: Path, findings: Findings) -> str | None:
    """The file's SHA-256; None, with a fault, where it cannot be opened or is too large."""
    hashed = hashlib.sha256()
    try:
        if not path.is_file():
            findings.whole("the file is not a regular file", "Hand in a plain file")
            return None
        if path.stat().st_size > MOST_BYTES:
            findings.whole(*_TOO_LARGE)
            return None
        with path.open("rb") as file:
            while block := file.read(2**20):
                hashed.update(block)
    except OSError as error:
        cause = (error.strerror or "it cannot be opened").lower()
        findings.whole(f"the file cannot be read ({cause})", "Check the path and the permission to read it")
        return None
    return hashed.hexdigest()


def read_table(path: Path, sha256: str, findings: Findings) -> Table | None:
    """The file's cells as text; None, with a fault, where they cannot be read."""
    name = path.name.lower()
    try:
        if name.endswith(".parquet"):
            findings.first_row = 1
            frame = _parquet(path)
        elif name.endswith(".xlsx"):
            frame = _xlsx(path)
        elif name.endswith((".csv", ".csv.gz")):
            frame = _csv(path)
        else:
            raise _Unreadable(f"the file is none of {', '.join(ENDINGS)}", "Save it as one of these")
        if frame.height > MOST_ROWS:
            raise _Unreadable(f"the file has more than {MOST_ROWS} rows", "Split it")
    except _Unreadable as why:
        findings.whole(*why.args)
        return None
    except (pl.exceptions.PolarsError, OSError, EOFError, zipfile.BadZipFile, ValueError) as error:
        findings.whole(*_explain(error, name))
        return None
    except pl.exceptions.PanicException:  # the reader's own failure on a broken file; not an Exception
        findings.whole("the file is damaged and cannot be read", "Export it again")
        return None
    return Table(frame, sha256)


_TOO_LARGE = (f"the file is larger than {MOST_BYTES // 2**20} MB", "Split it, or check that it is the right file")


def _csv(path: Path) -> pl.DataFrame:
    if path.name.lower().endswith(".gz"):
        with gzip.open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    else:
        data = path.read_bytes()
    if len(data) > MOST_BYTES:
        raise _Unreadable(*_TOO_LARGE)
    if data[: data.find(b"\n")].count(b",") > MOST_COLUMNS:
        raise _Unreadable(f"the file has more than {MOST_COLUMNS} columns", "Check that it is the right file")
    if b"\0" in data[:4096]:
        raise _Unreadable("the file is not UTF-8 text", "Save it as CSV in UTF-8")
    return _without_repeats(pl.read_csv(io.BytesIO(data), infer_schema=False, has_header=False), "CSV")


def _xlsx(path: Path) -> pl.DataFrame:
    import fastexcel

    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
            raise _Unreadable(*_TOO_LARGE)
    try:
        sheet = fastexcel.read_excel(path).load_sheet(
            0, header_row=None, dtypes="string", skip_whitespace_tail_rows=True
        )
    except fastexcel.FastExcelError as error:
        raise _Unreadable("the workbook cannot be read", "Save its first sheet as XLSX or CSV again") from error
    frame = _without_repeats(sheet.to_polars(), "first sheet")
    return frame.with_columns(pl.all().str.replace(_MIDNIGHT, "$1"))


def _without_repeats(cells: pl.DataFrame, what: str) -> pl.DataFrame:
    """The first row becomes the header; a name that stands twice, or none, is a fault."""
    if not cells.height:
        raise _Unreadable("the file is empty", "Export it again, with its header")
    names = ["" if it is None else it.strip().removeprefix("\ufeff") for it in cells.row(0)]
    while names and not names[-1] and cells.get_column(cells.columns[len(names) - 1]).null_count() == cells.height:
        names.pop()
    if len(set(names)) < len(names) or "" in names:
        raise _Unreadable(f"the header of the {what} has a column without a name or twice", "Name each column once")
    frame = cells.select(cells.columns[: len(names)]).slice(1)
    frame.columns = names
    frame = frame.with_columns(pl.all().replace("", None))
    return frame.slice(0, _filled(frame))


def _filled(frame: pl.DataFrame) -> int:
    """The number of rows up to the last that holds anything: blank lines at the end say nothing."""
    height = frame.height
    while height and all(cell is None for cell in frame.row(height - 1)):
        height -= 1
    return height


def _parquet(path: Path) -> pl.DataFrame:
    lazy = pl.scan_parquet(path)
    if int(lazy.select(pl.len()).collect().item()) > MOST_ROWS:
        raise _Unreadable(f"the file has more than {MOST_ROWS} rows", "Split it")
    frame = lazy.collect()
    return frame.with_columns(_as_text(name, kind) for name, kind in frame.schema.items())


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Boolean:
        return pl.when(column).then(pl.lit("yes")).when(~column).then(pl.lit("no")).alias(name)
    if isinstance(kind, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S").str.replace(_MIDNIGHT, "$1")
    if kind == pl.Null or kind.is_numeric() or isinstance(kind, (pl.Date, pl.String, pl.Categorical, pl.Enum)):
        return column.cast(pl.String).replace("", None)
    shown = f"column '{name}'" if plain_word(name) else "a column"
    raise _Unreadable(f"{shown} is of a kind that cannot be used", "Write it as text, number or date")


def plain_word(name: str) -> bool:
    """Whether a column's name may be repeated: in a file without header it may be an ID number or a name."""
    return name.isascii() and name.isidentifier() and len(name) <= 60


def _explain(error: BaseException, name: str) -> tuple[str, str]:
    said = str(error).lower()
    if isinstance(error, pl.exceptions.NoDataError):
        return "the file is empty", "Export it again, with its header"
    if "utf-8" in said or "utf8" in said:
        return "the file is not UTF-8 text", "Save it as CSV in UTF-8"
    if "found more fields" in said:
        return "a row has more cells than the header", "Put texts that hold commas in double quotes"
    if name.endswith((".csv", ".csv.gz")):
        return "the file is not a table of comma-separated values", "Check its quotes and export it again"
    return "the file is damaged or is not what its name says", "Export it again"
