"""``lushi quarter`` as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import lushi
from feature_store.quarter import QuarterUnusable
from scoring.errors import LushiError
from serving.commands import quarter as command
from tests.serving.quarter.lived import KILLED, Lived


def run(lived: Lived, *arguments: str) -> Any:
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app, lambda: lived.parts, lushi.train_known)
    return CliRunner().invoke(app, ["quarter", *arguments], env={"COLUMNS": "150", "TERM": "dumb"})


def test_it_shows_the_summary_and_writes_every_result(
    make_life: Callable[..., Lived], until_killed: Lived, tmp_path: Path
) -> None:
    lived = make_life(like=until_killed)
    lived.clock.moment = until_killed.clock.moment
    out = tmp_path / "quarter.json"
    first = run(lived, "2018q4", "--json", str(out))
    assert first.exit_code == 0, first.output
    for words in ("2018Q4", "季度小结", "合成数据", "all 12 sources have filed", "准入裁定", "refused", "信用村"):
        assert words in first.output, words
    written = out.read_text(encoding="utf-8")
    found = json.loads(written)
    assert [step["step"] for step in found["steps"]][-1] == "summary"
    assert {step["step"]: step["result"] for step in found["steps"]} == {
        name: json.loads(it) for name, it in lived.recorded(KILLED).items()
    }
    again = run(lived, "2018Q4", "--json", str(out))
    assert again.exit_code == 0
    assert "closed already" in again.output
    assert out.read_text(encoding="utf-8") == written


def test_a_missing_source_ends_with_3(make_life: Callable[..., Lived]) -> None:
    lived = make_life()
    lived.until(KILLED.closing)  # a year of rounds, and then nothing
    lived.clock.moment = KILLED.closing.replace(year=2020)
    found = run(lived, "2019Q4")
    assert found.exit_code == command.MISSING == 3
    assert "公安机关" in found.output
    assert "--go-on" in found.output
    assert "loan_months" in found.output


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("2018Q5",), QuarterUnusable),
        (("2018Q4", "--json", "/nowhere/x.json"), LushiError),
        (("2030Q1",), QuarterUnusable),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_recorded(
    until_killed: Lived, arguments: tuple[str, ...], kind: type[Exception]
) -> None:
    assert isinstance(run(until_killed, *arguments).exception, kind)
    assert until_killed.recorded(KILLED) == {}


def test_help_explains_the_command() -> None:
    found = CliRunner().invoke(lushi.app, ["quarter", "--help"], env={"COLUMNS": "150", "TERM": "dumb"})
    for words in ("--go-on", "--json", "2021Q1", "季度结算", "two people"):
        assert words in found.output
