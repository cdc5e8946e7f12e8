"""The county that the load is put on: synthetic, imported, its challenger trained and promoted, banks with keys.

Made by ``lushi demo`` in a folder of its own; made once where ``LUSHI_BENCH_DATA`` names a folder to keep it in.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars
import sqlalchemy as sa

from feature_store.adapters.service_tables import log_entries
from serving.commands.demo import OPENS
from serving.commands.demo_callers import BANKS, consent_of
from serving.settings import read_settings
from serving.wiring import wire

KEPT = "LUSHI_BENCH_DATA"
_SEED = 20210416


@dataclass(frozen=True, slots=True)
class LoadCounty:
    """A county made by ``lushi demo``. folder: what the service takes as LUSHI_DATA."""

    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """The service's environment on this county, but for its port; nobody's own LUSHI settings count."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(("LUSHI_", "MLFLOW_"))}
        return others | {
            "LUSHI_DATA": str(self.folder),
            "LUSHI_MLRUNS": str(self.folder / "mlruns"),
            "LUSHI_NOW": self.goes_on().isoformat(),
            "LUSHI_CALLS_PER_SECOND": "10000",
        }

    def goes_on(self) -> datetime:
        """When the county's day goes on: where its log ends, since what stands in it lies before any clock that is right."""
        parts = wire(replace(read_settings({"LUSHI_DATA": str(self.folder)}), now=OPENS))
        try:
            with parts.store.briefly() as connection:
                newest = connection.execute(sa.select(sa.func.max(log_entries.c.recorded_at))).scalar_one()
        finally:
            parts.close()
        return max(OPENS, newest or OPENS)

    @property
    def key(self) -> str:
        """A bank's key."""
        return (self.folder / "keys" / f"{BANKS[0]}.key").read_text().strip()

    @property
    def model(self) -> Path:
        """The file of the model that was promoted: the only one that was trained."""
        (found,) = (self.folder / "mlruns").glob("artifacts/*/artifacts/model/model.txt")
        return found

    def households(self, most: int) -> list[str]:
        """Ids of households chosen at random, the same each time."""
        first = min((self.folder / "county").glob("*/households.parquet"))
        ids = polars.read_parquet(first)["household_id"].sort().to_list()
        return random.Random(_SEED).sample(ids, min(most, len(ids)))

    def one_of_each_village(self) -> list[str]:
        """Ids of one household of each village, for a service that is to know every village's loan book."""
        return list({it.rpartition("-")[0]: it for it in self.households(10**9)}.values())

    def decision(self, household_id: str) -> dict[str, object]:
        """What a bank asks about a household."""
        return {
            "household_id": household_id,
            "purpose": "livestock",
            "amount_cny": 30000,
            "term_months": 24,
            "consent_reference": consent_of(household_id, BANKS[0]),
        }


@contextmanager
def load_county(households: int, kept: str | None = None) -> Iterator[LoadCounty]:
    """The county of so many households: the one that the folder ``kept`` keeps, or a new one."""
    if kept:
        yield _made(Path(kept), households)
        return
    with tempfile.TemporaryDirectory(prefix="lushi-load-") as name:
        Path(name).chmod(0o755)
        yield _made(Path(name), households)


def _made(folder: Path, households: int) -> LoadCounty:
    about = folder / "made.json"
    found = LoadCounty(folder / "demo")
    if about.exists():
        if json.loads(about.read_text()) != {"households": households}:
            raise SystemExit(f"{folder} keeps a county of another size; name another folder in {KEPT}")
        return found
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LUSHI_", "MLFLOW_"))}
    command = [sys.executable, "-m", "lushi", "demo", "--households", str(households), "--no-serve"]
    ran = subprocess.run(
        command, env=environment | {"LUSHI_DATA": str(folder)}, capture_output=True, text=True, check=False
    )
    if ran.returncode or "was promoted" not in " ".join(ran.stdout.split()):
        raise SystemExit(f"no county with a promoted challenger came of it:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    about.write_text(json.dumps({"households": households}))
    return found
