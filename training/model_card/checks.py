"""The gate's limits as rows of the card: what is allowed, which figure is held against it, which reason breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.policy.elements import Text
from training.figures import key
from training.model_card.blocks import Number
from training.model_card.wording import RIVALS
from training.trained import Trained


@dataclass(frozen=True, slots=True)
class Check:
    """One limit. reason: id of the gate's reason that says it is broken."""

    reason: str
    words: Text
    allowed: Text
    found: Number


_BEFORE = (
    Check(
        "too_few_bads",
        Text("训练所用的坏样本", "bads among those that train"),
        Text("≥ [[limit.bads_least|count]]", "≥ [[limit.bads_least|count]]"),
        Number("train.bads", "count"),
    ),
    Check(
        "too_few_bads_judge",
        Text("评判所用的坏样本", "bads among those that judge"),
        Text("≥ [[limit.judged_bads_least|count]]", "≥ [[limit.judged_bads_least|count]]"),
        Number("judged.bads", "count"),
    ),
    Check(
        "no_better_than_chance",
        Text("AUC 优于随机", "AUC beats chance"),
        Text("整个区间 > [[limit.auc_chance|two]]", "whole interval > [[limit.auc_chance|two]]"),
        Number("overall.auc", interval=True),
    ),
    Check(
        "calibration_slope",
        Text("校准斜率", "calibration slope"),
        Text(
            "[[limit.slope_low|two]] – [[limit.slope_high|two]]", "[[limit.slope_low|two]] – [[limit.slope_high|two]]"
        ),
        Number("overall.slope", interval=True),
    ),
    Check(
        "calibration_in_the_large",
        Text("总体校准偏移(对数几率)", "calibration in the large (log-odds)"),
        Text("± [[limit.in_the_large|two]]", "± [[limit.in_the_large|two]]"),
        Number("overall.in_the_large", interval=True),
    ),
)
_AFTER = (
    Check(
        "unstable",
        Text("得分的 PSI,训练对评判", "PSI of the score, trained against judged"),
        Text("≤ [[limit.score_psi|two]]", "≤ [[limit.score_psi|two]]"),
        Number("psi.score"),
    ),
    Check(
        "leakage",
        Text("任一特征单独的 AUC;无事后才知的特征", "AUC of any feature alone; none known only afterwards"),
        Text("≤ [[limit.alone_auc|two]]", "≤ [[limit.alone_auc|two]]"),
        Number("alone.most"),
    ),
    Check(
        "leakage_together",
        Text("AUC 不至于好得不可信", "AUC not too good to be true"),
        Text("≤ [[limit.auc_most|two]]", "≤ [[limit.auc_most|two]]"),
        Number("overall.auc"),
    ),
    Check(
        "leakage_copies",
        Text("评判行是训练行副本的程度", "how far judged rows are copies of rows that trained"),
        Text("≤ [[limit.copies|two]]", "≤ [[limit.copies|two]]"),
        Number("check.copied"),
    ),
    Check(
        "monotonicity",
        Text(
            "违反既定方向的次数([[check.constrained|count]] 个定向特征)",
            "steps against a promised direction ([[check.constrained|count]] features have one)",
        ),
        Text("≤ [[limit.reversals|count]]", "≤ [[limit.reversals|count]]"),
        Number("check.reversals", "count"),
    ),
    Check(
        "additivity",
        Text("贡献之和的误差(对数几率)", "error of the sum of contributions (log-odds)"),
        Text("≤ [[limit.additivity|small]]", "≤ [[limit.additivity|small]]"),
        Number("check.additivity", "small"),
    ),
)


def checks(trained: Trained) -> tuple[Check, ...]:
    """Every limit that was held against this run, in the gate's order."""
    rivals = tuple(
        Check(
            f"worse_than_{it}",
            Text(f"AUC 之差,对{RIVALS[it].zh}", f"AUC difference to the {RIVALS[it].en}"),
            Text("不显著更差", "not significantly worse"),
            Number(key("rival", it, "auc_difference"), "four", interval=True),
        )
        for it in trained.verdicts
    )
    return (*_BEFORE, *rivals, *_AFTER, *_fair(trained))


def _fair(trained: Trained) -> tuple[Check, ...]:
    """The protected column whose ratio is worst, if any was looked at."""
    ratios = {column: key("fairness", column, "ratio") for column in trained.groups}
    known = [name for name in ratios.values() if name in trained.figures]
    if not known:
        return ()
    worst = min(known, key=lambda name: trained.figures[name])
    words = Text("公平性之比,最差组对最好组", "fairness ratio, worst over best group")
    allowed = Text("区间不整体 < [[limit.fair_ratio|two]]", "interval not wholly < [[limit.fair_ratio|two]]")
    return (Check("unfair", words, allowed, Number(worst, interval=True)),)
