"""county.yaml as frozen types: every figure of the synthetic county that is not one indicator's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from feature_store.synthetic.arrays import Plain


@dataclass(frozen=True, slots=True)
class SourceGaps:
    """unmatched: share of households a source cannot match (0–1); empty: share of empty cells (0–1)."""

    unmatched: float
    empty: float


@dataclass(frozen=True, slots=True)
class TraitSettings:
    """Shares of variance (0–1) of the latent traits."""

    shared: float
    township: float
    village: float


@dataclass(frozen=True, slots=True)
class PovertySettings:
    """Shares of households (0–1) and the days by which a share of registered households is lifted."""

    registered: float
    wealth: float
    lifted_by: Mapping[date, float]
    marginal_of_lifted: float
    marginal_of_others: float


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Shares of cells drawn anew (0–1) between two filings of their source."""

    year: float
    quarter: float
    episode_quarter: float
    matched_anew: float


@dataclass(frozen=True, slots=True)
class FilingSettings:
    """Shares of rows (0–1) filed late, wrong, or left out, and by which sources."""

    late: float
    wrong: float
    omitted: float
    late_sources: tuple[str, ...]
    wrong_sources: tuple[str, ...]
    omitting_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoanSettings:
    """Shares (0–1) and times of the simple loan book."""

    households_from: float
    households_to: float
    fails: float
    stumbles: float
    by_discipline: float
    risky_villages: float
    risky_fails: float
    risky_from: date
    months_until_settled: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Where every indicator in ``when`` has the written value, those in ``then`` get theirs."""

    when: Mapping[str, str]
    then: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole of county.yaml."""

    sources: Mapping[str, SourceGaps]
    traits: TraitSettings
    poverty: PovertySettings
    change: ChangeSettings
    filing: FilingSettings
    loans: LoanSettings
    rules: tuple[Rule, ...]


@cache
def settings() -> Settings:
    """The settings that come with the product."""
    plain: dict[str, Plain] = yaml.safe_load(Path(__file__).with_name("county.yaml").read_text(encoding="utf-8"))
    filing: dict[str, Plain] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in plain["filing"].items()
    }
    return Settings(
        sources={name: SourceGaps(**row) for name, row in plain["sources"].items()},
        traits=TraitSettings(**plain["traits"]),
        poverty=PovertySettings(**plain["poverty"]),
        change=ChangeSettings(**plain["change"]),
        filing=FilingSettings(**filing),
        loans=LoanSettings(**plain["loans"]),
        rules=tuple(Rule(row["when"], row["then"]) for row in plain["rules"]),
    )
