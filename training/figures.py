"""Every figure of a run under one flat name: what the record holds and the model card shows."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping

import numpy as np

from scoring.metrics import calibration
from scoring.metrics.estimate import Estimate
from scoring.metrics.roc import rank, roc
from scoring.metrics.wilson import wilson
from training.compare import Comparison
from training.fairness import Fairness
from training.judged import Judged
from training.results import Results

Figures = dict[str, float]
_ODD = re.compile(r"[^\w. /-]")
_LONGEST = 200
"""A registry takes 250 characters, endings included."""
CURVE = 20
"""Steps of a ROC as figures; the card draws it finer."""
CHALLENGER = "challenger"


def key(*parts: object) -> str:
    """A figure's name: parts joined by dots, fit for a registry, and never one name for two sets of parts.

    Characters that a registry refuses are written as their numbers; a name too long for it ends in its hash.
    """
    name = ".".join(_ODD.sub(lambda odd: f"_{ord(odd[0]):x}_", str(part)) for part in parts)
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 13]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def of_results(results: Results) -> Figures:
    """Everything that judging found."""
    numbers = of_estimates("overall", results.overall) | of_segments(results.segments)
    numbers |= {
        "check.additivity": results.additivity,
        "check.reversals": float(sum(results.reversals.values())),
        "check.constrained": float(len(results.reversals)),
        "psi.score": results.score_psi,
        "check.copied": results.copied,
    }
    numbers |= {key("psi", "feature", name): value for name, value in results.moved.items()}
    numbers |= {key("alone", name): value for name, value in results.alone.items()}
    numbers["alone.most"] = max(results.alone.values(), default=0.5)
    ratios = [it.ratio.value for it in results.fair.values() if it.ratio is not None]
    if ratios := [value for value in ratios if math.isfinite(value)]:
        numbers["fairness.least"] = min(ratios)
    for name, values in results.rivals.items():
        numbers |= of_estimates(key("rival", name), values) | of_comparison(name, results.compared[name])
    for name, fair in results.fair.items():
        numbers |= of_fairness(name, fair)
    return numbers


def put(figures: Figures, name: str, estimate: Estimate) -> None:
    """Add a value with its interval; what could not be had is left out rather than written as NaN."""
    for ending, value in (("", estimate.value), (".low", estimate.low), (".high", estimate.high)):
        if math.isfinite(value):
            figures[name + ending] = value


def of_estimates(prefix: str, found: Mapping[str, Estimate]) -> Figures:
    """A group of estimates."""
    figures: Figures = {}
    for name, estimate in found.items():
        put(figures, f"{prefix}.{name}", estimate)
    return figures


def of_segments(found: Mapping[str, Mapping[str, Mapping[str, Estimate]]]) -> Figures:
    """Segments: counts without intervals, the rest with."""
    figures: Figures = {}
    for segment, parts in found.items():
        for part, values in parts.items():
            for name, estimate in values.items():
                where = key("segment", segment, part, name)
                if name in ("rows", "bads"):
                    figures[where] = estimate.value
                else:
                    put(figures, where, estimate)
    return figures


def of_comparison(rival: str, it: Comparison) -> Figures:
    """Paired differences and the swap set."""
    figures: Figures = {}
    put(figures, key("rival", rival, "auc_difference"), it.auc)
    if it.brier is not None:
        put(figures, key("rival", rival, "brier_difference"), it.brier)
    for name in ("both", "swapped_in", "swapped_out", "neither"):
        rows, bads = getattr(it.swaps, name)
        figures[key("rival", rival, "swap", name, "rows")] = rows
        figures[key("rival", rival, "swap", name, "bads")] = bads
        if rows:
            figures[key("rival", rival, "swap", name, "bad_rate")] = bads / rows
    return figures


def of_fairness(column: str, it: Fairness) -> Figures:
    """Accepted shares by group and the ratio of the worst to the best treated."""
    figures: Figures = {}
    for kind, groups in (("accepted", it.accepted), ("accepted_good", it.accepted_good)):
        for group, estimate in groups.items():
            put(figures, key("fairness", column, group, kind), estimate)
    if it.ratio is not None:
        put(figures, key("fairness", column, "ratio"), it.ratio)
    return figures


def of_reliability(judged: Judged) -> Figures:
    """Per bin of PD: rows, mean PD, realised share with its Wilson interval."""
    curve = calibration.reliability(judged.chance, judged.bad)
    figures: Figures = {}
    for place, (rows, said, real) in enumerate(zip(curve.rows, curve.predicted, curve.realised, strict=True), start=1):
        if rows:
            low, high = wilson(float(real * rows), float(rows))
            values = {"rows": rows, "predicted": said, "realised": real, "realised.low": low, "realised.high": high}
            figures |= {key("reliability", place, name): float(value) for name, value in values.items()}
    return figures


def of_curves(judged: Judged) -> Figures:
    """The ROC of the challenger and of each rival: shares of good and of bad among the riskiest 1/20, 2/20, … of the rows."""
    figures: Figures = {}
    steps = np.linspace(0, 1, CURVE + 1)
    for name, score in ({CHALLENGER: judged.odds} | {name: it.score for name, it in judged.rivals.items()}).items():
        found = roc(rank(score), judged.bad)
        rows = (found.bad + found.good) / (found.bad[-1] + found.good[-1])
        for kind, counts in (("good", found.good), ("bad", found.bad)):
            shares = np.interp(steps, rows, counts / counts[-1])
            figures |= {key("roc", name, place, kind): float(share) for place, share in enumerate(shares)}
    return figures
