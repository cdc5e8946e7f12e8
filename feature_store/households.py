"""The file of households: who is registered in which village, and the fingerprint of an ID number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feature_store.cells import text_of
from feature_store.columns import check_header, needed_text, repeated
from feature_store.faults import Findings
from feature_store.identity import identity_mac, normal, wrong_with
from feature_store.known import Known

COLUMNS = ("household_id", "village_code", "id_number")
_ID = r"^[0-9A-Za-z][0-9A-Za-z-]{0,39}$"


@dataclass(frozen=True, slots=True)
class HouseholdRows:
    """Registrations: household ids, their villages, and each ID number's fingerprint or None."""

    household_ids: list[str]
    villages: list[str]
    id_macs: list[bytes | None]

    def __len__(self) -> int:
        return len(self.household_ids)


def check_households(
    frame: pl.DataFrame, findings: Findings, *, known: Known, id_key: bytes, today: date
) -> HouseholdRows | None:
    """The registrations that may be stored, and every fault; ID numbers leave this function only as fingerprints."""
    if not check_header(frame, findings, must=COLUMNS):
        return None
    if not frame.height:
        findings.whole("the file has a header but no rows", "Export it again, or leave it out")
        return None
    ids = needed_text(frame, "household_id", findings, most=40)
    unfit = (ids != "") & ~ids.str.contains(_ID)
    findings.rows(unfit.to_numpy(), "household_id", "the id is not letters, digits and dashes", "Mend the id")
    findings.rows(repeated(ids), "household_id", "the household stands in the file more than once", "Keep one row")
    villages = needed_text(frame, "village_code", findings, most=12)
    is_village = {code for code, kind in known.areas().items() if kind == "village"}
    stranger = (villages != "") & ~villages.is_in(sorted(is_village))
    findings.rows(
        stranger.to_numpy(),
        "village_code",
        "the village is not in the register of areas",
        "Import it with the file of areas first, or mend the code",
    )
    macs = _fingerprints(frame, ids, findings, known=known, id_key=id_key, today=today)
    keep = ~findings.bad(frame.height)
    rows = zip(ids.to_list(), villages.to_list(), macs, keep.tolist(), strict=True)
    kept = [(household, village, mac) for household, village, mac, good in rows if good]
    return HouseholdRows([it[0] for it in kept], [it[1] for it in kept], [it[2] for it in kept])


def _fingerprints(
    frame: pl.DataFrame, ids: pl.Series, findings: Findings, *, known: Known, id_key: bytes, today: date
) -> list[bytes | None]:
    written = text_of(frame.get_column("id_number")).to_list()
    wrong = [None if it is None else wrong_with(it, today=today) for it in written]
    for what in sorted({it for it in wrong if it is not None}):
        at = np.array([it == what for it in wrong], np.bool_)
        findings.rows(at, "id_number", f"the ID number is not valid: {what}", "Copy it from the ID card again")
    numbers = pl.Series([None if it is None else normal(it) for it in written], dtype=pl.String)
    twice = (numbers.is_duplicated() & numbers.is_not_null()).to_numpy()
    findings.rows(twice, "id_number", "another household of the file has the same ID number", "Find out whose it is")
    macs = [
        None if it is None or fault is not None else identity_mac(it, id_key)
        for it, fault in zip(written, wrong, strict=True)
    ]
    taken = _taken(macs, ids.to_list(), known)
    findings.rows(taken & ~twice, "id_number", "another household has the same ID number", "Find out whose it is")
    return macs


def _taken(macs: list[bytes | None], ids: list[str], known: Known) -> NDArray[np.bool_]:
    """Where the fingerprint belongs to a household of the register other than the row's own.

    A household that the same file gives another number no longer holds its old one.
    """
    owners = known.id_macs()
    now = dict(zip(ids, macs, strict=True))
    result = np.zeros(len(macs), np.bool_)
    for row, (mac, household) in enumerate(zip(macs, ids, strict=True)):
        owner = owners.get(mac) if mac is not None else None
        result[row] = owner is not None and owner != household and (now.get(owner) or mac) == mac
    return result
