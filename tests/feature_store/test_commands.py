"""``lushi import``: exit codes, the faults on screen and as CSV."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from feature_store.commands import register

A = "411299101201-0001"


@pytest.fixture
def run(county: Any) -> Any:
    app = typer.Typer()
    app.callback()(lambda: None)
    clock = SimpleNamespace(now=lambda: county.now)
    register(app, lambda: SimpleNamespace(store=county.store, policies=county, clock=clock, id_key=county.id_key))
    return lambda *words: CliRunner().invoke(app, ["import", *map(str, words)])


def test_a_good_file_ends_with_0_and_once_more_says_already(county: Any, run: Any) -> None:
    path = county.write("court", [county.filing("court", A)])
    assert run(path).exit_code == 0
    again = run(path)
    assert again.exit_code == 0
    assert "already" in again.output


def test_faults_end_with_1_and_are_written_as_csv(county: Any, run: Any, tmp_path: Path) -> None:
    path = county.write("court", [county.filing("court", A, dishonest_debtor="perhaps")])
    result = run(path, "--faults-csv", tmp_path / "faults.csv")
    assert result.exit_code == 1
    lines = (tmp_path / "faults.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "file,row,column,what,mend"
    assert len(lines) == 2
    assert "perhaps" not in lines[1]


def test_a_place_for_faults_that_cannot_be_written_is_told_before_anything_is_stored(
    county: Any, run: Any, tmp_path: Path
) -> None:
    path = county.write("court", [county.filing("court", A)])
    before = county.count("filings")
    assert run(path, "--faults-csv", tmp_path / "none" / "faults.csv").exit_code == 2
    assert county.count("filings") == before


def test_wrong_use_ends_with_2(run: Any, tmp_path: Path) -> None:
    assert run(tmp_path / "nowhere").exit_code == 2
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty").exit_code == 2


def test_options_stand_in_for_a_sidecar(county: Any, run: Any) -> None:
    path = county.write("court", [county.filing("court", A)])
    path.with_name(path.name + ".batch.yaml").unlink()
    assert run(path).exit_code == 1
    assert run(path, "--source", "court", "--observed-on", "2017-03-31", "--coverage", "listed").exit_code == 0
