"""Commands under misuse: a message that says what to do, never a traceback, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars
import pytest

from feature_store.adapters.connect import connect
from scoring.errors import LushiError
from serving.commands import demo
from serving.commands.output import OutputUnusable, check_output, write_frame
from serving.settings import SettingsInvalid, read_settings
from serving.wiring import wire
from tests.serving.served import Served


def _lushi(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    return subprocess.run(
        [sys.executable, "-m", "lushi", *arguments],
        env=clean | settings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_demonstration_that_runs_is_never_cleared_away(make_county: Callable[[], Served]) -> None:
    served = make_county()
    count = len(served.ids())
    with served.parts.store.engine.connect(), pytest.raises(LushiError, match="another demonstration is running"):
        demo._clear(served.folder)
    assert len(served.ids()) == count


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "none" / "x.csv"):
        with pytest.raises(OutputUnusable):
            check_output(out)
    found = _lushi("grade", "--on", "2017-04-20", "--out", str(tmp_path / "none" / "x.csv"), LUSHI_DATA=str(tmp_path))
    assert (found.returncode, "Traceback" in found.stderr) == (1, False)
    assert not (tmp_path / "postgres").exists(), "nothing was begun"


def test_a_result_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "x.csv"
    out.write_text("before", encoding="utf-8")

    def full(self: polars.DataFrame, path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(polars.DataFrame, "write_csv", full)
    with pytest.raises(OutputUnusable, match="no space left"):
        write_frame(polars.DataFrame({"a": [1]}), out)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert out.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("name", "value"),
    [("LUSHI_PORT", "²"), ("LUSHI_PORT", "1" * 5000), ("LUSHI_NOW", "9999-12-31T23:59:59-12:00")],
)
def test_a_setting_out_of_this_world_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        read_settings({name: value})


def test_a_database_address_that_cannot_be_read_is_named() -> None:
    with pytest.raises(LushiError, match="LUSHI_DATABASE_URL"):
        connect("postgresql+psycopg://u:p@h:notaport/db")


def test_half_a_key_is_never_left_and_never_used(tmp_path: Path) -> None:
    settings = read_settings({"LUSHI_DATA": str(tmp_path)})
    key = wire(settings).id_key
    assert [path.name for path in tmp_path.iterdir()] == ["id.key"]
    (tmp_path / "id.key").write_bytes(key.secret[:5])
    with pytest.raises(LushiError, match="restore it from your backup"):
        assert wire(settings).id_key


def test_files_that_are_no_files_are_faults(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "about.yaml")
    found = _lushi("policy", "check", str(tmp_path))
    assert found.returncode == 1
    assert "about.yaml:1: the file cannot be read" in found.stdout
    os.mkfifo(tmp_path / "clients.csv")
    policy = Path(__file__).parents[2] / "docs" / "adopting" / "taiwan" / "policy"
    found = _lushi("assess", str(tmp_path / "clients.csv"), "--policy", str(policy), "--on", "2005-10-01")
    assert found.returncode == 1
    assert "not a regular file" in found.stderr


def test_the_smallest_county_can_be_shown(tmp_path: Path) -> None:
    found = _lushi("demo", "--households", "20", "--no-serve", LUSHI_DATA=str(tmp_path))
    assert found.returncode == 0, found.stderr
