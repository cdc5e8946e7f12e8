"""Whether the same good repayer is accepted alike in every protected group.

Rates by group come from fairlearn's MetricFrame. Their intervals do not: its bootstrap draws single rows,
which would part the loans of one household, and takes minutes on 30 000 rows; ours draws whole groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fairlearn.metrics import MetricFrame  # type: ignore[import-untyped]

from scoring.metrics.arrays import BoolArray, FloatArray, IntArray, divided, weighed
from scoring.metrics.estimate import Estimate
from scoring.metrics.swap_set import accepted
from training.arrays import TextArray
from training.intervals import Statistics, estimates
from training.judged import OTHERS, Judged, joined

LEAST_GOODS = 200
"""Groups with fewer rows are shown together, and never decide."""
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Fairness:
    """One protected column: share accepted of each group, of all its rows and of its good ones.

    ratio: least share of good rows accepted over the greatest (four-fifths rule); None where fewer than two groups
    are large enough, so that nothing was compared.
    """

    accepted: dict[str, Estimate]
    accepted_good: dict[str, Estimate]
    ratio: Estimate | None


def fairness(judged: Judged, names: tuple[str, ...], *, accept_rate: float, seed: int) -> dict[str, Fairness]:
    """Every protected column at one accept rate."""
    taken = accepted(judged.odds, accept_rate)
    return {name: _of(judged, joined(judged.segments[name], LEAST_GOODS), taken, seed) for name in names}


def _of(judged: Judged, labels: TextArray, taken: BoolArray, seed: int) -> Fairness:
    good = judged.bad == 0
    frame = MetricFrame(
        metrics={"accepted": _share, "accepted_good": _share_of_good},
        y_true=good,
        y_pred=taken,
        sensitive_features=labels,
    )
    names = [str(it) for it in np.unique(labels)]
    drawn = estimates(_rates(labels, names, taken, good), judged.groups, seed=seed, count=DRAWS)
    found: dict[str, dict[str, Estimate]] = {}
    for kind in ("accepted", "accepted_good"):
        by_group = frame.by_group[kind]
        found[kind] = {
            name: Estimate(float(by_group[name]), drawn[f"{kind}.{name}"].low, drawn[f"{kind}.{name}"].high)
            for name in names
        }
    return Fairness(found["accepted"], found["accepted_good"], drawn.get("ratio"))


def _share(good: IntArray, taken: IntArray) -> float:
    return float(np.mean(taken)) if len(good) else float("nan")


def _share_of_good(good: IntArray, taken: IntArray) -> float:
    among = np.asarray(taken)[np.asarray(good).astype(bool)]
    return float(among.mean()) if len(among) else float("nan")


def _rates(labels: TextArray, names: list[str], taken: BoolArray, good: BoolArray) -> Statistics:
    member = np.column_stack([labels == name for name in names]).astype(np.float64)
    deciding = [place for place, name in enumerate(names) if name != OTHERS]

    def statistics(weights: FloatArray | None) -> dict[str, FloatArray]:
        weight = weighed(weights, len(labels))
        of_all = divided((weight * taken) @ member, weight @ member)
        of_good = divided((weight * (taken & good)) @ member, (weight * good) @ member)
        found = {f"accepted.{name}": of_all[..., place] for place, name in enumerate(names)}
        found |= {f"accepted_good.{name}": of_good[..., place] for place, name in enumerate(names)}
        if len(deciding) > 1:
            judged = of_good[..., deciding]
            found["ratio"] = divided(judged.min(axis=-1), judged.max(axis=-1))
        return found

    return statistics
