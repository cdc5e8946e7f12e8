"""Files that a county's officer has sent and not yet let in: checked, kept a day at most, readable by nobody else."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from feature_store.adapters.check_only import look_at_file
from feature_store.faults import Fault
from feature_store.filing import Coverage
from feature_store.sidecar import Stated
from feature_store.table_file import is_table
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.wiring import Parts

KEPT = timedelta(hours=24)
"""How long a file waits at most, while the service runs."""
MOST_NAME_BYTES = 200
MOST_KINDS = 20
_ABOUT, _FAULTS, _FILE, _SINCE = "about.json", "faults.csv", "file", "since"


class UnknownUpload(LushiError):
    """No file of this person waits under that id: never sent, let in, given up or too old."""

    def __init__(self) -> None:
        super().__init__("no file of yours waits under that id; send it again")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits. coverage, areas: as declared. already: stored with the same declaration before.

    n_rows: rows that could be stored; 0 where the file is refused as a whole. n_faults, n_faulty: faults, and rows that have any.
    kinds: column, what is wrong and how often, the most frequent first, at most :data:`MOST_KINDS`.
    """

    upload_id: str
    file_name: str
    source: str
    observed_on: date
    coverage: Coverage
    areas: tuple[str, ...]
    by: str
    at: datetime
    already: bool
    n_rows: int
    n_faults: int
    n_faulty: int
    kinds: tuple[tuple[str, str, int], ...]

    @property
    def stated(self) -> Stated:
        """What was declared of it, as an import takes it."""
        return Stated(self.source, self.observed_on, self.coverage, self.areas)


def plain_name(sent: str) -> str | None:
    """The name of a file without its folders; None for one that is no name of a table."""
    name = re.split(r"[\\/]", sent)[-1].strip()
    fits = name.isprintable() and len(name.encode("utf-8", "replace")) <= MOST_NAME_BYTES
    return name if fits and is_table(Path(name)) else None


def keep(parts: Parts, caller: Caller, name: str, content: BinaryIO, stated: Stated) -> Waiting:
    """Check a file and keep it until it is let in or given up. name: of :func:`plain_name`. stated: whole."""
    sweep(parts)
    upload_id = str(uuid4())
    folder = _root(parts) / upload_id
    path = folder / _FILE / name
    path.parent.mkdir(mode=0o700, parents=True)
    folder.chmod(0o700)
    (folder / _SINCE).write_text(parts.clock.now().isoformat(), encoding="utf-8")
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            shutil.copyfileobj(content, file, 2**20)
        return _look(parts, folder, path, stated, upload_id=upload_id, by=caller.client_id)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def look_again(parts: Parts, caller: Caller, upload_id: str) -> Waiting:
    """Check a waiting file anew, against what is stored by now."""
    found = find(parts, caller, upload_id)
    folder = _root(parts) / found.upload_id
    return _look(parts, folder, path_of(parts, found), found.stated, upload_id=found.upload_id, by=found.by)


def waiting(parts: Parts, caller: Caller) -> list[Waiting]:
    """This person's files, the newest first."""
    sweep(parts)
    folders = _root(parts).glob(f"*/{_ABOUT}")
    found = [_read(it) for it in folders]
    return sorted((it for it in found if it and it.by == caller.client_id), key=lambda it: it.at, reverse=True)


def find(parts: Parts, caller: Caller, upload_id: str) -> Waiting:
    """One of this person's files. Raises :class:`UnknownUpload`."""
    about = _root(parts) / str(UUID(upload_id)) / _ABOUT
    found = _read(about)
    if found is None or found.by != caller.client_id or parts.clock.now() - found.at > KEPT:
        raise UnknownUpload
    return found


def path_of(parts: Parts, one: Waiting) -> Path:
    """Where a waiting file lies."""
    return _root(parts) / one.upload_id / _FILE / one.file_name


def faults(parts: Parts, one: Waiting, *, after: int = 0, most: int | None = None) -> Iterator[Fault]:
    """A file's faults by row and column, read from where they are kept; ``after`` so many of them."""
    path = _root(parts) / one.upload_id / _FAULTS
    with path.open(encoding="utf-8", newline="") as file:
        for row, column, what, mend in islice(csv.reader(file), after, None if most is None else after + most):
            yield Fault(one.file_name, int(row), column, what, mend)


def give_up(parts: Parts, one: Waiting) -> None:
    """Remove a waiting file with all that is kept of it."""
    shutil.rmtree(_root(parts) / one.upload_id, ignore_errors=True)


def _look(parts: Parts, folder: Path, path: Path, stated: Stated, *, upload_id: str, by: str) -> Waiting:
    seen = look_at_file(
        parts.store, path, policies=parts.policies, now=parts.clock.now, id_key=parts.id_key, stated=stated
    )
    assert stated.source is not None
    assert stated.observed_on is not None
    assert stated.coverage is not None
    with (folder / _FAULTS).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((it.row, it.column, it.what, it.mend) for it in seen.faults)
    found = Waiting(
        upload_id=upload_id,
        file_name=path.name,
        source=stated.source,
        observed_on=stated.observed_on,
        coverage=stated.coverage,
        areas=stated.areas or (),
        by=by,
        at=parts.clock.now(),
        already=seen.already,
        n_rows=seen.n_rows,
        n_faults=len(seen.faults),
        n_faulty=len({it.row for it in seen.faults if it.row}),
        kinds=_kinds(seen.faults),
    )
    (folder / _ABOUT).write_text(json.dumps(asdict(found), default=str), encoding="utf-8")
    return found


def _kinds(found: Sequence[Fault]) -> tuple[tuple[str, str, int], ...]:
    counted = Counter((it.column, it.what) for it in found)
    return tuple((column, what, times) for (column, what), times in counted.most_common(MOST_KINDS))


def _read(about: Path) -> Waiting | None:
    try:
        kept: dict[str, Any] = json.loads(about.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # given up meanwhile, or half written by a process that ended
        return None
    kept |= {
        "observed_on": date.fromisoformat(kept["observed_on"]),
        "coverage": Coverage(kept["coverage"]),
        "areas": tuple(kept["areas"]),
        "at": datetime.fromisoformat(kept["at"]),
        "kinds": tuple((column, what, times) for column, what, times in kept["kinds"]),
    }
    return Waiting(**kept)


def _root(parts: Parts) -> Path:
    root = parts.settings.data / "uploads"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def sweep(parts: Parts) -> None:
    """Remove what has waited too long, also what a process that was killed left half done."""
    now = parts.clock.now()
    for since in _root(parts).glob(f"*/{_SINCE}"):
        with suppress(OSError, ValueError):  # given up meanwhile
            if now - datetime.fromisoformat(since.read_text(encoding="utf-8")) > KEPT:
                shutil.rmtree(since.parent, ignore_errors=True)
