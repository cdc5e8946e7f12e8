"""A waiting file let into the store by a person: the import and its entry in the log, in one transaction."""

from __future__ import annotations

from typing import Any

from feature_store.adapters.import_file import Imported, import_file
from feature_store.adapters.known import KnownInStore
from feature_store.adapters.log_tables import Connection
from feature_store.filing import Batch
from scoring.canonical import canonical
from serving.access.callers import Caller, Forbidden
from serving.county.waiting_files import Waiting, path_of
from serving.ledger import log
from serving.wiring import Parts


def sees_whole(parts: Parts, caller: Caller) -> bool:
    """Whether a person's area is all that the store holds; raises :class:`StoreUnavailable`."""
    with parts.store.looking(parts.clock.now()) as moment:
        return all(caller.covers(it) for it in KnownInStore(moment.connection).areas())


def check_whole(parts: Parts, caller: Caller) -> None:
    """Refuse a person whose area is not all that the store holds: a file may speak of anybody in it.

    Raises:
        Forbidden: where there are areas outside the caller's own.
    """
    if not sees_whole(parts, caller):
        raise Forbidden("the store holds areas that are not this caller's, so its files are imported by the operator")


def let_in(parts: Parts, caller: Caller, one: Waiting, *, without_faulty: bool) -> Imported:
    """Import a waiting file as declared. without_faulty: leave its faulty rows out.

    Raises:
        Forbidden: as :func:`check_whole`.
        StoreUnavailable, ClockBehind, WrongIdKey: as any import; then nothing is recorded.
    """
    check_whole(parts, caller)

    def record(connection: Connection, batch: Batch, done: Imported) -> None:
        assert done.recorded_at is not None
        content: dict[str, Any] = {
            "batch_no": done.batch_no,
            "source": batch.source,
            "observed_on": batch.observed_on.isoformat(),
            "coverage": batch.coverage.value,
            "areas": list(batch.areas),
            "file_sha256": batch.file_sha256,
            "rows": done.n_rows,
            "refused": len({it.row for it in done.faults}),
            "by": caller.client_id,
        }
        log.append(connection, kind="file_imported", recorded_at=done.recorded_at, content=canonical(content))

    return import_file(
        parts.store,
        path_of(parts, one),
        policies=parts.policies,
        now=parts.clock.now,
        id_key=parts.id_key,
        stated=one.stated,
        accept_valid_rows=without_faulty,
        also=record,
    )
