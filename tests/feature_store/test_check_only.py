"""A file that is only looked at: told exactly what its import would tell, and nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters.check_only import LookedAt, look_at_file
from feature_store.sidecar import NOTHING
from tests.feature_store.fault_cases import FAULTS


def _look(county: Any, path: Any) -> LookedAt:
    return look_at_file(
        county.store, path, policies=county, now=lambda: county.now, id_key=county.id_key, stated=NOTHING
    )


def _batches(county: Any) -> int:
    with county.store.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM batches")).scalar_one())


@pytest.mark.parametrize("name", list(FAULTS)[::4])
def test_a_look_finds_what_an_import_finds(name: str, county: Any) -> None:
    source, rows, written, *_ = FAULTS[name]
    path = county.write(source, rows(county), **written)
    before = _batches(county)
    seen = _look(county, path)
    assert _batches(county) == before
    assert seen.faults == county.bring(path).faults
    assert seen.faults
    assert not seen.already


def test_a_faultless_file_and_the_same_again(county: Any) -> None:
    path = county.write("court", [county.filing("court", "411299101201-0001")])
    seen = _look(county, path)
    assert (seen.already, seen.n_rows, seen.faults) == (False, 1, ())
    assert county.bring(path).n_rows == 1
    again = _look(county, path)
    assert (again.already, again.n_rows, again.sha256) == (True, 0, seen.sha256)
