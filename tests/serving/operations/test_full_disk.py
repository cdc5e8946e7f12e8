"""A real full disk under a real database: a clear answer, nothing half-written, and it goes on once there is room."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from feature_store.adapters import embedded
from serving.ledger.verify import verify
from tests.serving.served import Served, ask

MEGABYTES, CALLS, RECOVERS_SECONDS = 160, 50, 5.0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of a few megabytes, in memory; skips where we may not make one."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk to fill")
    with tempfile.TemporaryDirectory(prefix="lushi-disk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("a small disk cannot be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@pytest.fixture
def county(make_county: Callable[..., Served], small_disk: Path) -> Iterator[Served]:
    """A county whose database lies on the small disk, its service running with all that it does by itself."""
    made = make_county(folder=small_disk / "county")
    with closing(made.parts), made.client:
        yield made
    embedded.stop(made.folder / "postgres")  # where a session that was just closed still counted as a user


def test_a_full_disk_is_said_and_nothing_is_half_written(county: Served, small_disk: Path) -> None:
    ids = county.ids()
    before = _decide(county, ids[0], 201)
    filler = _fill(small_disk)
    for number in range(CALLS):
        answer = county.client.post("/v1/decisions", json=ask(ids[number]))
        assert answer.status_code in (201, 503)  # what room the tables already have is used up first
    detail = _decide(county, ids[0], 503)["detail"]
    assert detail == "The database has no room left on its disk, so nothing was recorded."
    filler.unlink()
    assert _decide(county, ids[0], 201)["binding"] == before["binding"]
    _holds(county)


def test_a_database_that_ended_for_lack_of_room_is_started_again(county: Served, small_disk: Path) -> None:
    ids = county.ids()
    recorded = [_decide(county, one, 201)["decision_id"] for one in ids[:CALLS]]
    filler = _fill(small_disk)
    with pytest.raises(exc.OperationalError):
        _fill_journal(county)
    while embedded.is_running(county.folder / "postgres"):
        time.sleep(0.1)
    for number in range(CALLS):
        _decide(county, ids[number], 503)
    assert county.client.get("/livez").status_code == 200
    filler.unlink()
    began = time.monotonic()
    while county.client.post("/v1/decisions", json=ask(ids[0])).status_code != 201:
        assert time.monotonic() - began < RECOVERS_SECONDS
        time.sleep(0.05)
    for one in recorded:
        assert county.client.get(f"/v1/decisions/{one}").status_code == 200
    _holds(county)


def test_a_database_that_was_stopped_stays_stopped(county: Served) -> None:
    folder = county.folder / "postgres"
    assert embedded.stop(folder)
    time.sleep(2.5)
    assert not embedded.is_running(folder)
    assert not embedded.revive(folder)
    _decide(county, "411299101201-0001", 503)
    embedded.start(folder)
    assert not embedded.revive(folder), "it runs"


def _decide(county: Served, household_id: str, status: int) -> dict[str, str]:
    answer = county.client.post("/v1/decisions", json=ask(household_id))
    assert answer.status_code == status, answer.text
    found: dict[str, str] = answer.json()
    return found


def _fill(disk: Path) -> Path:
    """A file that takes all the room that is left."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(65_536))
            except OSError:
                return path


def _fill_journal(county: Served) -> None:
    """Write until the journal's next file finds no room, at which PostgreSQL ends."""
    megabyte = sa.text("SELECT pg_logical_emit_message(true, 'filler', repeat('x', 1048576))")
    for _ in range(MEGABYTES):
        with county.parts.store.engine.begin() as connection:
            connection.execute(megabyte)


def _holds(county: Served) -> None:
    with county.parts.store.looking(county.clock.now()) as moment:
        log = verify(moment.connection, county.parts.signer)
        decided = moment.connection.execute(sa.text("SELECT count(*) FROM decisions")).scalar_one()
    assert (log.faults, log.kinds["decision"]) == ([], decided)
