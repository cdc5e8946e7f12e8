"""The report: figures, alarms and what the page draws, as canonical data; the shape is told in README.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from serving.monitoring import binding, early, excess, fairness, performance, population, together
from serving.monitoring.alarms import alarm_data, alarms_of
from serving.monitoring.blind_spot import blind_spot
from serving.monitoring.drawn import drawn
from serving.monitoring.figure import Figure, figure_data
from serving.monitoring.frame import Period
from serving.monitoring.judge import judge
from serving.monitoring.limits import Limits

FORMAT = 1
GROUPS = ("population", "challenger", "early", "together", "binding", "fairness")
BLIND = {
    "zh": "无标签估计只看违约概率的分布:若人们违约的原因变了而特征没变,它看不到。同龄逾期比较(early)能看到。",
    "en": "The estimate without outcomes sees only how PDs are spread: where people default for other reasons while the "
    "features stay, it is blind. The comparison at equal age (early) is not.",
}


def figures_of(period: Period) -> list[Figure]:
    """Every figure of a period, by group."""
    return [
        it
        for part in (population, performance, early, excess, together, binding, fairness)
        for it in part.figures(period)
    ]


def body(now: Period, before: Period | None, limits: Limits) -> dict[str, Any]:
    """The part of a report that columns alone decide: counts, figures, alarms, plots."""
    earlier: Sequence[Figure] = figures_of(before) if before else ()
    judged = judge(figures_of(now), earlier, limits)
    alarms = alarms_of(judged, limits, period=now.name, before=before.name if before else now.name)
    counts = Counter(it.status for it in judged)
    return {
        "format": FORMAT,
        "limits_sha256": limits.sha256,
        "counts": {status: counts.get(status, 0) for status in ("green", "amber", "red", "too_few", "shown")},
        "blind": BLIND,
        "blind_spot": blind_spot(judged),
        "labels": _labels(judged_ids=[it.figure.id for it in judged], limits=limits),
        "alarms": [alarm_data(it) for it in alarms],
        "figures": [figure_data(it) for it in judged],
        "plots": drawn(now),
    }


def _labels(judged_ids: Sequence[str], limits: Limits) -> Mapping[str, Mapping[str, str]]:
    found = {name: limits.label(name) for name in sorted(set(judged_ids))}
    return {name: {"zh": text.zh, "en": text.en} for name, text in found.items()}
