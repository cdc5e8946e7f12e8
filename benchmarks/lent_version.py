"""A version of the challenger to watch with: trained once on a large quiet synthetic county, passed by its gate, lent to every county that is watched.

A small county has too few failed loans for the gate; a version that the gate refused is red for being what it is, and says nothing of the watch.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from feature_store.quarter import Quarter
from feature_store.synthetic.county import write_county
from feature_store.synthetic.living import Life
from scoring.policy.load import ROOT, load
from serving.challenger.versions import PROMOTE
from serving.clock import FixedClock
from serving.quarter.step import NothingTrained, Train
from serving.settings import read_settings
from serving.wiring import wire

HOUSEHOLDS, SEED = 107_000, 2018
"""Of the county that it is trained on."""
TRAINED = Quarter(2019, 1)
"""The quarter whose version is lent: no cause is planted before its books close."""
ROUNDS = 9
"""Quarters of filings until then."""
_NOTE = "version.json"
Progress = Callable[[str], None]


def lent_version(folder: Path, train: Train, progress: Progress) -> tuple[Path, str]:
    """Where MLflow keeps it, and its number; trained where ``folder`` has none yet.

    Raises:
        RuntimeError: where the gate does not pass it.
    """
    if (folder / _NOTE).exists():
        return folder / "mlruns", str(json.loads((folder / _NOTE).read_text(encoding="utf-8"))["version"])
    with tempfile.TemporaryDirectory(prefix="lushi-lender-") as name:
        made = Path(name)
        made.chmod(0o755)
        write(made / "county", "quiet", SEED, HOUSEHOLDS, rounds=ROUNDS)
        settings = read_settings({"LUSHI_DATA": str(made / "var"), "LUSHI_MLRUNS": str(folder / "mlruns")})
        parts = replace(wire(settings), clock=FixedClock(TRAINED.closing))
        try:
            Life(parts.store, parts.policies, parts.id_key, made / "county").until(TRAINED.closing, progress)
            found = train(parts, TRAINED, TRAINED.closing, progress)
        except NothingTrained as error:
            raise RuntimeError(f"the lending county has nothing to train on: {error}") from error
        finally:
            parts.close()
    if found.version is None or found.verdict != PROMOTE:
        raise RuntimeError(f"the gate did not pass the lending county's version: {found.reasons}")
    (folder / _NOTE).write_text(json.dumps({"version": found.version}), encoding="utf-8")
    return folder / "mlruns", found.version


def write(out: Path, scenario: str, seed: int, households: int, *, rounds: int) -> Path:
    """Write a synthetic county's files."""
    write_county(
        out,
        policy_2017=load(ROOT / "lushi" / "2017-04-01"),
        policy_2021=load(ROOT / "lushi" / "2021-03-01"),
        households=households,
        seed=seed,
        format="parquet",
        full_rows=False,
        rounds=rounds,
        progress=None,
        lives_through=scenario,
    )
    return out
