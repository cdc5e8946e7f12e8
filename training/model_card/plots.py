"""The plots of a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.roc import rank, roc
from scoring.policy.elements import Text
from training.figures import key
from training.gate import RIVALS
from training.judged import Judged
from training.model_card.canvas import BLUE, GREEN, GREY, RED, Canvas, canvas
from training.trained import Trained

TOP, DEPENDENCE, POINTS, CURVE = 12, 6, 800, 200
_PART_HEIGHT = 0.28


def reliability(figures: Mapping[str, float], label: Text) -> str:
    """Realised share of bad against mean PD by bin, with Wilson intervals."""
    bins = [place for place in range(1, 101) if key("reliability", place, "rows") in figures]
    said, real, low, high = (
        np.array([figures[key("reliability", place, name)] for place in bins])
        for name in ("predicted", "realised", "realised.low", "realised.high")
    )
    with canvas(6.4, 4.4) as drawing:
        axes = drawing.figure.add_axes((0.12, 0.14, 0.84, 0.82))
        end = float(max(said.max(), high.max())) * 1.05
        axes.plot([0, end], [0, end], color=GREY, linestyle="--", linewidth=1)
        axes.errorbar(
            said, real, [np.maximum(real - low, 0), np.maximum(high - real, 0)], fmt="o-", color=BLUE, capsize=3
        )
        axes.set(xlim=(0, end), ylim=(0, end))
        axes.set_xlabel(drawing.say("平均违约概率", "mean PD"))
        axes.set_ylabel(drawing.say("实际坏账率", "realised share of bad"))
        return drawing.svg(label)


def roc_and_ks(judged: Judged, label: Text) -> str:
    """The ROC of the challenger and its rivals; cumulated shares of bad and good, whose gap is KS."""
    with canvas(9.2, 4.2) as drawing:
        left = drawing.figure.add_axes((0.07, 0.15, 0.4, 0.8))
        left.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
        scores = {"": judged.odds} | {name: it.score for name, it in judged.rivals.items()}
        for (name, score), colour in zip(scores.items(), (BLUE, RED, GREEN, "#7a4fb5"), strict=False):
            refused_good, refused_bad = _curve(score, judged.bad)
            words = RIVALS[name] if name else Text("挑战者模型", "challenger")
            left.plot(refused_good, refused_bad, color=colour, label=drawing.say(words.zh, words.en))
        left.set_xlabel(drawing.say("好样本累计占比", "cumulated share of good"))
        left.set_ylabel(drawing.say("坏样本累计占比", "cumulated share of bad"))
        left.legend(loc="lower left", bbox_to_anchor=(0.32, 0.0), frameon=False)
        right = drawing.figure.add_axes((0.57, 0.15, 0.4, 0.8))
        good, bad = _curve(judged.odds, judged.bad)
        share = np.linspace(0, 1, len(good))
        right.plot(share, bad, color=RED, label=drawing.say("坏", "bad"))
        right.plot(share, good, color=GREEN, label=drawing.say("好", "good"))
        widest = int(np.argmax(bad - good))
        right.plot([share[widest]] * 2, [good[widest], bad[widest]], color=BLUE, linewidth=2, label="KS")
        right.set_xlabel(drawing.say("按风险从高到低的占比", "share of rows, riskiest first"))
        right.legend(loc="lower right", frameon=False)
        return drawing.svg(label)


def summary(trained: Trained, label: Text) -> str:
    """Contributions of the strongest features, coloured by value (red high, blue low)."""
    order = strongest(trained, TOP)
    rows = _sample(len(trained.explained.matrix), POINTS)
    with canvas(9.2, 0.42 * len(order) + 0.9) as drawing:
        axes = drawing.figure.add_axes(
            (0.36, 0.55 / (0.42 * len(order) + 0.9), 0.6, 1 - 0.7 / (0.42 * len(order) + 0.9))
        )
        for place, column in enumerate(order):
            values, heights = trained.explained.matrix[rows, column], trained.contributions[rows, column]
            spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(rows))
            axes.scatter(heights, place + spread, c=_ranks(values), cmap="coolwarm", s=5, linewidths=0, rasterized=True)
        features = [trained.table.features[column].label for column in order]
        axes.set_yticks(range(len(order)), [drawing.say(it.zh, it.en) for it in features])
        axes.invert_yaxis()
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_xlabel(drawing.say("对对数几率的贡献(右:风险更高)", "contribution in log-odds (right: riskier)"))
        return drawing.svg(label)


def dependence(trained: Trained, label: Text) -> str:
    """Contribution against value for the strongest features."""
    order = strongest(trained, DEPENDENCE)
    rows = _sample(len(trained.explained.matrix), POINTS)
    lines = -(-len(order) // 3)
    with canvas(9.2, 2.7 * lines) as drawing:
        for place, column in enumerate(order):
            left, bottom = 0.07 + (place % 3) * 0.325, 1 - (place // 3 + 1) / lines + 0.2 / lines
            axes = drawing.figure.add_axes((left, bottom, 0.25, 0.66 / lines))
            values, heights = trained.explained.matrix[rows, column], trained.contributions[rows, column]
            axes.scatter(values, heights, s=5, color=BLUE, linewidths=0, alpha=0.5, rasterized=True)
            axes.axhline(0, color=GREY, linewidth=1)
            axes.locator_params(axis="x", nbins=4)
            words = trained.table.features[column].label
            axes.set_xlabel(drawing.say(words.zh, words.en))
        return drawing.svg(label)


def of_parts(figures: Mapping[str, float], segment: str, parts: Sequence[str], label: Text) -> str:
    """Realised share of bad and mean PD of each part of a segment."""
    with canvas(9.2, 3.6) as drawing:
        axes = drawing.figure.add_axes((0.08, 0.25, 0.9, 0.7))
        places = np.arange(len(parts), dtype=np.float64)
        _points(drawing, axes, figures, [key("segment", segment, it, "bad_rate") for it in parts], places)
        said = [figures.get(key("segment", segment, it, "mean_chance"), np.nan) for it in parts]
        axes.plot(places, said, "s--", color=RED, label=drawing.say("平均违约概率", "mean PD"))
        axes.set_xticks(places, parts, rotation=45 if len(parts) > 8 else 0, ha="right" if len(parts) > 8 else "center")
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="upper left")
        return drawing.svg(label)


def fairness(figures: Mapping[str, float], groups: Mapping[str, Sequence[str]], label: Text) -> str:
    """Share of good repayers accepted in each protected group, with intervals."""
    rows = [(column, group) for column, names in groups.items() for group in names]
    height = _PART_HEIGHT * len(rows) + 0.9
    with canvas(8.2, height) as drawing:
        axes = drawing.figure.add_axes((0.3, 0.6 / height, 0.66, 1 - 0.75 / height))
        for place, (column, group) in enumerate(rows):
            name = key("fairness", column, group, "accepted_good")
            value = figures.get(name, np.nan)
            ends = [figures.get(f"{name}.low", value), figures.get(f"{name}.high", value)]
            axes.plot(ends, [place, place], color=BLUE, linewidth=2)
            axes.plot([value], [place], "o", color=BLUE)
        axes.set_yticks(range(len(rows)), [f"{column} = {group}" for column, group in rows])
        axes.invert_yaxis()
        axes.set_xlabel(drawing.say("按期还款者的通过率", "share of good repayers accepted"))
        return drawing.svg(label)


def strongest(trained: Trained, most: int) -> list[int]:
    """Columns by mean absolute contribution, greatest first."""
    weight = np.abs(trained.contributions).mean(axis=0)
    return [int(it) for it in np.argsort(-weight, kind="stable")[:most] if weight[it] > 0]


def _points(drawing: Canvas, axes: Axes, figures: Mapping[str, float], names: list[str], places: FloatArray) -> None:
    real = np.array([figures.get(it, np.nan) for it in names])
    low = np.array([figures.get(f"{it}.low", figures.get(it, np.nan)) for it in names])
    high = np.array([figures.get(f"{it}.high", figures.get(it, np.nan)) for it in names])
    words = drawing.say("实际坏账率", "realised share of bad")
    around = [np.maximum(real - low, 0), np.maximum(high - real, 0)]
    axes.errorbar(places, real, around, fmt="o", color=BLUE, capsize=3, label=words)


def _curve(score: FloatArray, bad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cumulated shares of good and bad at ``CURVE`` equal steps of rows."""
    found = roc(rank(score), bad)
    total = (found.bad + found.good) / (found.bad[-1] + found.good[-1])
    steps = np.linspace(0, 1, CURVE)
    return np.interp(steps, total, found.good / found.good[-1]), np.interp(steps, total, found.bad / found.bad[-1])


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
