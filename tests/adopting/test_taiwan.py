"""Adopting by YAML alone: the example policy is whole, and it orders 30 000 real clients by default."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import typer
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from scoring.policy.certify import certify
from scoring.policy.load import load
from serving.commands import assess
from serving.county.assess_file import grade_file

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "docs" / "adopting" / "taiwan" / "policy"
CLIENTS = ROOT.parent / "shared" / "data" / "taiwan" / "taiwan.csv.gz"
needs_clients = pytest.mark.skipif(
    not CLIENTS.exists(), reason="the 30 000 clients (UCI data set 350) are not part of the project and not here"
)


def test_the_example_policy_is_whole_and_reads_no_personal_status() -> None:
    policy = load(POLICY)
    assert certify(policy).findings == ()
    assert not {indicator.column for indicator in policy.indicators} & {"SEX", "MARRIAGE", "AGE", "EDUCATION"}


@needs_clients
def test_realised_default_falls_from_grade_to_grade() -> None:
    found = grade_file(CLIENTS, load(POLICY), on=date(2005, 10, 1), id_column="ID", outcome="bad")
    assert found.outcome is not None
    assert len(found.ids) == 30_000
    rates, intervals = [], []
    for grade in range(4):
        members = found.columns.grade == grade
        bad = int(found.outcome[members].sum())
        rates.append(bad / int(members.sum()))
        intervals.append(binomtest(bad, int(members.sum())).proportion_ci(0.95, "wilson"))
    assert all(better < worse for worse, better in pairwise(rates))
    assert intervals[-1].high < intervals[0].low
    assert roc_auc_score(found.outcome, -found.columns.score.astype(int)) >= 0.70


@needs_clients
def test_one_command_prints_the_table_and_the_auc(tmp_path: Path) -> None:
    app = typer.Typer()
    assess.register(app)
    app.command("other")(lambda: None)
    out = tmp_path / "grades.csv"
    command = ["assess", str(CLIENTS), "--policy", str(POLICY), "--on", "2005-10-01", "--id-column", "ID"]
    result = CliRunner().invoke(app, [*command, "--outcome", "bad", "--out", str(out)])
    assert result.exit_code == 0, result.output
    auc = re.search(r"AUC of the score against default: (0\.\d+)", result.output)
    assert auc is not None
    assert float(auc.group(1)) >= 0.70
    assert out.read_text(encoding="utf-8").count("\n") == 30_001


def test_a_file_with_faults_is_refused_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lines = ["id,PAY_1,PAY_2"] + [f"c{n},{rng.integers(-2, 9)},0" for n in range(50)]
    lines[10], lines[20], lines[30] = "c9,much,0", "c19,1,999999", "c0,0,0"
    path = tmp_path / "clients.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    app = typer.Typer()
    assess.register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(
        app, ["assess", str(path), "--policy", str(POLICY), "--on", "2005-10-01", "--id-column", "id"]
    )
    assert result.exit_code == 1
    assert "the file has 4 faults" in result.output
    assert "row 11, column 'PAY_1'" in result.output
    assert "much" not in result.output
