"""A small invented county with its credit life, imported round by round as in the demo."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.import_file import import_file
from feature_store.adapters.migrate import upgrade_to_head
from feature_store.adapters.store import Store
from feature_store.feature_set import FeatureSet, load_feature_set
from feature_store.id_cipher import IdKey
from feature_store.importing import files_in_order
from feature_store.synthetic.county import write_county
from scoring.policy.in_force import Policies
from scoring.policy.load import ROOT, load_index
from training.cohort import Cohort, cohort

END = datetime(2021, 4, 20, tzinfo=UTC)
HOUSEHOLDS = 1_500


@pytest.fixture(scope="session")
def policies() -> Policies:
    return load_index(ROOT / "lushi")


@pytest.fixture(scope="session")
def features() -> FeatureSet:
    return load_feature_set()


@pytest.fixture(scope="session")
def county_folder(policies: Policies, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's files; the true chances stand in its folder ``truth``."""
    folder = tmp_path_factory.mktemp("county") / "files"
    first, second = policies.policies
    write_county(
        folder,
        policy_2017=first,
        policy_2021=second,
        households=HOUSEHOLDS,
        seed=5,
        format="parquet",
        full_rows=False,
        rounds=None,
        progress=None,
    )
    return folder


@pytest.fixture(scope="session")
def imported(county_folder: Path, policies: Policies) -> Iterator[Store]:
    """The county in a database of its own: other tests empty the one that they share."""
    with tempfile.TemporaryDirectory(prefix="lushi-pg-") as name:
        url = embedded.start(Path(name))
        engine = sa.create_engine(url)
        upgrade_to_head(engine)
        store = Store(engine)
        for path in files_in_order([county_folder]):
            day = date.fromisoformat(path.parent.name)
            now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
            done = import_file(store, path, policies=policies, now=lambda now=now: now, id_key=IdKey(b"k" * 32))
            assert done.outcome == "imported", done.faults
        yield store
        engine.dispose()
        embedded.stop(Path(name))


@pytest.fixture(scope="session")
def judged(imported: Store, policies: Policies, features: FeatureSet) -> Cohort:
    """The cohort as known on 20 April 2021."""
    with imported.moment(lambda: END) as moment:
        return cohort(moment, policies, feature_set=features)
