"""The plots of a card that draw figures of the run: reliability, vintages, fairness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from scoring.metrics.arrays import FloatArray
from scoring.policy.elements import Text
from training.figures import key
from training.model_card.canvas import BLUE, GREY, LINE, RED, Canvas, canvas
from training.model_card.wording import SEGMENTS, label
from training.trained import Trained

_PART_HEIGHT = 0.28
_VINTAGE = "vintage"


def bins(figures: Mapping[str, float]) -> list[int]:
    """Places of the reliability curve that have rows, least risky first."""
    return [place for place in range(1, 101) if key("reliability", place, "rows") in figures]


def reliability(figures: Mapping[str, float], words: Text) -> Text:
    """Realised share of bad against mean PD by bin, with Wilson intervals."""
    said, real, low, high = (
        np.array([figures[key("reliability", place, name)] for place in bins(figures)])
        for name in ("predicted", "realised", "realised.low", "realised.high")
    )
    with canvas(5.6, 4.0) as drawing:
        axes = drawing.figure.add_axes((0.16, 0.14, 0.81, 0.82))
        end = float(max(said.max(), high.max())) * 1.05
        axes.plot([0, end], [0, end], color=GREY, linestyle="--", linewidth=1, label=drawing.say("完全校准", "exact"))
        around = [np.maximum(real - low, 0), np.maximum(high - real, 0)]
        realised = drawing.say("实际(95% 区间)", "realised (95% interval)")
        axes.errorbar(said, real, around, fmt="o-", color=BLUE, capsize=3, markersize=5, label=realised)
        axes.set(xlim=(0, end), ylim=(0, end))
        _percent(axes, "xy")
        axes.set_xlabel(drawing.say("平均违约概率", "mean PD"))
        axes.set_ylabel(drawing.say("实际坏账率", "realised share of bad"))
        axes.legend(loc="upper left")
        return drawing.svg("reliability", words)


def vintages_of(figures: Mapping[str, float]) -> tuple[str, ...]:
    """Every vintage of the run, oldest first."""
    start, end = f"{_VINTAGE}.", ".rows"
    return tuple(sorted(it[len(start) : -len(end)] for it in figures if it.startswith(start) and it.endswith(end)))


def vintages(figures: Mapping[str, float], names: Sequence[str], words: Text) -> Text:
    """Realised share of bad of every vintage, and the mean PD of those that were judged."""
    with canvas(8.6, 3.5) as drawing:
        axes = drawing.figure.add_axes((0.075, 0.2, 0.91, 0.76))
        places = np.arange(len(names), dtype=np.float64)
        _points(drawing, axes, figures, [key(_VINTAGE, it, "bad_rate") for it in names], places)
        said = np.array([figures.get(key("segment", _VINTAGE, it, "mean_chance"), np.nan) for it in names])
        for place in places[~np.isnan(said)]:
            axes.axvspan(place - 0.5, place + 0.5, color=LINE, alpha=0.6, linewidth=0, zorder=0)
        axes.plot(places, said, "s--", color=RED, markersize=5, label=drawing.say("平均违约概率", "mean PD"))
        tilted = len(names) > 8
        axes.set_xticks(places, names, rotation=40 if tilted else 0, ha="right" if tilted else "center")
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.set_ylim(0, axes.get_ylim()[1] * 1.3)  # room for the legend
        axes.grid(visible=False, axis="x")
        _percent(axes, "y")
        axes.legend(loc="upper left")
        return drawing.svg(_VINTAGE, words)


def fairness(trained: Trained, words: Text) -> Text:
    """Share of good repayers accepted in each protected group, with intervals."""
    rows = [(column, group) for column, names in trained.groups.items() for group in names]
    height = _PART_HEIGHT * len(rows) + 0.9
    with canvas(7.0, height) as drawing:
        axes = drawing.figure.add_axes((0.42, 0.6 / height, 0.54, 1 - 0.75 / height))
        for place, (column, group) in enumerate(rows):
            name = key("fairness", column, group, "accepted_good")
            value = trained.figures.get(name, np.nan)
            ends = [trained.figures.get(f"{name}.low", value), trained.figures.get(f"{name}.high", value)]
            axes.plot(ends, [place, place], color=BLUE, linewidth=2)
            axes.plot([value], [place], "o", color=BLUE, markersize=5)
        axes.set_yticks(range(len(rows)), [_group(drawing, trained, *it) for it in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        _percent(axes, "x")
        axes.set_xlabel(drawing.say("按期还款者的通过率", "share of good repayers accepted"))
        return drawing.svg("fairness", words)


def _group(drawing: Canvas, trained: Trained, column: str, group: str) -> str:
    words, part = SEGMENTS.get(column, Text(column, column)), label(trained.table, group)
    return drawing.say(f"{words.zh} · {part.zh}", f"{words.en} · {part.en}")


def _points(drawing: Canvas, axes: Axes, figures: Mapping[str, float], names: list[str], places: FloatArray) -> None:
    real = np.array([figures.get(it, np.nan) for it in names])
    low = np.array([figures.get(f"{it}.low", figures.get(it, np.nan)) for it in names])
    high = np.array([figures.get(f"{it}.high", figures.get(it, np.nan)) for it in names])
    words = drawing.say("实际坏账率(95% 区间)", "realised share of bad (95% interval)")
    around = [np.maximum(real - low, 0), np.maximum(high - real, 0)]
    axes.errorbar(places, real, around, fmt="o", color=BLUE, capsize=3, markersize=5, label=words)


def _percent(axes: Axes, which: str) -> None:
    for it in which:
        axis = axes.xaxis if it == "x" else axes.yaxis
        axis.set_major_formatter(PercentFormatter(1.0))
