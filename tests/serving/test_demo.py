"""The demonstration as a whole: made, graded, trained, promoted, and a bank's call answered with an opinion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from feature_store.adapters.recording import MOST_LAG
from scoring.errors import LushiError
from scoring.terms import Request
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.approvals.promote import PromotionRefused, list_models, promote, rollback
from serving.commands.demo import OPENS
from serving.commands.demo_challenger import challenge
from serving.county.area_states import AreaStates
from serving.decisions.decide import decide
from serving.decisions.request import DecisionRequest
from serving.settings import read_settings
from serving.wiring import wire
from tests.serving.served import consent_of, give_consents


def _demo(folder: Path, *words: str) -> str:
    """Run the command in a process of its own and give what it prints; MLflow's address must not matter to it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    mine = {"LUSHI_DATA": str(folder), "MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "lushi", "demo", "--no-serve", *words],
        capture_output=True,
        text=True,
        check=False,
        env=clean | mine,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_ten_thousand_households_end_in_a_challenger_that_advises(tmp_path: Path) -> None:
    says = _demo(tmp_path)
    assert "passed the gate and was promoted: version 1 advises" in says
    demo = tmp_path / "demo"
    settings = read_settings({"LUSHI_DATA": str(demo), "LUSHI_MLRUNS": str(demo / "mlruns")})
    parts = wire(replace(settings, now=OPENS, opinion_timeout_ms=10_000))
    try:
        (one,) = list_models(parts)
        assert (one.version.quarter, one.version.verdict, one.stands, one.alias) == ("2021Q1", "promote", True, True)
        with parts.store.engine.connect() as connection:
            household = connection.exec_driver_sql("SELECT min(household_id) FROM households").scalar_one()
        loan = Request(purpose="livestock", amount_cny=Decimal(30_000), term_months=24)
        give_consents(parts, household)
        caller = Caller("bank-a-core", "bank-a", Role.BANK)
        entry = decide(DecisionRequest(household, loan, consent_of(household)), parts, AreaStates(), caller=caller)
        advisory = json.loads(entry.content)["advisory"]
        assert advisory["status"] == "given"
        assert advisory["model"]["sha256"] == one.version.model_sha256
        assert 0 < float(advisory["pd"]) < 1
        assert float(advisory["additivity_error"]) <= 1e-9
        people = {"by": "Wang Fang", "second": "Li Qiang", "why": "as the printed lines invite"}
        with pytest.raises(PromotionRefused, match="already stands"):
            promote(parts, "1", **people)
        with pytest.raises(PromotionRefused, match="no version stood before"):
            rollback(parts, **people)
        # Its clock is not behind what the store holds, but for what the service has recorded since it opened.
        assert OPENS <= parts.store.now(lambda: OPENS) < OPENS + MOST_LAG
    finally:
        parts.close()


def test_a_county_too_small_to_learn_from_is_served_without_a_challenger(tmp_path: Path) -> None:
    assert "no challenger" in _demo(tmp_path, "--households", "20")


def test_a_seed_below_nought_is_wrong_use(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    command = [sys.executable, "-m", "lushi", "demo", "--no-serve", "--seed", "-1"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=clean | {"LUSHI_DATA": str(tmp_path)}
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@dataclass(frozen=True)
class _Refused:
    version: str | None = "1"
    verdict: str = "refuse"
    reasons: str = "too few bads"
    card: str = "card"


def test_what_the_gate_refuses_is_not_promoted() -> None:
    parts = wire(read_settings({}))
    found = challenge(parts, "2021Q1", lambda *_: _Refused(), lambda _: None)
    assert not found.advises
    assert "too few bads" in found.says

    def fails(*_: object) -> _Refused:
        raise LushiError("no loans")

    assert challenge(parts, "2021Q1", fails, lambda _: None).says == "no challenger: no loans"
