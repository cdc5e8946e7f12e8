"""The plots of a card that draw what each judged row was given: ROC and KS."""

from __future__ import annotations

import numpy as np

from scoring.metrics.arrays import FloatArray
from scoring.metrics.roc import rank, roc
from scoring.policy.elements import Text
from training.judged import Judged
from training.model_card.canvas import BLUE, GREEN, GREY, RED, VIOLET, canvas
from training.model_card.wording import RIVALS

CURVE = 200
"""Points of a curve."""
_SIZE = (4.3, 3.7)
_PLACE = (0.14, 0.14, 0.83, 0.83)


def receiver(judged: Judged, words: Text) -> Text:
    """The ROC of the challenger and its rivals."""
    with canvas(*_SIZE) as drawing:
        axes = drawing.figure.add_axes(_PLACE)
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
        scores = {"": judged.odds} | {name: it.score for name, it in judged.rivals.items()}
        for (name, score), colour in zip(scores.items(), (BLUE, RED, GREEN, VIOLET), strict=False):
            refused_good, refused_bad = _curve(score, judged.bad)
            said = RIVALS[name] if name else Text("挑战者模型", "challenger")
            width = 1.4 if name else 2.0
            axes.plot(refused_good, refused_bad, color=colour, linewidth=width, label=drawing.say(said.zh, said.en))
        axes.set_xlabel(drawing.say("好样本累计占比", "cumulated share of good"))
        axes.set_ylabel(drawing.say("坏样本累计占比", "cumulated share of bad"))
        axes.legend(loc="lower left", bbox_to_anchor=(0.42, 0.0))
        return drawing.svg("roc", words)


def gap(judged: Judged, words: Text) -> Text:
    """Cumulated shares of bad and good, riskiest first, and their greatest gap."""
    with canvas(*_SIZE) as drawing:
        axes = drawing.figure.add_axes(_PLACE)
        good, bad = _curve(judged.odds, judged.bad)
        share = np.linspace(0, 1, len(good))
        axes.plot(share, bad, color=RED, linewidth=1.6, label=drawing.say("坏", "bad"))
        axes.plot(share, good, color=GREEN, linewidth=1.6, label=drawing.say("好", "good"))
        widest = int(np.argmax(bad - good))
        axes.plot([share[widest]] * 2, [good[widest], bad[widest]], color=BLUE, linewidth=2, label="KS")
        axes.set_xlabel(drawing.say("按风险从高到低的占比", "share of rows, riskiest first"))
        axes.set_ylabel(drawing.say("累计占比", "cumulated share"))
        axes.legend(loc="lower right")
        return drawing.svg("ks", words)


def _curve(score: FloatArray, bad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cumulated shares of good and bad at ``CURVE`` equal steps of rows."""
    found = roc(rank(score), bad)
    total = (found.bad + found.good) / (found.bad[-1] + found.good[-1])
    steps = np.linspace(0, 1, CURVE)
    return np.interp(steps, total, found.good / found.good[-1]), np.interp(steps, total, found.bad / found.bad[-1])
