"""What was found when a version was judged, taken from the figures that training recorded, by their names there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serving.console import drawing
from serving.console.drawing import Chart
from serving.console.sections import N_

Figures = Mapping[str, float]
CHALLENGER = N_("challenger")
RIVALS = {
    "binding": N_("the card's score"),
    "previous": N_("the challenger before"),
    "woe": N_("logistic regression"),
}
STATISTICS: tuple[tuple[str, str, int], ...] = (
    ("auc", N_("AUC: chance that a bad loan is ranked above a good one"), 3),
    ("gini", N_("Gini: 2·AUC − 1"), 3),
    ("ks", N_("KS: greatest gap of cumulated shares"), 3),
    ("brier", N_("Brier score (lower is better)"), 4),
    ("log_loss", N_("Log-loss (lower is better)"), 4),
    ("ece", N_("Expected calibration error"), 4),
    ("slope", N_("Calibration slope (1 is right)"), 3),
)
SWAPS = {
    "both": N_("accepted by both"),
    "swapped_in": N_("swapped in: by the challenger only"),
    "swapped_out": N_("swapped out: by the other only"),
    "neither": N_("refused by both"),
}
STEPS, TENTHS = 20, 10


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its 95 % interval; None for what could not be had."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of the challenger and of each rival. digits: decimals shown."""

    title: str
    digits: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """What the challenger is held against: paired differences (challenger minus rival) and the swap set of (name, rows, bads, share)."""

    title: str
    auc: Value
    brier: Value
    swaps: tuple[tuple[str, int, int, float | None], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A group of loans: its name, rows, mean PD where there is one, realised share of bad with its interval."""

    name: str
    rows: int
    said: float | None
    real: Value


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that a version's page shows of its judging; empty tuples and None for what was not recorded."""

    titles: tuple[str, ...]
    statistics: tuple[Statistic, ...]
    rivals: tuple[Rival, ...]
    reliability: tuple[Share, ...]
    vintages: tuple[Share, ...]
    roc_rows: tuple[tuple[int, tuple[float, ...]], ...]
    roc: Chart | None
    reliability_chart: Chart | None
    vintage_chart: Chart | None
    figures: Figures


def judged(figures: Figures) -> Judged:
    """What there is to show."""
    names = [it for it in RIVALS if f"rival.{it}.auc" in figures]
    prefixes = ["overall", *(f"rival.{it}" for it in names)]
    statistics = tuple(
        Statistic(title, digits, tuple(_value(figures, f"{prefix}.{name}") for prefix in prefixes))
        for name, title, digits in STATISTICS
        if f"overall.{name}" in figures
    )
    reliability, vintages = _reliability(figures), _vintages(figures)
    curves = _curves(figures, names)
    return Judged(
        titles=(CHALLENGER, *(RIVALS[it] for it in names)),
        statistics=statistics,
        rivals=tuple(_rival(figures, it) for it in names),
        reliability=reliability,
        vintages=vintages,
        roc_rows=_roc_rows(curves),
        roc=drawing.shares(curves) if curves else None,
        reliability_chart=drawing.against([_place(it, it.said or 0.0) for it in reliability]) if reliability else None,
        vintage_chart=drawing.over_time([(it.name, *_place(it, 0.0)[1:]) for it in vintages]) if vintages else None,
        figures=figures,
    )


def _value(figures: Figures, name: str) -> Value:
    return Value(figures.get(name), figures.get(f"{name}.low"), figures.get(f"{name}.high"))


def _rival(figures: Figures, name: str) -> Rival:
    where = f"rival.{name}"
    swaps = tuple(
        (
            title,
            int(figures.get(f"{where}.swap.{kind}.rows", 0)),
            int(figures.get(f"{where}.swap.{kind}.bads", 0)),
            figures.get(f"{where}.swap.{kind}.bad_rate"),
        )
        for kind, title in SWAPS.items()
    )
    auc, brier = (_value(figures, f"{where}.{it}_difference") for it in ("auc", "brier"))
    return Rival(RIVALS[name], auc, brier, swaps)


def _reliability(figures: Figures) -> tuple[Share, ...]:
    found = []
    for place in range(1, TENTHS + 1):
        where = f"reliability.{place}"
        if f"{where}.rows" in figures:
            rows, said = int(figures[f"{where}.rows"]), figures[f"{where}.predicted"]
            found.append(Share(str(place), rows, said, _value(figures, f"{where}.realised")))
    return tuple(found)


def _vintages(figures: Figures) -> tuple[Share, ...]:
    names = sorted({it.split(".")[1] for it in figures if it.startswith("vintage.") and it.endswith(".rows")})
    return tuple(
        Share(it, int(figures[f"vintage.{it}.rows"]), None, _value(figures, f"vintage.{it}.bad_rate")) for it in names
    )


def _curves(figures: Figures, rivals: Sequence[str]) -> list[tuple[str, list[tuple[float, float]]]]:
    found = []
    for name, title in [("challenger", CHALLENGER), *((it, RIVALS[it]) for it in rivals)]:
        places = [f"roc.{name}.{it}" for it in range(STEPS + 1)]
        if all(f"{it}.bad" in figures for it in places):
            found.append((title, [(figures[f"{it}.good"], figures[f"{it}.bad"]) for it in places]))
    return found


def _roc_rows(curves: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """By riskiest share of loans in per cent: the share of all bad ones among them, of each curve."""
    places = range(2, STEPS + 1, 2) if curves else ()
    return tuple((100 * it // STEPS, tuple(points[it][1] for _, points in curves)) for it in places)


def _place(it: Share, said: float) -> tuple[float, float, float, float, str]:
    real = it.real.value or 0.0
    low, high = it.real.low, it.real.high
    words = f"{it.name}: {real:.1%} ({it.rows:,})"
    return said, real, real if low is None else low, real if high is None else high, words
