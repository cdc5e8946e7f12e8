"""A model's opinion in words, Chinese and English."""

from __future__ import annotations

import math
from functools import lru_cache

from scoring.opinion import Sentence
from scoring.policy.elements import Text

STRONG, CLEAR = 0.5, 0.15
"""Log-odds from which a contribution is called strong or clear: odds moved by about 65 % and 16 %."""
_FORCE = ((STRONG, "明显", "strongly"), (CLEAR, "", "clearly"), (0.0, "略微", "slightly"))
_NAMED = 5
"""Features named in one caveat; the others are counted."""


def sentence(feature: str, label: Text, *, value: float, log_odds: float) -> Sentence:
    """One contribution in words. value: NaN where missing; log_odds: not zero.

    >>> sentence("fights", Text("打架", "Fights"), value=2.0, log_odds=0.6).text.en
    'Fights: strongly raises the estimated default risk'
    """
    raises, size = log_odds > 0, abs(log_odds)
    force = next(place for place, (least, _, _) in enumerate(_FORCE) if size >= least)
    return Sentence(feature, "raises" if raises else "lowers", _wording(label, raises, force, math.isnan(value)))


@lru_cache(maxsize=4096)
def _wording(label: Text, raises: bool, force: int, missing: bool, /) -> Text:
    _, zh_force, en_force = _FORCE[force]
    zh_about, en_about = ("(未知)", " (not known)") if missing else ("", "")
    zh = f"“{label.zh}”{zh_about}{zh_force}{'推高' if raises else '降低'}了估计的违约风险"
    en = f"{label.en}{en_about}: {en_force} {'raises' if raises else 'lowers'} the estimated default risk"
    return Text(zh, en)


def agreement(agrees: bool | None, *, card_is_milder: bool) -> Text:
    """Whether card and model agree, in words. card_is_milder: which way they differ."""
    if agrees is None:
        return Text(
            "评分卡的结论不是对违约风险的评价,无法与模型比较",
            "The card's outcome says nothing about default risk, so it is not compared with the model",
        )
    if agrees:
        return Text("评分卡与模型看法一致", "Card and model agree")
    if card_is_milder:
        return Text(
            "模型估计的风险高于评分卡所示:建议由人复核;等级不变",
            "The model sees more risk than the card: let a person look; the grade stands",
        )
    return Text(
        "模型估计的风险低于评分卡所示:等级不变",
        "The model sees less risk than the card: the grade stands",
    )


def outside_support(labels: list[Text]) -> Text:
    """The features whose values lie outside the range seen at training."""
    more = len(labels) - _NAMED
    zh, en = "、".join(it.zh for it in labels[:_NAMED]), ", ".join(it.en for it in labels[:_NAMED])
    if more > 0:
        zh, en = f"{zh}等 {len(labels)} 项", f"{en} and {more} more"
    return Text(f"超出训练数据范围:{zh}", f"Outside the range seen at training: {en}")


def shifted_inputs(psi: float, opinions: int) -> Text:
    """Recent scores are distributed otherwise than at training."""
    return Text(
        f"最近 {opinions} 户的得分分布已偏离训练时(PSI {psi:.2f})",
        f"The last {opinions} scores are distributed otherwise than at training (PSI {psi:.2f})",
    )


def old_model(months: int) -> Text:
    """The model was trained long ago."""
    return Text(f"模型训练于 {months} 个月前", f"The model was trained {months} months ago")
