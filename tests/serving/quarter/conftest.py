"""A small synthetic county that is lived through, in a database of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from feature_store.adapters.migrate import upgrade_to_head
from feature_store.quarter import Quarter
from feature_store.synthetic.county import write_county
from feature_store.synthetic.living import Life
from scoring.policy.load import ROOT, load
from serving.clock import FixedClock
from serving.settings import read_settings
from serving.wiring import Parts, wire
from tests.serving.quarter.lived import KILLED, Lived

HOUSEHOLDS = 500
EMPTY = "quarter_empty"


@pytest.fixture(scope="session")
def life_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import files of the usual county until the end of 2021."""
    folder = tmp_path_factory.mktemp("life") / "county"
    write_county(
        folder,
        policy_2017=load(ROOT / "lushi" / "2017-04-01"),
        policy_2021=load(ROOT / "lushi" / "2021-03-01"),
        households=HOUSEHOLDS,
        seed=11,
        format="parquet",
        full_rows=False,
        rounds=20,
        progress=None,
    )
    return folder


@pytest.fixture(scope="session")
def make_life(
    server: str, life_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Lived]]:
    """Makes a county in a database of its own, nothing imported yet; ``like`` copies another one's database as it is.

    The databases end with the session's server.
    """
    root = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    made: list[Lived] = []
    with root.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {EMPTY}"))
    upgrade_to_head(sa.create_engine(sa.make_url(server).set(database=EMPTY), poolclass=sa.NullPool))

    def make(folder: Path = life_folder, like: Lived | None = None) -> Lived:
        name = f"quarter_{len(made)}"
        if like is not None:
            like.parts.store.engine.dispose()
        with root.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {like.database if like else EMPTY}"))
        url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        data = tmp_path_factory.mktemp("data")
        clock = FixedClock(Quarter(2017, 1).closing)
        environment = {"LUSHI_DATA": str(data), "LUSHI_DATABASE_URL": url, "LUSHI_MLRUNS": str(data / "mlruns")}
        parts: Parts = replace(wire(read_settings(environment)), clock=clock)
        life = Life(parts.store, parts.policies, parts.id_key, folder)
        made.append(Lived(parts, clock, life, name, environment))
        return made[-1]

    yield make
    for one in made:
        one.parts.close()


@pytest.fixture(scope="session")
def until_killed(make_life: Callable[..., Lived]) -> Lived:
    """The county as its books closed for the quarter that is killed; nothing of it is done."""
    lived = make_life()
    lived.until(KILLED.closing + timedelta(hours=9))
    return lived
