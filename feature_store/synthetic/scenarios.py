"""What a county lives through: the scenarios of county.yaml, each with what it leaves out or changes.

Counties of the same seed and size are the same until the scenario's cause begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from feature_store.synthetic.arrays import Ints
from feature_store.synthetic.settings import RiskSettings, Settings, plain_settings, read_risk, settings
from scoring.credit_file import MISSING
from scoring.errors import LushiError
from scoring.policy.elements import Indicator

USUAL = "usual"
"""The county as it is where no scenario is named."""


class UnknownScenario(LushiError):
    """county.yaml has no scenario of that name."""


@dataclass(frozen=True, slots=True)
class FiledOtherwise:
    """From filings observed on ``first`` on a source adds ``add`` (in the indicator's unit) to every value, within its range."""

    source: str
    indicator: str
    first: date
    add: int

    def as_filed(self, indicators: Sequence[Indicator], right: Ints, on: date) -> Ints:
        """The codes as the source files them: (n_indicators, n_rows), in the order of ``indicators``; missing stays missing."""
        place = next((row for row, item in enumerate(indicators) if item.id == self.indicator), None)
        if on < self.first or place is None:
            return right
        item, filed = indicators[place], right.copy()
        shifted = np.clip(right[place] + self.add * 10**item.decimals, item.low, item.high)
        filed[place] = np.where(right[place] == MISSING, MISSING, shifted)
        return filed


@dataclass(frozen=True, slots=True)
class NewCauses:
    """Loans made from ``first`` on fail for other reasons; ``first`` is the first day of a quarter."""

    first: date
    risk: RiskSettings


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: its figures, what is filed otherwise, and why loans fail from a day on. None where nothing is."""

    name: str
    settings: Settings
    filed_otherwise: FiledOtherwise | None
    new_causes: NewCauses | None


def names() -> tuple[str, ...]:
    """Every scenario, the usual one first."""
    return tuple(plain_settings()["scenarios"])


@cache
def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        UnknownScenario: naming those that there are.
    """
    if name not in names():
        raise UnknownScenario(f"there is no scenario '{name}'; name one of {', '.join(names())}")
    plain: dict[str, Any] = plain_settings()["scenarios"][name]
    risk = _without(settings().risk, plain.get("without", ()))
    otherwise, causes = plain.get("filed_otherwise"), plain.get("new_causes")
    return Scenario(
        name=name,
        settings=replace(settings(), risk=risk),
        filed_otherwise=None if otherwise is None else FiledOtherwise(**_dated(otherwise)),
        new_causes=None if causes is None else _causes(causes, plain.get("without", ())),
    )


def _without(risk: RiskSettings, left_out: Sequence[str]) -> RiskSettings:
    """The risk with what a scenario leaves out adding nothing; every draw stays, so that the rest is as it was."""
    nothing: dict[str, dict[str, Any]] = {
        "price_shock": {"price_shock": replace(risk.price_shock, add=0.0, with_enterprise=0.0)},
        "regional_shock": {"regional_shock": replace(risk.regional_shock, add=0.0)},
        "local_failures": {"risky_add": 0.0},
    }
    return replace(risk, **{key: value for name in left_out for key, value in nothing[name].items()})


def _causes(plain: dict[str, Any], left_out: Sequence[str]) -> NewCauses:
    first: date = plain["from"]
    if first.day != 1 or first.month % 3 != 1:
        raise ValueError("county.yaml: new causes begin on the first day of a quarter; mend 'from'")
    other = {name: value for name, value in plain.items() if name != "from"}
    return NewCauses(first, _without(read_risk(plain_settings()["risk"] | other), left_out))


def _dated(plain: dict[str, Any]) -> dict[str, Any]:
    return {"first" if name == "from" else name: value for name, value in plain.items()}
