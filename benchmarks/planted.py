"""What each synthetic scenario plants, from when on, and by which words a report names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars

from feature_store.feature_set import load_feature_set
from feature_store.quarter import Quarter
from feature_store.synthetic.county import TRUTH
from scoring.policy.load import ROOT, load_index

BEFORE_IT_BEGINS = "2019-06-30"
"""The loans of the quarter until then are the same in a county with the regional shock and without, but for their chances."""
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Planted:
    """since: the quarter in which it begins; None for nothing. words: any of them names it, each part of it one."""

    since: Quarter | None
    words: tuple[str, ...]

    def named_in(self, lines: str) -> tuple[str, ...]:
        """The words that stand in some lines."""
        return tuple(word for word in self.words if word in lines)


def planted(scenario: str, county: Path, quiet: Callable[[], Path]) -> Planted:
    """What is planted in a county. quiet: writes the county of the same seed and size in which nothing is, and says where."""
    if scenario == "shock":
        return Planted(Quarter(2020, 2), hit_townships(county, quiet()))
    if scenario == "feature_break":
        features = load_feature_set(policy=load_index(ROOT / "lushi").latest).features
        return Planted(Quarter(2019, 4), (next(it.label.en for it in features if it.name == "debt_income_ratio"),))
    if scenario == "concept_change":
        policy = load_index(ROOT / "lushi").latest
        purposes = [it.label.en for it in policy.terms.purposes if it.id in ("planting", "forestry")]
        return Planted(Quarter(2019, 3), (*purposes, *(policy.words[it].en for it in ("walnut", "herbs"))))
    return Planted(None, ())


def hit_townships(county: Path, quiet: Path) -> tuple[str, ...]:
    """The English names of the townships that the regional shock hits: there alone the true chances differ from the quiet county's."""
    risk = [_by_township(it) for it in (county, quiet)]
    both = risk[0].join(risk[1], on="township", suffix="_quiet").filter(
        (polars.col("true_pd") - polars.col("true_pd_quiet")) > LEAST
    )  # fmt: skip
    first = min(it for it in county.iterdir() if it.is_dir() and it.name != TRUTH)
    areas = polars.read_parquet(first / "areas.parquet").select(township="code", name="name_en")
    return tuple(both.join(areas, on="township").sort("township").get_column("name").to_list())


def _by_township(county: Path) -> polars.DataFrame:
    loans = polars.concat([polars.read_parquet(it) for it in sorted(county.glob("*/loans.parquet"))])
    last = loans.filter(polars.col("disbursed_on").cast(polars.String) <= BEFORE_IT_BEGINS)
    chance = polars.read_parquet(county / TRUTH / "true_pd.parquet")
    township = polars.col("household_id").str.slice(0, 9).alias("township")
    return last.join(chance, on="loan_id").group_by(township).agg(polars.col("true_pd").sum())
