"""``lushi train table``: exit codes, files, and messages that people can act on."""

from __future__ import annotations

import errno
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import polars as pl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from tests.training import tables
from training import write_out
from training.commands import register
from training.table import Table
from training.tracking import Record

SPEC = """name: drawn
target: bad
id: id
group: household
date: day
train_before: 2020-01-01
protected: [side]
binding_score: score
features:
  - {name: debt, monotone: up, label: {zh: 负债, en: debt}}
  - {name: income, monotone: down}
  - {name: visits}
  - {name: crop, dtype: category}
"""


def _write(folder: Path, table: Table) -> None:
    pl.DataFrame(
        {
            "id": table.ids,
            "household": table.groups,
            "day": table.dates,
            "bad": table.target.astype(int),
            "side": table.segments["side"],
            "score": table.binding,
            "debt": table.matrix[:, 0],
            "income": table.matrix[:, 1],
            "visits": table.matrix[:, 2],
            "crop": pl.Series(table.matrix[:, 4]).cast(pl.Int8).cast(pl.String),
        }
    ).fill_nan(None).write_parquet(folder / "rows.parquet")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")


def _run(folder: Path, *words: str) -> Result:
    app = typer.Typer()
    register(app, lambda: Record(folder / "mlruns"), lambda: datetime(2021, 4, 1, tzinfo=UTC))
    command = ["train", "table", str(folder / "rows.parquet"), "--spec", str(folder / "spec.yaml")]
    return CliRunner().invoke(app, [*command, "--out", str(folder / "out"), *words])


def test_invented_rows_are_called_so_by_the_command_its_figures_and_the_card(tmp_path: Path) -> None:
    _write(tmp_path, tables.table(1500))
    (tmp_path / "spec.yaml").write_text(SPEC + "synthetic: true\n", encoding="utf-8")
    result = _run(tmp_path, "--no-record")
    assert "Synthetic data" in result.output
    assert json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))["synthetic"] is True
    assert "Synthetic data" in (tmp_path / "out" / "card" / "card.md").read_text(encoding="utf-8")


def test_a_sound_table_is_promoted_with_exit_code_0(tmp_path: Path) -> None:
    _write(tmp_path, tables.table())
    result = _run(tmp_path, "--register", "--json", str(tmp_path / "found.json"))
    assert result.exit_code == 0, result.output
    assert "promote" in result.output
    assert "version 1" in result.output
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert found["verdict"] == "promote"
    assert found["synthetic"] is False
    assert "Synthetic data" not in result.output
    assert found["metrics"]["overall.auc"] > 0.7
    assert set(found["rivals"]) == {"woe", "binding"}
    assert (tmp_path / "out" / "metrics.json").read_text(encoding="utf-8") == (tmp_path / "found.json").read_text(
        encoding="utf-8"
    )
    assert sorted(it.name for it in (tmp_path / "out" / "model").iterdir()) == ["challenger.json", "model.txt"]
    assert (tmp_path / "out" / "card" / "card.html").is_file()
    again = _run(
        tmp_path, "--no-record", "--previous", str(tmp_path / "out" / "model"), "--out", str(tmp_path / "again")
    )
    assert again.exit_code == 0, again.output
    assert "against the previous challenger: not significant" in again.output
    first, second = ((tmp_path / it / "model" / "model.txt").read_bytes() for it in ("out", "again"))
    assert first == second


def test_a_refused_model_gives_exit_code_3_and_every_reason(tmp_path: Path) -> None:
    _write(tmp_path, tables.shuffled(tables.table(2000)))
    result = _run(tmp_path, "--no-record")
    assert result.exit_code == 3, result.output
    assert "contains 0.5" in result.output
    assert not (tmp_path / "mlruns").exists()


def test_faults_give_exit_code_1_and_are_all_shown(tmp_path: Path) -> None:
    _write(tmp_path, tables.table(300))
    (tmp_path / "spec.yaml").write_text(SPEC.replace("up", "x").replace("category", "y"), encoding="utf-8")
    result = _run(tmp_path, "--no-record")
    assert result.exit_code == 1
    assert "monotone: x" in result.output
    assert "dtype: y" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words", [("--register", "--no-record"), ("--json", "/nowhere/at/all/x.json"), ("--search", "99"), ("--nonsense",)]
)
def test_wrong_use_gives_exit_code_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    _write(tmp_path, tables.table(300))
    assert _run(tmp_path, *words).exit_code == 2


def test_a_county_is_asked_only_when_its_own_command_runs(tmp_path: Path) -> None:
    _write(tmp_path, tables.table(300))
    app = typer.Typer()

    def county() -> NoReturn:
        raise AssertionError

    register(app, lambda: Record(tmp_path), lambda: datetime(2021, 4, 1, tzinfo=UTC), county=county)
    assert "table" in CliRunner().invoke(app, ["train", "--help"]).output
    table = ["train", "table", str(tmp_path / "rows.parquet"), "--spec", str(tmp_path / "spec.yaml"), "--no-record"]
    assert CliRunner().invoke(app, [*table, "--out", str(tmp_path / "out")]).exit_code == 3
    assert isinstance(CliRunner().invoke(app, ["train"]).exception, AssertionError)


def test_a_folder_that_cannot_be_written_is_said_before_training(tmp_path: Path) -> None:
    _write(tmp_path, tables.table(300))
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    result = _run(tmp_path, "--no-record", "--out", str(tmp_path / "file" / "below"))
    assert result.exit_code == 1
    assert "cannot be written" in result.output
    assert "--out" in result.output
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_run_that_fails_while_writing_leaves_the_earlier_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path, tables.table(600))
    assert _run(tmp_path, "--no-record").exit_code in (0, 3)
    out = tmp_path / "out"
    (out / "note.txt").write_text("mine", encoding="utf-8")
    before = {it: it.read_bytes() for it in out.rglob("*") if it.is_file()}

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(write_out, "as_json", full)
        result = _run(tmp_path, "--no-record", "--seed", "9")
    assert result.exit_code == 1
    assert "no space left on device; make room" in result.output
    assert {it: it.read_bytes() for it in out.rglob("*") if it.is_file()} == before
    assert _run(tmp_path, "--no-record", "--seed", "9").exit_code in (0, 3)
    assert (out / "model" / "model.txt").read_bytes() != before[out / "model" / "model.txt"]
    assert (out / "note.txt").read_text(encoding="utf-8") == "mine"


def test_no_table_takes_the_name_of_the_countys_own_model(tmp_path: Path) -> None:
    _write(tmp_path, tables.table(300))
    (tmp_path / "spec.yaml").write_text(SPEC.replace("name: drawn", "name: lushi-challenger"), encoding="utf-8")
    result = _run(tmp_path, "--register")
    assert result.exit_code == 1
    assert "is the county's own" in result.output
    assert not (tmp_path / "mlruns").exists()
