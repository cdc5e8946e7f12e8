"""Counties written once for all tests of the package, and reading them back as an import would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars
import pytest
import yaml

from feature_store.synthetic.county import write_county
from scoring.credit_file import MISSING, OPEN
from scoring.policy.elements import Indicator
from scoring.policy.load import ROOT, load
from scoring.policy.schema import Policy


@pytest.fixture(scope="session")
def policy_2017() -> Policy:
    return load(ROOT / "lushi" / "2017-04-01")


@pytest.fixture(scope="session")
def policy_2021() -> Policy:
    return load(ROOT / "lushi" / "2021-03-01")


@pytest.fixture(scope="session")
def writes(policy_2017: Policy, policy_2021: Policy):
    """write_county with the county's two policies and small defaults."""

    def write(out: Path, **changes) -> list[Path]:
        asked = {"households": 300, "seed": 7, "format": "csv", "full_rows": False, "rounds": None, "progress": None}
        policies = {"policy_2017": policy_2017, "policy_2021": policy_2021}
        return write_county(out, **(policies | asked | changes))

    return write


@pytest.fixture(scope="session")
def small_csv(writes, tmp_path_factory) -> list[Path]:
    """300 households, all rounds."""
    return writes(tmp_path_factory.mktemp("small") / "county")


@pytest.fixture(scope="session")
def big_parquet(writes, tmp_path_factory) -> list[Path]:
    """20,000 households, all rounds."""
    return writes(tmp_path_factory.mktemp("big") / "county", households=20_000, seed=2017, format="parquet")


@pytest.fixture(scope="session")
def sidecar():
    return _sidecar


@pytest.fixture(scope="session")
def text():
    return _text


@pytest.fixture(scope="session")
def round_codes():
    return _round_codes


_EPOCH = 719163


def _sidecar(table: Path) -> dict[str, object]:
    return yaml.safe_load(table.with_name(f"{table.name}.batch.yaml").read_text(encoding="utf-8"))


def _text(table: Path) -> polars.DataFrame:
    """A CSV with every cell as text; an empty cell is null."""
    return polars.read_csv(table, infer_schema=False)


def _codes_of(item: Indicator, column: polars.Series) -> np.ndarray:
    """Codes of a Parquet column."""
    if item.kind == "category":
        codes = column.replace_strict(
            list(item.categories), list(range(len(item.categories))), return_dtype=polars.Int64
        )
    elif item.kind == "episode":
        known = {"none": 0, "open": OPEN}
        codes = polars.Series(
            [None if word is None else known[word] if word in known else _day(word) for word in column],
            dtype=polars.Int64,
        )
    elif item.decimals:
        codes = (column * 10**item.decimals).round(0).cast(polars.Int64)
    else:
        codes = column.cast(polars.Int64)
    return codes.fill_null(MISSING).to_numpy().astype(np.int32)


def _round_codes(folder: Path, policy: Policy) -> tuple[list[str], np.ndarray]:
    """Household ids and codes (n_indicators, n_households) known after the first round's main files."""
    ids = polars.read_parquet(folder / "households.parquet")["household_id"].to_list()
    row = {household: position for position, household in enumerate(ids)}
    codes = np.full((len(policy.indicators), len(ids)), MISSING, np.int32)
    for source in policy.sources:
        table = folder / f"{source.id}.parquet"
        frame = polars.read_parquet(table)
        rows = np.array([row[household] for household in frame["household_id"].to_list()], dtype=np.int64)
        complete = _sidecar(table)["coverage"] == "complete"
        for position, item in enumerate(policy.indicators):
            if item.source == source.id:
                if complete:
                    codes[position] = item.clear
                codes[position, rows] = _codes_of(item, frame[item.column])
    return ids, codes


def _day(word: str) -> int:
    return int(np.datetime64(word, "D").astype(np.int64)) + _EPOCH
