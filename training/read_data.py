"""A flat file and its spec to a :class:`training.table.Table`; refuses with every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from feature_store.faults import Findings
from feature_store.table_file import digest, read_table
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
"""Faulty rows of one column that are counted one by one in the message."""


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
        raise TableFaults([str(fault) for fault in findings.all()])
    built = _build(frame, spec, table.sha256, path.name, findings)
    if found := findings.all():
        more = [f"{path.name}: {len(found) - SHOWN:,} more faults. Mend these first."] if len(found) > SHOWN else []
        raise TableFaults([*(str(fault) for fault in found[:SHOWN]), *more])
    return built


def _check_columns(frame: pl.DataFrame, spec: Spec, findings: Findings) -> None:
    roles = {spec.target, spec.id, spec.group, spec.date, spec.binding, *spec.segments, *spec.protected} - {""}
    known = roles | {column.name for column in spec.columns} | set(spec.exclude)
    for name in sorted(known - set(frame.columns)):
        findings.whole("the spec names a column that the file has not", "Mend the spec or the file", column=name)
    for name in sorted(set(frame.columns) - known):
        mend = "List it under features or exclude: a column is never scored, nor left out, by chance"
        findings.whole("the file has a column that the spec does not name", mend, column=name)
    if not frame.height:
        findings.whole("the file has no rows", "Export it again")


def _build(frame: pl.DataFrame, spec: Spec, sha256: str, name: str, findings: Findings) -> Table:
    target = _number(frame, spec.target, findings)
    odd = ~np.isin(target, (0.0, 1.0))
    findings.rows(odd & ~np.isnan(target), spec.target, "the outcome is neither 0 nor 1", "Write 1 for bad, 0 for good")
    empty = frame[spec.target].is_null().to_numpy()
    findings.rows(empty, spec.target, "the outcome is missing", "Leave out rows whose outcome is not known")
    ids = _text(frame, spec.id)
    repeated = frame[spec.id].is_duplicated().to_numpy()
    findings.rows(repeated, spec.id, "the id stands more than once", "Give every row an id of its own")
    parts = [_columns(frame, column, findings) for column in spec.columns]
    binding = _number(frame, spec.binding, findings) if spec.binding else None
    if binding is not None:
        missing = frame[spec.binding].is_null().to_numpy()
        findings.rows(missing, spec.binding, "the binding score is missing", "Leave out rows without one")
    groups = _text(frame, spec.group or spec.id)
    days = _days(frame, spec.date, findings) if spec.date else None
    segments = {it: _text(frame, it) for it in (*spec.segments, *spec.protected)}
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
        written = f"{code:g}"
        words = Text(f"{label.zh} 为 {written}", f"{label.en} is {written}")
        flag = Feature(f"{name}={written}", words, "number", 0, "", {"of": name, "code": code}, known)
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
    return numbers.fill_null(np.nan).to_numpy()


def _text(frame: pl.DataFrame, name: str) -> TextArray:
    return frame[name].fill_null("").to_numpy().astype(np.str_)


def _days(frame: pl.DataFrame, name: str, findings: Findings) -> DateArray:
    days = frame[name].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    findings.rows(days.is_null().to_numpy(), name, "the cell is not a day", "Write it as YYYY-MM-DD")
    return days.fill_null(pl.date(1970, 1, 1)).to_numpy().astype("datetime64[D]")


def _quarters(days: DateArray) -> TextArray:
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.array([f"{1970 + month // 12}Q{month % 12 // 3 + 1}" for month in months.tolist()], np.str_)
