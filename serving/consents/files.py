"""Many consents at once: checked as a whole, recorded all or none, with one entry of the log for the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from feature_store.adapters import consents, people
from feature_store.adapters.consents import Consent
from feature_store.adapters.store import Moment
from feature_store.cells import dates_of
from feature_store.columns import check_header, needed_text, repeated
from feature_store.faults import Fault, Findings
from feature_store.filing import civil_day
from feature_store.table_file import Table, digest, read_table
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.consents.record import Given, wrong_days
from serving.consents.uses import Use
from serving.ledger import log
from serving.wiring import Parts

COLUMNS = ("reference", "household_id", "tenant", "purpose", "granted_on", "until")
_REFERENCE, _TENANT = r"^[0-9A-Za-z._:/-]{1,100}$", r"^[a-z0-9][a-z0-9-]{0,39}$"
Progress = Callable[[str], None]


class ConsentsRefused(LushiError):
    """The file has faults and nothing was recorded. ``faults`` holds every one, with row and column."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"the file has {len(faults):,} faults and no consent was recorded")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of many consents. new: recorded now; known: recorded before, with the same content."""

    new: int
    known: int


def import_consents(parts: Parts, path: Path, *, by: str, progress: Progress = lambda _: None) -> Recorded:
    """Record the consents of a file: all of them, or none.

    Raises:
        ConsentsRefused: with every fault of the file.
        LushiError: where nobody is named.
        StoreUnavailable: where the database is away.
    """
    findings = Findings(path.name)
    progress("reading the file")
    sha256 = digest(path, findings)
    table = read_table(path, sha256, findings) if sha256 is not None else None
    given = _given(table, findings) if table is not None else []
    if findings.all() or sha256 is None:
        # Faults that the file shows by itself are told first: without them mended its rows mean nothing.
        raise ConsentsRefused(findings.all())
    return record_many(parts, given, by=by, file_sha256=sha256, findings=findings, progress=progress)


def record_many(
    parts: Parts,
    given: Sequence[Given],
    *,
    by: str,
    file_sha256: str | None = None,
    findings: Findings | None = None,
    progress: Progress = lambda _: None,
) -> Recorded:
    """Record many consents in one transaction, with one entry of the log; those that are there already stay.

    file_sha256: of the file that they came in; None where they came in none.

    Raises:
        ConsentsRefused: with every fault; then nothing is recorded.
        LushiError: where nobody is named.
        StoreUnavailable: where the database is away.
    """
    if not by.strip() or not by.isprintable() or len(by) > 200:
        raise LushiError("it must be known who records consents; give --by")
    noted = findings if findings is not None else Findings("consents", first_row=1)
    with parts.store.moment(parts.clock.now) as moment:
        progress("checking households and days")
        found = _checked(moment, given, noted, by.strip())
        if noted.all():
            raise ConsentsRefused(noted.all())
        progress("recording")
        consents.add_many(moment.connection, found)
        tenants = sorted({one.tenant for one in found})
        said = {"file_sha256": file_sha256, "count": len(found), "tenants": tenants, "by": by.strip()}
        if found:
            log.append(
                moment.connection, kind="consents_imported", recorded_at=moment.known_at, content=canonical(said)
            )
    return Recorded(len(found), len(given) - len(found))


def _given(table: Table, findings: Findings) -> list[Given]:
    """The file's rows; what cannot be read is noted, and nothing is given then."""
    frame = table.frame
    if not check_header(frame, findings, must=COLUMNS):
        return []
    if not frame.height:
        findings.whole("the file has no rows", "Hand in at least one consent")
    texts = {name: needed_text(frame, name, findings) for name in COLUMNS[:4]}
    for name, shape in (("reference", _REFERENCE), ("tenant", _TENANT)):
        unfit = ((texts[name] != "") & ~texts[name].str.contains(shape)).to_numpy()
        findings.rows(unfit, name, "it is not written as it must be", f"Write it as {shape[1:-1]}")
    uses = texts["purpose"].is_in([use.value for use in Use]) | (texts["purpose"] == "")
    findings.rows(~uses.to_numpy(), "purpose", "the purpose is not known", f"Use one of {', '.join(Use)}")
    days = {}
    for name in COLUMNS[4:]:
        ordinals, bad = dates_of(frame.get_column(name))
        findings.rows(bad | (ordinals == 0), name, "it is not a date", "Write it as YYYY-MM-DD")
        days[name] = ordinals
    named = (texts["tenant"] + " " + texts["reference"]).set(texts["reference"] == "", "")
    findings.rows(repeated(named), "reference", "it stands twice for its bank", "Give each its own")
    if findings.all():
        return []
    rows = zip(*(texts[name].to_list() for name in COLUMNS[:4]), *(days[name].tolist() for name in days), strict=True)
    known = {use.value: use for use in Use}
    return [
        Given(reference, household, tenant, known[use], date.fromordinal(first), date.fromordinal(last))
        for reference, household, tenant, use, first, last in rows
    ]


def _checked(moment: Moment, given: Sequence[Given], findings: Findings, by: str) -> list[Consent]:
    """The consents to append; households that are not there, days that cannot be, and taken references are noted."""
    number = people.numbers(moment.connection, sorted({one.household_id for one in given}))
    held = consents.kept(moment.connection, [one.reference for one in given])
    _note_days(given, civil_day(moment.known_at), findings)
    missing = np.array([one.household_id not in number for one in given], np.bool_)
    findings.rows(missing, "household_id", "no such household is registered", "Import the household first")
    fresh = [_consent(one, number.get(one.household_id, 0), by, moment.known_at) for one in given]
    before = [held.get((one.tenant, one.reference)) for one in fresh]
    pairs = zip(fresh, before, strict=True)
    taken = np.array([was is not None and was.said != one.said for one, was in pairs], np.bool_)
    findings.rows(taken, "reference", "a consent with this reference says something else", "Give it another reference")
    return [one for one, was in zip(fresh, before, strict=True) if was is None]


def _note_days(given: Sequence[Given], today: date, findings: Findings) -> None:
    """Days, each distinct pair looked at once."""
    pairs = {(one.granted_on, one.until) for one in given}
    wrong = {pair: wrong_days(Given("", "", "", Use.CREDIT_DECISION, *pair), today) for pair in pairs}
    for fault in sorted({one for found in wrong.values() for one in found}):
        at = np.array([fault in wrong[one.granted_on, one.until] for one in given], np.bool_)
        findings.rows(at, *fault)


def _consent(given: Given, household_no: int, by: str, at: datetime) -> Consent:
    return Consent(
        reference=given.reference,
        household_id=given.household_id,
        household_no=household_no,
        tenant=given.tenant,
        purpose=given.purpose.value,
        granted_on=given.granted_on,
        until=given.until,
        recorded_by=by,
        recorded_at=at,
    )
