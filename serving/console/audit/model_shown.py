"""The model's opinion taken apart: contributions by feature, indicator and heading, and the sum that they must come to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feature_store.feature_set import Feature, load_feature_set
from scoring.errors import LushiError
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.console.sections import N_

SAME = 1e-6
"""Most by which base and contributions may lie off the log-odds: what an opinion may be given with."""
GROUPS = {"loan": N_("The loan asked for"), "area": N_("The village"), "age_of_report": N_("Age of the reports")}
"""What features are about that belong to no indicator, by their kind."""
OTHERS = N_("Features that are not known here")


@dataclass(frozen=True, slots=True)
class Push:
    """A feature's contribution in log-odds, with its label; above 0 it raises the estimated risk."""

    label: Text
    log_odds: float


@dataclass(frozen=True, slots=True)
class ModelShown:
    """An opinion. by_indicator, by_heading: sums of contributions in log-odds. groups: of features that belong to no indicator.

    total: the sum of all contributions. off: how far base and total lie from the log-odds.
    """

    base: float
    total: float
    log_odds: float
    off: float
    pd: float
    low: float
    high: float
    by_indicator: Mapping[str, float]
    by_heading: Mapping[str, float]
    groups: Mapping[str, list[Push]]
    count: int

    @property
    def adds_up(self) -> bool:
        """Whether base and contributions are the log-odds."""
        return self.off <= SAME


def model_of(advisory: dict[str, Any] | None, policy: Policy, newest: Policy) -> ModelShown | None:
    """The opinion of a decision; None where none was given. newest: the policy that feature sets are held against."""
    if not advisory or advisory.get("status") != "given":
        return None
    known = {it.name: it for it in _features(advisory["model"], newest)}
    heading_of = {one.id: one.heading for one in policy.indicators}
    rows = [(str(name), float(pushes)) for name, _, pushes in advisory["by_feature"]]
    of_indicator: dict[str, list[float]] = {}
    of_heading: dict[str, list[float]] = {}
    groups: dict[str, list[Push]] = {}
    for name, pushes in rows:
        feature = known.get(name)
        indicator = feature.indicator if feature else None
        if indicator in heading_of:
            of_indicator.setdefault(indicator, []).append(pushes)
            of_heading.setdefault(heading_of[indicator], []).append(pushes)
        else:
            label = feature.label if feature else Text(name, name)
            groups.setdefault(GROUPS.get(feature.kind, OTHERS) if feature else OTHERS, []).append(Push(label, pushes))
    base, log_odds = float(advisory["base_value"]), float(advisory["log_odds"])
    total = math.fsum(pushes for _, pushes in rows)
    return ModelShown(
        base=base,
        total=total,
        log_odds=log_odds,
        off=abs(base + total - log_odds),
        pd=float(advisory["pd"]),
        low=float(advisory["pd_interval"]["low"]),
        high=float(advisory["pd_interval"]["high"]),
        by_indicator={name: math.fsum(each) for name, each in of_indicator.items()},
        by_heading={name: math.fsum(each) for name, each in of_heading.items()},
        groups=groups,
        count=len(rows),
    )


def _features(model: dict[str, Any], newest: Policy) -> tuple[Feature, ...]:
    """The features that the model was trained on, or none where this service does not know them any more."""
    try:
        found = load_feature_set(str(model["feature_set"]), policy=newest)
    except LushiError:
        return ()
    return found.features if found.sha256 == model["feature_set_sha256"] else ()
