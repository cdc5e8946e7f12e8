"""What tests of several packages need: a real PostgreSQL, started once, with a fresh database per test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.migrate import upgrade_to_head

TEMPLATE = "lushi_template"
"""A migrated database that is copied for each test and never connected to."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an embedded server that lives for the test session, with a migrated template."""
    folder: Path = tmp_path_factory.mktemp("pg")
    url = embedded.start(folder)
    _run(url, f"CREATE DATABASE {TEMPLATE}")
    engine = sa.create_engine(_url_of(url, TEMPLATE), poolclass=sa.NullPool)
    upgrade_to_head(engine)
    engine.dispose()
    yield url
    embedded.stop(folder)


@pytest.fixture
def new_database(server: str) -> Iterator[Callable[[], sa.Engine]]:
    """A function that gives an engine on a fresh, migrated database; for tests that need several."""
    engines: list[sa.Engine] = []

    def make() -> sa.Engine:
        name = f"test_{next(_NUMBERS)}"
        _run(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        engine = sa.create_engine(_url_of(server, name), pool_size=4, max_overflow=12)
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.dispose()
        _run(server, f"DROP DATABASE {engine.url.database} WITH (FORCE)")


@pytest.fixture
def database(new_database: Callable[[], sa.Engine]) -> sa.Engine:
    """An engine on a fresh, migrated, empty database."""
    return new_database()


_NUMBERS = count(1)


def _url_of(url: str, database: str) -> sa.URL:
    return sa.make_url(url).set(database=database)


def _run(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
