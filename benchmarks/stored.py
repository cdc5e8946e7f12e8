"""A synthetic county in a database of its own, each round imported as known on its day."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.import_file import import_file
from feature_store.adapters.migrate import upgrade_to_head
from feature_store.adapters.store import Store
from feature_store.id_cipher import IdKey
from feature_store.importing import files_in_order
from feature_store.synthetic.county import TRUTH, write_county
from scoring.policy.load import ROOT, load_index

SEED = 2017


@dataclass(frozen=True, slots=True)
class Stored:
    """A filled store, and the file that holds the true chance of each loan."""

    store: Store
    true_pd: Path


@contextmanager
def stored(
    households: int, *, rounds: int | None = None, progress: Callable[[str], None] = lambda _: None
) -> Iterator[Stored]:
    """Write and import a county of so many households. rounds: how many quarters; None for all four years."""
    with tempfile.TemporaryDirectory(prefix="lushi-county-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pg").mkdir()
        url = embedded.start(folder / "pg")
        try:
            engine = sa.create_engine(url)
            upgrade_to_head(engine)
            store = Store(engine)
            _fill(store, folder / "county", households, rounds, progress)
            yield Stored(store, folder / "county" / TRUTH / "true_pd.parquet")
            engine.dispose()
        finally:
            embedded.stop(folder / "pg")


def _fill(store: Store, folder: Path, households: int, rounds: int | None, progress: Callable[[str], None]) -> None:
    policies = load_index(ROOT / "lushi")
    first, second = policies.policies
    progress("writing the county's files")
    write_county(
        folder,
        policy_2017=first,
        policy_2021=second,
        households=households,
        seed=SEED,
        format="parquet",
        full_rows=False,
        rounds=rounds,
        progress=None,
    )
    for path in files_in_order([folder]):
        day = date.fromisoformat(path.parent.name)
        now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        progress(f"importing the files of {day}")
        done = import_file(store, path, policies=policies, now=lambda now=now: now, id_key=IdKey(b"k" * 32))
        if done.outcome != "imported":
            raise RuntimeError(f"{path.name} of {path.parent.name} was not imported")
