"""A file looked at as an import would, with nothing stored: what would be kept, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feature_store.adapters.connect import reachable
from feature_store.adapters.import_file import stored_before
from feature_store.adapters.known import KnownInStore
from feature_store.adapters.store import Store
from feature_store.faults import Fault, Findings
from feature_store.filing import civil_day
from feature_store.id_cipher import IdKey
from feature_store.importing import Policies, check_file
from feature_store.sidecar import Stated, storable
from feature_store.table_file import digest


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What an import of a file would do.

    sha256: of the file; '' where it cannot be read. already: it is stored with the same declaration, so nothing would change.
    n_rows: rows that could be stored, without the faulty ones; 0 where the file would be refused as a whole.
    """

    sha256: str
    already: bool
    n_rows: int
    faults: tuple[Fault, ...]


def look_at_file(
    store: Store, path: Path, *, policies: Policies, now: Callable[[], datetime], id_key: IdKey, stated: Stated
) -> LookedAt:
    """Check a file against the policy in force and what is stored now.

    Raises:
        StoreUnavailable: where the database is away.
        WrongIdKey: for a file of households, where the key of ID numbers in use is another.
    """
    findings = Findings(path.name if storable(path.name) else "?")
    if not storable(path.name):
        findings.whole("the file's name holds characters that are no text", "Rename the file")
    sha256 = None if findings.refused else digest(path, findings)
    if sha256 is None:
        return LookedAt("", False, 0, findings.all())
    with reachable(), store.engine.begin() as connection:
        if stored_before(connection, path, sha256, stated):
            return LookedAt(sha256, True, 0, ())
        checked = check_file(
            path,
            sha256,
            findings,
            stated=stated,
            policies=policies,
            known=KnownInStore(connection),
            id_key=id_key,
            today=civil_day(now()),
        )
    return LookedAt(sha256, False, 0 if checked.rows is None else len(checked.rows), checked.faults)
