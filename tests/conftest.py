"""What tests of several packages need: a real PostgreSQL, started once, emptied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.migrate import upgrade_to_head
from feature_store.adapters.tables import metadata


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an embedded server that lives for the test session."""
    folder = tmp_path_factory.mktemp("pg")
    url = embedded.start(folder)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:  # a test's data need not survive a power cut
        connection.execute(sa.text("ALTER SYSTEM SET fsync = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    yield url
    embedded.stop(folder)


@pytest.fixture(scope="session")
def migrated(server: str) -> str:
    """The URL of the session's database with the newest tables."""
    engine = sa.create_engine(server, poolclass=sa.NullPool)
    upgrade_to_head(engine)
    return server


@pytest.fixture
def new_database(migrated: str) -> Iterator[Callable[[], sa.Engine]]:
    """A function that empties the database and gives an engine on it; what was given before is closed."""
    engines: list[sa.Engine] = []

    def make() -> sa.Engine:
        for engine in engines:
            engine.dispose()
        engine = sa.create_engine(migrated, pool_size=4, max_overflow=12)
        with engine.begin() as connection:
            tables = ", ".join(f'"{name}"' for name in metadata.tables)
            # The only way past the triggers that keep history; a superuser's, and for tests alone.
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY"))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def database(new_database: Callable[[], sa.Engine]) -> sa.Engine:
    """An engine on a migrated, empty database."""
    return new_database()
