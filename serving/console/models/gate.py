"""The gate of a version: its reasons in both languages, and each of its limits beside what was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.policy.elements import Text
from serving.challenger.load import Artefact
from serving.console.sections import N_

MOST = 50
LIMITS: tuple[tuple[str, str, str], ...] = (
    ("bads_least", "train.bads", N_("Bad loans that trained it, at least")),
    ("judged_bads_least", "judged.bads", N_("Bad loans that judged it, at least")),
    ("auc_chance", "overall.auc.low", N_("AUC, lower end of the interval, above")),
    ("auc_most", "overall.auc", N_("AUC, at most (more would look like a leak)")),
    ("slope_low", "overall.slope", N_("Calibration slope, at least")),
    ("slope_high", "overall.slope", N_("Calibration slope, at most")),
    ("in_the_large", "overall.in_the_large", N_("Calibration in the large, in log-odds, at most (either side)")),
    ("score_psi", "psi.score", N_("PSI of the score between training and judging, at most")),
    ("alone_auc", "alone.most", N_("AUC of one feature alone, at most")),
    ("copies", "check.copied", N_("Share of loans that a copied row explains, at most")),
    ("reversals", "check.reversals", N_("Directions that were promised and are broken, at most")),
    ("additivity", "check.additivity", N_("Contributions add up to the log-odds within")),
    ("fair_ratio", "fairness.least", N_("Accepted share of the worst treated group to the best, at least")),
)
"""Limit, the figure that it bounds, and what that is."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit and what was measured."""

    title: str
    limit: float
    measured: float | None


def bounds(figures: Mapping[str, float]) -> list[Bound]:
    """The limits that training recorded."""
    return [
        Bound(title, figures[f"limit.{limit}"], figures.get(measured))
        for limit, measured, title in LIMITS
        if f"limit.{limit}" in figures
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """What a version's description says beside its figures. labels: of features by name. synthetic: None where it is not said."""

    reasons: tuple[Text, ...]
    labels: Mapping[str, Text]
    trained_from: str
    trained_to: str
    definition: Text | None


def said_by(artefact: Artefact) -> Said:
    """The description's words; what cannot be read is left out: promotion itself checks every byte."""
    try:
        data = json.loads(artefact.about)
    except ValueError:
        data = {}
    data = data if isinstance(data, dict) else {}
    gate, trained = _inner(data, "gate"), _inner(data, "trained")
    reasons = gate.get("reasons")
    features = data.get("features")
    return Said(
        tuple(it for it in map(_text, (reasons if isinstance(reasons, list) else [])[:MOST]) if it),
        {
            str(it["name"]): label
            for it in (features if isinstance(features, list) else [])
            if isinstance(it, dict) and "name" in it and (label := _text(it.get("label")))
        },
        str(trained.get("from", ""))[:10],
        str(trained.get("to", ""))[:10],
        _text(data.get("definition")),
    )


def _inner(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> Text | None:
    if isinstance(value, str):
        return Text(value, value)
    if isinstance(value, dict) and all(isinstance(value.get(it), str) for it in ("zh", "en")):
        return Text(value["zh"], value["en"])
    return None
