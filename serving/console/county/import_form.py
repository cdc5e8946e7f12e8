"""What an officer states of a file that is sent: read from the form, with every fault beside its field."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from feature_store.filing import Coverage
from feature_store.sidecar import Stated
from serving.console.sections import N_
from serving.console.sent_files import SentFile
from serving.county.waiting_files import plain_name

EARLIEST = date(1950, 1, 1)
_CODES = re.compile(r"[0-9]{2,12}([ ,,、]+[0-9]{2,12})*")


def read_form(
    form: Mapping[str, str], file: SentFile | None, *, sources: Collection[str], areas: Collection[str], today: date
) -> tuple[Stated, str, dict[str, str]]:
    """What is stated, the file's plain name, and the faults by field; the first two hold only where there are none.

    sources: that may file. areas: codes that a complete list may name.
    """
    faults: dict[str, str] = {}
    name = plain_name(file.name) if file is not None else None
    if file is None or not file.name:
        faults["file"] = N_("Choose a file.")
    elif name is None:
        faults["file"] = N_("Choose a file whose name is short and ends in .csv, .csv.gz, .parquet or .xlsx.")
    source = form.get("source", "")
    if source not in sources:
        faults["source"] = N_("Choose who files it.")
    day = _day(form.get("observed_on", ""))
    if day is None or not EARLIEST <= day <= today:
        faults["observed_on"] = N_("Give the day on which it was true, today at the latest.")
    coverage = form.get("coverage", "")
    if coverage not in set(Coverage):
        faults["coverage"] = N_("Say whether the list is complete.")
    codes = _areas(form.get("areas", ""))
    if coverage == Coverage.COMPLETE and (not codes or not set(codes) <= set(areas)):
        faults["areas"] = N_("Give codes of areas that are registered, with spaces between them.")
    stated = Stated(source, day, Coverage(coverage) if coverage in set(Coverage) else None, codes)
    return stated if coverage == Coverage.COMPLETE else _listed(stated), name or "", faults


def _listed(stated: Stated) -> Stated:
    return Stated(stated.source, stated.observed_on, stated.coverage, ())


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None


def _areas(written: str) -> tuple[str, ...]:
    plain = written.strip()
    return tuple(dict.fromkeys(re.split(r"[ ,,、]+", plain))) if _CODES.fullmatch(plain) else ()
