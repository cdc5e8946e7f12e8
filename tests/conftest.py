"""What tests of several packages need: a real PostgreSQL, started once, emptied for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.migrate import upgrade_to_head
from feature_store.adapters.tables import metadata
from tests import postgres15

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "google-chrome", "chromium-browser")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder of its own: pytest's are closed to the server's user whenever another run begins."""
    with tempfile.TemporaryDirectory(prefix="lushi-pg-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server(server_folder: Path) -> Iterator[str]:
    """The URL of an embedded server that lives for the test session."""
    url = embedded.start(server_folder)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:  # a test's data need not survive a power cut
        connection.execute(sa.text("ALTER SYSTEM SET fsync = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    yield url
    embedded.stop(server_folder)


@pytest.fixture(scope="session")
def server_15(server: str) -> Iterator[str]:
    """The URL of a PostgreSQL 15 that lives for the test session; skips where its programs are missing."""
    programs = postgres15.programs()
    if programs is None:
        pytest.skip(postgres15.MISSING)
    user = "pgserver" if os.geteuid() == 0 else None  # whom the embedded server, started before, made
    with (
        tempfile.TemporaryDirectory(prefix="lushi-pg15-") as folder,
        postgres15.running(programs, Path(folder), user=user) as url,
    ):
        yield url


@pytest.fixture(params=["PostgreSQL 18", "PostgreSQL 15"])
def each_server(request: pytest.FixtureRequest) -> str:
    """The URL of the embedded server (18), then of one of 15."""
    url: str = request.getfixturevalue("server" if request.param == "PostgreSQL 18" else "server_15")
    return url


@pytest.fixture
def empty(each_server: str) -> Iterator[sa.Engine]:
    """A database without any table, on each of the two servers."""
    root = sa.create_engine(each_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with root.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE steps"))
    engine = sa.create_engine(sa.make_url(each_server).set(database="steps"), poolclass=sa.NullPool)
    yield engine
    with root.connect() as connection:
        connection.execute(sa.text("DROP DATABASE steps"))


@pytest.fixture(scope="session")
def migrated(server: str) -> str:
    """The URL of the session's database with the newest tables."""
    engine = sa.create_engine(server, poolclass=sa.NullPool)
    upgrade_to_head(engine)
    return server


@pytest.fixture
def new_database(migrated: str) -> Iterator[Callable[[], sa.Engine]]:
    """A function that empties the database and gives an engine on it."""
    engine = sa.create_engine(migrated, pool_size=4, max_overflow=12)

    def make() -> sa.Engine:
        with engine.begin() as connection:
            tables = ", ".join(f'"{name}"' for name in metadata.tables)
            # The only way past the triggers that keep history; a superuser's, and for tests alone.
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY"))
        return engine

    yield make
    engine.dispose()


@pytest.fixture
def database(new_database: Callable[[], sa.Engine]) -> sa.Engine:
    """An engine on a migrated, empty database."""
    return new_database()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A chromium without a window; skips with the reason where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (the extra 'dev')")
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser on PATH: none of {', '.join(_NAMES)}")
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield found
        found.close()
