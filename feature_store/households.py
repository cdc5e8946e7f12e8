"""The file of households: who is registered in which village, and an ID number, which only leaves sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feature_store.cells import text_of
from feature_store.columns import check_header, needed_text, repeated
from feature_store.faults import Findings
from feature_store.id_cipher import COUNTY, NO_KEY_ID, REGISTRATION, IdKey, Sealed
from feature_store.identity import normal, wrong_with
from feature_store.known import IdIndex, Known

COLUMNS = ("household_id", "village_code", "id_number")
_ID = r"^[0-9A-Za-z][0-9A-Za-z-]{0,39}$"


@dataclass(frozen=True, slots=True)
class SealedNumber:
    """An ID number as it goes into the store: sealed, and its fingerprint in the county's index."""

    sealed: Sealed
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class HouseholdRows:
    """Registrations: household ids, their villages, whether an ID number is stated, and the number where it is not stored yet."""

    household_ids: list[str]
    villages: list[str]
    stated: list[bool]
    numbers: list[SealedNumber | None]

    def __len__(self) -> int:
        return len(self.household_ids)


def check_households(
    frame: pl.DataFrame, findings: Findings, *, known: Known, id_key: IdKey, today: date
) -> HouseholdRows | None:
    """The registrations that may be stored, and every fault; ID numbers leave this function only sealed.

    Raises:
        WrongIdKey: where the key in use is another.
    """
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
    written = text_of(frame.get_column("id_number")).to_list()
    numbers = _valid(written, findings, today=today)
    index = known.id_index(id_key)
    twice = _twice(written, findings)
    taken = _taken(numbers, ids.to_list(), index=index, id_key=id_key) & ~twice
    findings.rows(taken, "id_number", "another household has the same ID number", "Find out whose it is")
    keep = ~findings.bad(frame.height)
    rows = zip(ids.to_list(), villages.to_list(), numbers, keep.tolist(), strict=True)
    kept = [(household, village, number) for household, village, number, good in rows if good]
    return HouseholdRows(
        [it[0] for it in kept],
        [it[1] for it in kept],
        [it[2] is not None for it in kept],
        [_sealed(number, household, index=index, id_key=id_key) for household, _, number in kept],
    )


def _valid(written: list[str | None], findings: Findings, *, today: date) -> list[str | None]:
    """The numbers in their normal form; None where none is written or it is not valid, which is a fault."""
    wrong = [None if it is None else wrong_with(it, today=today) for it in written]
    for what in sorted({it for it in wrong if it is not None}):
        at = np.array([it == what for it in wrong], np.bool_)
        findings.rows(at, "id_number", f"the ID number is not valid: {what}", "Copy it from the ID card again")
    return [None if it is None or fault is not None else normal(it) for it, fault in zip(written, wrong, strict=True)]


def _twice(written: list[str | None], findings: Findings) -> NDArray[np.bool_]:
    """Where another row of the file has the same number, which is a fault of both."""
    column = pl.Series([None if it is None else normal(it) for it in written], dtype=pl.String)
    twice = (column.is_duplicated() & column.is_not_null()).to_numpy()
    findings.rows(twice, "id_number", "another household of the file has the same ID number", "Find out whose it is")
    return twice


def _taken(numbers: list[str | None], ids: list[str], *, index: IdIndex, id_key: IdKey) -> NDArray[np.bool_]:
    """Where the number belongs to a household of the register other than the row's own.

    A household that the same file gives another number no longer holds its old one.
    """
    now = dict(zip(ids, numbers, strict=True))
    result = np.zeros(len(numbers), np.bool_)
    for row, (number, household) in enumerate(zip(numbers, ids, strict=True)):
        owner = _owner(number, index=index, id_key=id_key) if number is not None else None
        result[row] = owner is not None and owner != household and (now.get(owner) or number) == number
    return result


def _owner(number: str, *, index: IdIndex, id_key: IdKey) -> str | None:
    """The household that has the number now, under whichever key it is stored."""
    for key in id_key.both:
        mine = (key.key_id, key.fingerprint(number, tenant=COUNTY, purpose=REGISTRATION))
        for entry in (mine, (NO_KEY_ID, key.fingerprint_of_before(number))):
            if (owner := index.owners.get(entry)) is not None:
                return owner
    return None


def _sealed(number: str | None, household_id: str, *, index: IdIndex, id_key: IdKey) -> SealedNumber | None:
    """What is to be stored of a number; None where there is none, or it is stored already under the key in use."""
    if number is None:
        return None
    fingerprint = id_key.fingerprint(number, tenant=COUNTY, purpose=REGISTRATION)
    same = index.owners.get((id_key.key_id, fingerprint)) == household_id
    if same and index.sealed_under.get(household_id) == id_key.key_id:
        return None
    return SealedNumber(id_key.seal(number, household_id), fingerprint)
