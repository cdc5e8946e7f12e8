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
    """Who borrows how much for how long, and what becomes of it. Shares and chances are 0-1; money in yuan."""

    households_from: float
    households_to: float
    terms: Mapping[int, float]
    weak: float
    weak_cap_cny: int
    poor_cap_cny: int
    of_limit: tuple[float, float]
    own_purpose: float
    repaid_early: float
    later: float
    stumbles: float
    stumbles_with_risk: float
    fund_pays: float
    fund_after_days: int
    settled_after_days: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ValueRisk:
    """Log-odds added where an indicator's value is at least so much."""

    indicator: str
    at_least: str
    add: float


@dataclass(frozen=True, slots=True)
class JointRisk:
    """Log-odds added where every indicator in ``when`` has one of its written values."""

    when: Mapping[str, tuple[str, ...]]
    add: float


@dataclass(frozen=True, slots=True)
class PriceShock:
    """A leading industry's prices fall: log-odds added to loans made in these days, less with an enterprise behind."""

    industry: str
    first: date
    last: date
    add: float
    with_enterprise: float


@dataclass(frozen=True, slots=True)
class RegionalShock:
    """Some townships are hit: log-odds added, times the share of a loan's first year inside these days."""

    townships: int
    first: date
    last: date
    add: float


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """The true log-odds of a loan's failing within a year; see county.yaml."""

    base: float
    traits: Mapping[str, float]
    unseen_household: float
    unseen_village: float
    amount_to_income: float
    terms: Mapping[int, float]
    purposes: Mapping[str, float]
    industries: Mapping[str, float]
    values: tuple[ValueRisk, ...]
    together: tuple[JointRisk, ...]
    price_shock: PriceShock
    regional_shock: RegionalShock
    risky_villages: float
    risky_add: float
    risky_from: date


@dataclass(frozen=True, slots=True)
class Rule:
    """Where every indicator in ``when`` has the written value, those in ``then`` get theirs."""

    when: Mapping[str, str]
    then: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole of county.yaml but its scenarios."""

    sources: Mapping[str, SourceGaps]
    traits: TraitSettings
    poverty: PovertySettings
    change: ChangeSettings
    filing: FilingSettings
    loans: LoanSettings
    risk: RiskSettings
    rules: tuple[Rule, ...]


@cache
def plain_settings() -> dict[str, Plain]:
    """county.yaml as it is written."""
    plain: dict[str, Plain] = yaml.safe_load(Path(__file__).with_name("county.yaml").read_text(encoding="utf-8"))
    return plain


@cache
def settings() -> Settings:
    """The settings that come with the product."""
    plain = plain_settings()
    filing: dict[str, Plain] = {key: _frozen(value) for key, value in plain["filing"].items()}
    return Settings(
        sources={name: SourceGaps(**row) for name, row in plain["sources"].items()},
        traits=TraitSettings(**plain["traits"]),
        poverty=PovertySettings(**plain["poverty"]),
        change=ChangeSettings(**plain["change"]),
        filing=FilingSettings(**filing),
        loans=LoanSettings(**{name: _frozen(value) for name, value in plain["loans"].items()}),
        risk=read_risk(plain["risk"]),
        rules=tuple(Rule(row["when"], row["then"]) for row in plain["rules"]),
    )


def _frozen(value: Plain) -> Plain:
    return tuple(value) if isinstance(value, list) else value


def read_risk(plain: dict[str, Plain]) -> RiskSettings:
    """The risk as county.yaml writes it."""
    price, regional = dict(plain["price_shock"]), dict(plain["regional_shock"])
    for shock in (price, regional):
        shock["first"], shock["last"] = shock.pop("from"), shock.pop("to")
    joint = [({name: tuple(words) for name, words in row["when"].items()}, row["add"]) for row in plain["together"]]
    return RiskSettings(
        **{
            **plain,
            "values": tuple(ValueRisk(**row) for row in plain["values"]),
            "together": tuple(JointRisk(*row) for row in joint),
            "price_shock": PriceShock(**price),
            "regional_shock": RegionalShock(**regional),
        }
    )
