"""The embedded database runs while somebody uses it, and no longer (docs/adr/0006)."""

from __future__ import annotations

from pathlib import Path

from feature_store.adapters import embedded
from feature_store.adapters.connect import connect
from serving.settings import read_settings
from serving.wiring import wire


def test_the_last_one_out_stops_it(tmp_path: Path) -> None:
    settings = read_settings({"LUSHI_DATA": str(tmp_path)})
    first, second = wire(settings), wire(settings)
    with second.store.engine.connect():
        assert first.store.engine.url == second.store.engine.url
        first.close()
        with second.store.moment(second.clock.now) as moment:
            assert moment.known_at.tzinfo is not None
    second.close()
    assert not embedded.stop(tmp_path / "postgres"), "nothing runs any more"


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = read_settings({"LUSHI_DATA": str(tmp_path)})
    key = wire(settings).id_key
    assert wire(settings).id_key == key
    assert len(key.secret) == 32
    assert (tmp_path / "id.key").stat().st_mode & 0o777 == 0o600


def test_a_given_database_is_used_and_left_running(tmp_path: Path) -> None:
    url = embedded.start(tmp_path / "elsewhere")
    parts = wire(read_settings({"LUSHI_DATABASE_URL": url, "LUSHI_DATA": str(tmp_path / "var")}))
    with parts.store.moment(parts.clock.now):
        pass
    parts.close()
    connect(url).dispose()
    assert embedded.stop(tmp_path / "elsewhere")
