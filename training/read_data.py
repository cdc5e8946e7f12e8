"""A flat file and its spec to a :class:`training.table.Table`; refuses with every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from feature_store.faults import Findings
from feature_store.table_file import digest, plain_word, read_table
from scoring.metrics.arrays import FloatArray
from scoring.policy.elements import Text
from training.arrays import DateArray, TextArray
from training.faults import TableFaults
from training.spec import Column, Spec
from training.table import Feature, Table

VINTAGE = "vintage"
"""Segment of quarters, added wherever rows have days."""
MOST_LEVELS = 200
SHOWN = 20
"""Faults that are shown one by one."""
LONGEST = 200
"""Characters of a text; longer ones are remarks, not names."""
GREATEST = 2.0**53
"""Beyond it neighbouring whole numbers can no longer be told apart: an identifier is not an amount."""
YEARS = (1950, 2100)
_DAY = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}[\d:.]*(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?$"


def read_data(path: Path, spec: Spec) -> Table:
    """Read CSV, CSV.GZ, Parquet or XLSX; raises :class:`TableFaults` with everything that is wrong."""
    findings = Findings(path.name)
    sha256 = digest(path, findings)
    table = read_table(path, sha256, findings) if sha256 is not None else None
    if table is None:
        raise TableFaults([str(fault) for fault in findings.all()])
    frame = table.frame
    _check_columns(frame, spec, findings)
    if findings.refused:
        raise _faults(findings)
    built = _build(frame, spec, table.sha256, path.name, findings)
    if findings.all():
        raise _faults(findings)
    return built


def _faults(findings: Findings) -> TableFaults:
    found = findings.all()
    more = [f"{findings.file}: {len(found) - SHOWN:,} more faults. Mend these first."] if len(found) > SHOWN else []
    return TableFaults([*(str(fault) for fault in found[:SHOWN]), *more])


def _check_columns(frame: pl.DataFrame, spec: Spec, findings: Findings) -> None:
    roles = {spec.target, spec.id, spec.group, spec.date, spec.binding, *spec.segments, *spec.protected} - {""}
    known = roles | {column.name for column in spec.columns} | set(spec.exclude)
    if frame.width == 1 and (mark := next((it for it in ";\t|" if it in frame.columns[0]), "")):
        findings.whole(f"the cells stand apart by {mark!r}, not by commas", "Save it with commas")
        return
    for name in sorted(known - set(frame.columns)):
        findings.whole("the spec names a column that the file has not", "Mend the spec or the file", column=name)
    for place, name in enumerate(frame.columns, start=1):
        if name not in known:
            mend = "List it under features or exclude: a column is never scored, nor left out, by chance"
            shown = name if plain_word(name) else f"number {place}"
            findings.whole("the file has a column that the spec does not name", mend, column=shown)
    if not frame.height:
        findings.whole("the file has no rows", "Export it again")


def _build(frame: pl.DataFrame, spec: Spec, sha256: str, name: str, findings: Findings) -> Table:
    target = _number(frame, spec.target, findings)
    odd = ~np.isin(target, (0.0, 1.0))
    findings.rows(odd & ~np.isnan(target), spec.target, "the outcome is neither 0 nor 1", "Write 1 for bad, 0 for good")
    empty = frame[spec.target].is_null().to_numpy()
    findings.rows(empty, spec.target, "the outcome is missing", "Leave out rows whose outcome is not known")
    findings.rows(frame[spec.id].is_null().to_numpy(), spec.id, "the id is missing", "Give every row an id of its own")
    ids = _text(frame, spec.id, findings)
    repeated = (frame[spec.id].is_duplicated() & frame[spec.id].is_not_null()).to_numpy()
    findings.rows(repeated, spec.id, "the id stands more than once", "Give every row an id of its own")
    parts = [_columns(frame, column, findings) for column in spec.columns]
    binding = _number(frame, spec.binding, findings) if spec.binding else None
    if binding is not None:
        missing = frame[spec.binding].is_null().to_numpy()
        findings.rows(missing, spec.binding, "the binding score is missing", "Leave out rows without one")
    if spec.group:
        lone = frame[spec.group].is_null().to_numpy()
        findings.rows(
            lone, spec.group, "the group is missing", "Name it; a row that stands alone has a name of its own"
        )
    groups = _text(frame, spec.group, findings) if spec.group else ids
    days = _days(frame, spec.date, findings) if spec.date else None
    segments = {it: _text(frame, it, findings) for it in dict.fromkeys((*spec.segments, *spec.protected))}
    if days is not None:
        segments.setdefault(VINTAGE, _quarters(days))
    return Table(
        name=spec.name,
        matrix=np.column_stack([values for part in parts for _, values in part]),
        features=tuple(feature for part in parts for feature, _ in part),
        target=target,
        ids=ids,
        groups=np.unique(groups, return_inverse=True)[1].astype(np.int64),
        dates=days,
        segments=segments,
        protected=spec.protected,
        binding=binding,
        source={"file": name, "file_sha256": sha256, "spec_sha256": spec.sha256},
        definition=spec.definition,
        granted_only=True,
        synthetic=spec.synthetic,
    )


def _columns(frame: pl.DataFrame, column: Column, findings: Findings) -> list[tuple[Feature, FloatArray]]:
    """The matrix columns of one file column: its value, then one 0/1 column for each special code."""
    name, label, known = column.name, column.label, column.known
    if column.dtype == "category":
        _text(frame, name, findings)
        levels = sorted(frame[name].drop_nulls().unique().to_list())
        if len(levels) > MOST_LEVELS:
            mend = "Group its values, or exclude it: an identifier is not a category"
            findings.whole(f"the category has more than {MOST_LEVELS} values", mend, column=name)
            levels = levels[:MOST_LEVELS]
        codes = frame[name].replace_strict(
            {level: float(place) for place, level in enumerate(levels)}, default=None, return_dtype=pl.Float64
        )
        feature = Feature(name, label, "category", 0, column.unit, {"levels": levels}, known)
        return [(feature, codes.fill_null(np.nan).to_numpy())]
    values = _number(frame, name, findings).copy()
    found: list[tuple[Feature, FloatArray]] = []
    for code in column.special:
        written = f"{code:.15g}"
        words = Text(f"{label.zh} 为 {written}", f"{label.en} is {written}")
        flag = Feature(column.flag(code), words, "number", 0, "", {"of": name, "code": code}, known)
        found.append((flag, (values == code).astype(np.float64)))
    values[np.isin(values, column.special)] = np.nan
    special: dict[str, object] = {"codes": list(column.special)} if column.special else {}
    return [(Feature(name, label, "number", column.monotone, column.unit, special, known), values), *found]


def _number(frame: pl.DataFrame, name: str, findings: Findings) -> FloatArray:
    text = frame[name].str.strip_chars()
    numbers = text.cast(pl.Float64, strict=False)
    bad = (
        (numbers.is_null() & text.is_not_null())
        | numbers.is_infinite().fill_null(False)
        | numbers.is_nan().fill_null(False)
    )
    findings.rows(bad.to_numpy(), name, "the cell is not a number", "Write digits with a point, or leave it empty")
    great = (numbers.abs() > GREATEST).fill_null(False) & ~bad
    findings.rows(great.to_numpy(), name, "the number is too great", "An identifier is not an amount: exclude it")
    return numbers.fill_null(np.nan).to_numpy()


def _text(frame: pl.DataFrame, name: str, findings: Findings) -> TextArray:
    long = (frame[name].str.len_chars() > LONGEST).fill_null(False).to_numpy()
    findings.rows(long, name, f"the text has more than {LONGEST} characters", "Shorten it, or exclude the column")
    return frame[name].fill_null("").str.slice(0, LONGEST).to_numpy().astype(np.str_)


def _days(frame: pl.DataFrame, name: str, findings: Findings) -> DateArray:
    whole = frame[name].str.contains(_DAY)
    days = frame[name].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    odd = days.is_null() | ~whole.fill_null(False)
    findings.rows(odd.to_numpy(), name, "the cell is not a day", "Write it as YYYY-MM-DD")
    far = (~days.dt.year().is_between(*YEARS)).fill_null(False) & ~odd
    findings.rows(
        far.to_numpy(), name, f"the day is not within {YEARS[0]} to {YEARS[1]}", "Mend it, or leave the row out"
    )
    return days.fill_null(pl.date(1970, 1, 1)).to_numpy().astype("datetime64[D]")


def _quarters(days: DateArray) -> TextArray:
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.array([f"{1970 + month // 12}Q{month % 12 // 3 + 1}" for month in months.tolist()], np.str_)
