"""The plots of a card that draw contributions: the summary and dependence."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.policy.elements import Text
from training.model_card.canvas import GREY, Canvas, canvas
from training.model_card.wording import label
from training.table import Feature
from training.trained import Trained

TOP, DEPENDENCE, POINTS = 12, 6, 800
"""Features of the summary, features of the dependence plots, rows drawn."""
_MIDDLE = "#9aa3ad"
_LOW_TO_HIGH = LinearSegmentedColormap.from_list("card", ["#2f6fd0", _MIDDLE, "#d9570f"])
_DOT = "#3f83cc"  # dots are pixels, so one colour must do on light and on dark
_BESIDE, _BELOW = (18, 34), (9, 20)
"""Characters of Chinese and of English words that fit beside an axis and below one."""


def strongest(trained: Trained, most: int) -> list[int]:
    """Columns by mean absolute contribution, greatest first."""
    weight = np.abs(trained.contributions).mean(axis=0)
    return [int(it) for it in np.argsort(-weight, kind="stable")[:most] if weight[it] > 0]


def summary(trained: Trained, words: Text) -> Text:
    """Contributions of the strongest features, coloured by value."""
    order = strongest(trained, TOP)
    rows = _sample(len(trained.explained.matrix), POINTS)
    height = 0.36 * len(order) + 0.8
    with canvas(8.6, height) as drawing:
        axes = drawing.figure.add_axes((0.34, 0.55 / height, 0.63, 1 - 0.65 / height))
        for place, column in enumerate(order):
            values, heights = trained.explained.matrix[rows, column], trained.contributions[rows, column]
            ranks = _ranks(values) if trained.table.features[column].dtype == "number" else np.full(len(rows), 0.5)
            spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(rows))
            axes.scatter(
                heights, place + spread, c=ranks, cmap=_LOW_TO_HIGH, vmin=0, vmax=1, s=5, linewidths=0, rasterized=True
            )
        axes.set_yticks(range(len(order)), [_short(drawing, trained.table.features[it].label, _BESIDE) for it in order])
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_xlabel(drawing.say("对对数几率的贡献(右:风险更高)", "contribution in log-odds (right: riskier)"))
        return drawing.svg("summary", words)


def dependence(trained: Trained, column: int, name: str, words: Text) -> Text:
    """Contribution against value for one feature; the caption names the feature."""
    rows = _sample(len(trained.explained.matrix), POINTS)
    feature = trained.table.features[column]
    values, heights = trained.explained.matrix[rows, column], trained.contributions[rows, column]
    with canvas(3.7, 2.9) as drawing:
        levels = feature.special.get("levels")
        axes = drawing.figure.add_axes((0.23, 0.4, 0.67, 0.57) if levels else (0.23, 0.12, 0.67, 0.84))
        spread = np.random.default_rng(0).uniform(-0.15, 0.15, len(rows)) if levels else 0.0
        axes.scatter(values + spread, heights, s=8, color=_DOT, linewidths=0, alpha=0.6, rasterized=True)
        axes.axhline(0, color=GREY, linewidth=1)
        axes.set_ylabel(drawing.say("贡献(对数几率)", "contribution (log-odds)"))
        _name_values(drawing, axes, trained, feature, values)
        return drawing.svg(name, words)


def _name_values(drawing: Canvas, axes: Axes, trained: Trained, feature: Feature, values: FloatArray) -> None:
    levels = feature.special.get("levels")
    if isinstance(levels, list):
        known = np.unique(values[~np.isnan(values)]).astype(int).tolist()
        said = [label(trained.table, str(levels[it])) for it in known]
        axes.set_xticks(
            known, [_short(drawing, it, _BELOW) for it in said], rotation=40, ha="right", rotation_mode="anchor"
        )
    else:
        whole = bool(np.all(np.isnan(values) | (values == np.round(values))))
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=whole))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda it, _: f"{it:,.10g}".replace("-", "−")))


def _short(drawing: Canvas, words: Text, longest: tuple[int, int]) -> str:
    """Words cut to fit."""
    zh, en = (
        it if len(it) <= most else it[: most - 1].rstrip() + "…"
        for it, most in zip((words.zh, words.en), longest, strict=True)
    )
    return drawing.say(zh, en)


def _sample(rows: int, most: int) -> IntArray:
    return np.linspace(0, rows - 1, min(rows, most)).round().astype(np.int64)


def _ranks(values: FloatArray) -> FloatArray:
    """Places of values between 0 and 1; missing ones in the middle."""
    known = ~np.isnan(values)
    found = np.full(len(values), 0.5)
    if known.any():
        names, place = np.unique(values[known], return_inverse=True)
        found[known] = place / max(len(names) - 1, 1)
    return found
