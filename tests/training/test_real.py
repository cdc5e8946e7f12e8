"""The two real sets, where they are: what the challenger reaches, beside the references of their README.

Neither is of rural households: no public data set of those with repayment outcomes could be found.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import real
from benchmarks.superlender import build
from tests.training import tables
from training.pipeline import train
from training.plan import Plan
from training.read_data import read_data
from training.read_spec import read_spec
from training.trained import Trained

SPECS = Path(__file__).parents[2] / "benchmarks" / "specs"


def _train(data: Path, name: str) -> Trained:
    spec = read_spec(SPECS / f"{name}.yaml")
    return train(read_data(data, spec), Plan(spec.split, spec.accept_rate), progress=tables.quiet, seed=42)


def test_taiwan_in_five_folds(shared_data: Path) -> None:
    data = shared_data / "taiwan" / "taiwan.csv.gz"
    if not data.exists():
        pytest.skip("the 30 000 clients (UCI data set 350) are not part of the project and not here")
    found = _train(data, "taiwan")
    assert found.figures["overall.auc"] >= 0.783
    assert found.figures["overall.brier"] <= 0.1345
    assert found.figures["overall.ece"] <= 0.015
    assert found.verdicts["woe"] == "better"
    assert found.gate.verdict == "promote"
    assert {"SEX", "EDUCATION", "MARRIAGE"} == set(found.groups)


def test_superlender_out_of_time(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "superlender"
    if not folder.exists():
        pytest.skip("the repeat borrowers' loans may not be part of the project and are not here")
    build(folder).write_csv(tmp_path / "loans.csv")
    found = _train(tmp_path / "loans.csv", "superlender")
    figures = found.figures
    assert figures["judged.rows"] == 1338
    assert figures["overall.auc"] >= 0.690
    assert figures["overall.brier"] <= 0.152
    low, high = figures["rival.woe.auc_difference.low"], figures["rival.woe.auc_difference.high"]
    assert found.verdicts["woe"] == ("better" if low > 0 else "worse" if high < 0 else "not significant")
    assert found.verdicts["woe"] != "worse"
    assert figures["check.reversals"] == 0


def test_the_benchmark_says_which_set_it_skips_and_why(tmp_path: Path) -> None:
    console = Console(record=True, width=200)
    real.show(tmp_path, console)
    text = console.export_text()
    for name in ("taiwan", "superlender"):
        assert f"{name} is skipped: it is not in {tmp_path}, and the project does not ship it; give --data" in text
    assert "AUC" not in text


def test_the_benchmark_prints_our_figures_beside_the_references(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (shared_data / real.SUPERLENDER).exists():
        pytest.skip("the repeat borrowers' loans may not be part of the project and are not here")
    monkeypatch.setattr(real, "TAIWAN", Path("none"))  # the larger one is trained above
    console = Console(record=True, width=200)
    real.show(shared_data, console)
    text = console.export_text()
    assert "taiwan is skipped" in text
    assert real.REFERENCES["superlender"].auc in text
    assert "No public set of rural households" in text
