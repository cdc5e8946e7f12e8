"""A township's months and releases, as the area rules need them; and the file of areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import polars as pl

from feature_store.cells import text_of
from feature_store.columns import check_header, needed_text, repeated
from feature_store.faults import Findings
from feature_store.known import Known


@dataclass(frozen=True, slots=True)
class Release:
    """Two people's signature that a stopped area may lend again."""

    area_code: str
    signed_on: date
    by: str
    second: str
    why: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AreaHistory:
    """What the rules on a village and its township look at.

    month_ends: village code to (month_end, balance_cny, bad_balance_cny, loans with a balance),
        oldest first, for every village of the township with loans.
    releases: those of the township and its villages, in order of area and day.
    """

    village_code: str
    township_code: str
    month_ends: Mapping[str, Sequence[tuple[date, Decimal, Decimal, int]]]
    releases: Sequence[Release]

    def signed_days(self) -> dict[str, list[date]]:
        """Area code to the days on which a release of it was signed, ascending."""
        days: dict[str, list[date]] = {}
        for release in self.releases:
            days.setdefault(release.area_code, []).append(release.signed_on)
        return days


COLUMNS = ("code", "kind", "parent", "name_zh", "name_en")
DIGITS = {"county": 6, "township": 9, "village": 12}
"""Kind to length of code, from the top down; a code begins with its parent's code."""
_ABOVE = {"county": "", "township": "county", "village": "township"}


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of the file; ``parent`` is '' for a county."""

    code: str
    kind: str
    parent: str
    name_zh: str
    name_en: str


def check_areas(frame: pl.DataFrame, findings: Findings, *, known: Known) -> list[AreaRow] | None:
    """The areas that may be stored, parents first, and every fault of the others."""
    if not check_header(frame, findings, must=COLUMNS):
        return None
    if not frame.height:
        findings.whole("the file has a header but no rows", "Export it again, or leave it out")
        return None
    code, kind = (needed_text(frame, name, findings, most=20) for name in COLUMNS[:2])
    parent = text_of(frame.get_column("parent")).fill_null("")
    names = [needed_text(frame, name, findings) for name in COLUMNS[3:]]
    unknown = ((kind != "") & ~kind.is_in(list(DIGITS))).to_numpy()
    findings.rows(unknown, "kind", "the kind is unknown", f"Write one of {', '.join(DIGITS)}")
    digits = kind.replace_strict(DIGITS, default=0, return_dtype=pl.Int64)
    misshapen = (code != "") & (digits > 0) & ((code.str.len_chars() != digits) | ~code.str.contains("^[0-9]+$"))
    lengths = ", ".join(f"{count} for a {name}" for name, count in DIGITS.items())
    findings.rows(misshapen.to_numpy(), "code", "the code has another number of digits", f"Write {lengths}")
    findings.rows(repeated(code), "code", "the area stands in the file more than once", "Keep one row")
    rows = [AreaRow(*it) for it in zip(code, kind, parent, *names, strict=True)]
    return _with_parents(rows, findings, known.areas())


def _with_parents(rows: Sequence[AreaRow], findings: Findings, known: Mapping[str, str]) -> list[AreaRow]:
    """From the top down: a row counts when its parent is known or counts itself."""
    kinds = dict(known)
    good = []
    for kind, above in _ABOVE.items():
        bad = findings.bad(len(rows))
        orphan = np.zeros(len(rows), np.bool_)
        for place, row in enumerate(rows):
            if row.kind != kind or bad[place]:
                continue
            has_parent = kinds.get(row.parent) == above and row.code.startswith(row.parent)
            if has_parent if above else not row.parent:
                kinds[row.code] = kind
                good.append(row)
            else:
                orphan[place] = True
        what = f"the parent is not a {above} whose code begins this one" if above else "a county has no parent here"
        mend = f"Write the code of its {above}, and import that too" if above else "Leave the cell empty"
        findings.rows(orphan, "parent", what, mend)
    return good
