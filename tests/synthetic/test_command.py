"""`lushi synthetic` as a person runs it."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from feature_store.synthetic.command import register


def run(*arguments: str):
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return CliRunner().invoke(app, ["synthetic", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


def test_it_writes_the_rounds_and_says_what_to_do_next(tmp_path):
    result = run(str(tmp_path / "county"), "--households", "40", "--rounds", "2", "--format", "parquet")
    assert result.exit_code == 0
    assert "40 households, 2 rounds" in result.stdout
    assert "lushi import" in result.stdout
    assert sorted(path.name for path in (tmp_path / "county").iterdir()) == ["2017-04-10", "2017-07-10", "truth"]


def test_full_rows_write_one_round(tmp_path):
    assert run(str(tmp_path / "county"), "--households", "40", "--full-rows").exit_code == 0
    assert [path.name for path in (tmp_path / "county").iterdir()] == ["2017-04-10"]


def test_a_folder_that_is_not_empty_ends_with_2_and_a_way_out(tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    result = run(str(tmp_path), "--households", "40")
    assert result.exit_code == 2
    assert "empty" in result.stderr


def test_help_explains_every_option():
    text = run("--help").stdout
    for word in ("--households", "--seed", "--format", "--full-rows", "--quarters", "--rounds", "411299"):
        assert word in text
