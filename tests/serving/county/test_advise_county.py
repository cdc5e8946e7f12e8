"""The county's opinions are those of its decisions, come whole or not at all, and leave no trace in the database."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
import typer
from starlette.testclient import TestClient
from typer.testing import CliRunner

import serving.county.advise_county as county
from feature_store.adapters.tables import metadata
from scoring.errors import LushiError, PolicyNotInForce
from scoring.terms import Request
from serving.api.app import create_app
from serving.challenger import many
from serving.challenger.load import Artefact, Challenger
from serving.challenger.many import OpinionsUnsound
from serving.clock import FixedClock
from serving.commands import advise as command
from serving.commands.advise import CONTRIBUTION, frame_of
from serving.county.advise_county import FeaturesUnknown, NoModel, advise_county
from serving.county.purposes import UnknownPurpose
from serving.settings import read_settings
from serving.wiring import wire
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.served import NOW, Served

ON = NOW.date()
LOAN = Request("planting", Decimal(30_000), 24)
WHOLE = models.artefact(SET)


def run(advised: Advised, *arguments: str) -> Any:
    """The command within this process, on the tests' county."""
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app, lambda: advised.served.parts)
    return CliRunner().invoke(app, ["advise", "--on", ON.isoformat(), *arguments], env={"COLUMNS": "140"})


def rows_of_every_table(advised: Advised) -> dict[str, int]:
    with advised.served.parts.store.engine.connect() as connection:
        return {
            name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in metadata.tables
        }


def _in_tenths(advised: Advised) -> Artefact:
    """The model with bands that each hold a tenth of this county, so that opinions of every kind occur."""
    advised.stand(WHOLE)
    pd = advise_county(advised.served.parts, ON, LOAN).said.pd
    edges = np.quantile(pd, np.arange(1, 10) / 10).tolist()
    low, high = [0.0, *edges], [*edges, 1.0]
    return models.artefact(SET, model=WHOLE.model, pd_interval={"edges": edges, "low": low, "high": high})


def test_without_a_promoted_model_it_says_so_and_ends_with_1(advised: Advised, tmp_path: Path) -> None:
    with pytest.raises(NoModel):
        advise_county(advised.served.parts, ON, LOAN)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    settings = {"LUSHI_DATA": str(advised.served.folder), "LUSHI_NOW": NOW.isoformat()}
    found = subprocess.run(
        [sys.executable, "-m", "lushi", "advise", "--on", ON.isoformat(), "--out", str(tmp_path / "x.parquet")],
        env=clean | settings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.returncode == 1
    assert "no model advises" in found.stderr
    assert "lushi promote" in found.stderr
    assert "Traceback" not in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_opinions_are_those_recorded_with_decisions_on_the_same_loan_at_the_same_moment(
    advised: Advised, monkeypatch: pytest.MonkeyPatch
) -> None:
    advised.stand(_in_tenths(advised))
    real, asked = county.ask_all, []

    def watched(challenger: Challenger, matrix: Any, *progress: Any) -> Any:
        asked.append(matrix)
        return real(challenger, matrix, *progress)

    monkeypatch.setattr(county, "ask_all", watched)
    found = frame_of(advise_county(advised.served.parts, ON, LOAN))
    vectors = dict(zip(found["household_id"], asked[0], strict=True))
    rows = {row["household_id"]: row for row in found.to_dicts()}
    assert sorted(rows) == advised.served.ids()
    agreed = set()
    for household_id in advised.served.ids()[:50]:
        decided = advised.decide(household_id, purpose="planting", amount_cny=30_000, term_months=24)
        row, advice, binding = rows[household_id], decided["advisory"], decided["binding"]
        assert (row["status"], row["grade"] or None) == (binding["status"], binding["grade"])
        assert row["village_code"] == decided["village_code"]
        for column, said in (
            ("pd", advice["pd"]),
            ("pd_low", advice["pd_interval"]["low"]),
            ("pd_high", advice["pd_interval"]["high"]),
            ("base_value", advice["base_value"]),
            *((f"{CONTRIBUTION}{name}", log_odds) for name, _, log_odds in advice["by_feature"]),
        ):
            assert math.isclose(row[column], float(said), rel_tol=0, abs_tol=1e-12), column
        values = [math.nan if value == "" else float(value) for _, value, _ in advice["by_feature"]]
        assert np.array_equal(vectors[household_id], values, equal_nan=True)
        assert row["card_and_model_agree"] is advice["agreement"]["agrees"]
        agreed.add(row["card_and_model_agree"])
        beyond = [len(it["features"]) for it in advice["caveats"] if it["id"] == "outside_support"]
        assert row["outside_support"] == sum(beyond)
    assert agreed == {True, False, None}


def test_blocks_change_nothing(advised: Advised, monkeypatch: pytest.MonkeyPatch) -> None:
    advised.stand(WHOLE)
    whole = frame_of(advise_county(advised.served.parts, ON, LOAN))
    monkeypatch.setattr(many, "BLOCK", 7)
    steps: list[str] = []
    again = frame_of(advise_county(advised.served.parts, ON, LOAN, steps.append))
    assert again.equals(whole)
    asked = [step for step in steps if step.startswith("asking the model")]
    assert len(asked) == math.ceil(len(whole) / 7) > 10
    assert steps[: -len(asked)] == ["loading the model", "reading filings", "grading"]


def test_the_file_holds_every_household_says_which_model_spoke_and_the_database_stays_as_it_was(
    advised: Advised, tmp_path: Path
) -> None:
    version = advised.stand(WHOLE)
    before, out = rows_of_every_table(advised), tmp_path / "opinions.parquet"
    shown = run(advised, "--out", str(out), "--amount", "50000", "--purpose", "livestock")
    assert shown.exit_code == 0, shown.output
    assert rows_of_every_table(advised) == before
    assert [path.name for path in tmp_path.iterdir()] == [out.name]

    frame, about = polars.read_parquet(out), polars.read_parquet_metadata(out)
    contributions = frame.select(polars.col(f"^{CONTRIBUTION}.*$"))
    assert contributions.columns == [f"{CONTRIBUTION}{name}" for name in SET.names]
    assert set(contributions.dtypes) == {polars.Float64}
    log_odds = contributions.to_numpy().sum(axis=1) + frame["base_value"].to_numpy()
    assert np.abs(1 / (1 + np.exp(-log_odds)) - frame["pd"].to_numpy()).max() <= 1e-12
    assert set(frame["card_and_model_agree"].unique()) == {True, False, None}
    assert {
        "note": "advisory, not used in the grade · 仅供参考,不用于评级",
        "model_version": version,
        "model_sha256": advised.registry.versions()[-1].model_sha256,
        "feature_set": SET.version,
        "feature_set_sha256": SET.sha256,
        "on": ON.isoformat(),
        "amount_cny": "50000.00",
        "term_months": "24",
        "purpose": "livestock",
    }.items() <= about.items()
    assert about["known_at"] == NOW.astimezone(UTC).isoformat()

    by_grade = frame.filter(polars.col("grade") == "AA")
    assert f"{len(frame):,} households" in shown.output
    assert "50,000 yuan, 24 months, livestock" in shown.output
    assert f"{by_grade['pd'].mean():.2%}" in shown.output
    assert f"{len(by_grade) / len(frame):.1%}" in shown.output
    granted = frame.filter(~polars.col("card_and_model_agree"), polars.col("status") == "graded")
    assert f"risky to the model: {len(granted):,}" in shown.output
    assert str(out) in shown.output.replace("\n", "")


def test_one_row_that_does_not_add_up_is_an_error_and_nothing_is_written(
    advised: Advised, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advised.stand(WHOLE)
    real = advised.served.parts.challengers.verified

    class Lying:
        """Says of the last row of each block something else than its contributions do."""

        def __init__(self, honest: Any, off: float) -> None:
            self.honest, self.off = honest, off

        def predict(self, rows: Any, **how: Any) -> Any:
            said = np.array(self.honest.predict(rows, **how))
            said[-1] += self.off if how.get("raw_score") else 0
            return said

    out = tmp_path / "opinions.parquet"
    out.write_bytes(b"before")
    for off, words in ((1e-8, "do not add up"), (math.nan, "are not finite")):

        def lying(version: str, sha256: str, about_sha256: str, off: float = off) -> Challenger:
            found = real(version, sha256, about_sha256)
            return replace(found, booster=Lying(found.booster, off))  # type: ignore[arg-type]

        monkeypatch.setattr(advised.served.parts.challengers, "verified", lying)
        failed = run(advised, "--out", str(out))
        assert isinstance(failed.exception, OpinionsUnsound)
        assert words in str(failed.exception)
        assert "nothing was written" in str(failed.exception)
        assert [path.name for path in tmp_path.iterdir()] == [out.name]
        assert out.read_bytes() == b"before"


def test_what_cannot_be_asked_is_refused_in_words(advised: Advised, tmp_path: Path) -> None:
    advised.stand(WHOLE)
    for arguments, words in (
        (("--out", str(tmp_path / "x.csv")), "does not end in .parquet"),
        (("--out", str(tmp_path / "none" / "x.parquet")), "does not exist"),
        (("--out", str(tmp_path / "x.parquet"), "--purpose", "gambling"), "use one of: planting"),
    ):
        failed = run(advised, *arguments)
        assert isinstance(failed.exception, LushiError)
        assert words in str(failed.exception)
        assert list(tmp_path.iterdir()) == []
    assert run(advised, "--out", str(tmp_path / "x.parquet"), "--amount", "0").exit_code == 2
    with pytest.raises(UnknownPurpose):
        advise_county(advised.served.parts, ON, replace(LOAN, purpose="gambling"))
    with pytest.raises(PolicyNotInForce):
        advise_county(advised.served.parts, date(2016, 1, 1), LOAN)


def test_an_empty_county_gives_a_file_without_rows_but_with_every_column(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    parts = replace(wire(read_settings({"LUSHI_DATA": str(tmp_path / "var")})), clock=clock)
    try:
        empty = Advised(Served(parts, clock, tmp_path, TestClient(create_app(parts))))
        empty.stand(WHOLE)
        shown = run(empty, "--out", str(tmp_path / "x.parquet"))
        assert shown.exit_code == 0, shown.output
        assert "0 households" in shown.output
        frame = polars.read_parquet(tmp_path / "x.parquet")
        assert frame.height == 0
        assert frame.columns[-1] == f"{CONTRIBUTION}{SET.names[-1]}"
    finally:
        parts.close()


def test_a_policy_that_collects_less_than_the_model_looks_at_is_named(advised: Advised) -> None:
    advised.stand(WHOLE)
    policy = advised.served.parts.policies.in_force(ON)
    used = next(it.of for it in SET.features if it.kind == "indicator")
    less = replace(policy, indicators=tuple(it for it in policy.indicators if it.id != used))
    version = advised.registry.versions()[-1]
    challenger = advised.served.parts.challengers.verified(version.version, version.model_sha256)
    county.check_fits(challenger, policy)
    with pytest.raises(FeaturesUnknown, match=rf"{used}.*{policy.id}"):
        county.check_fits(challenger, less)
