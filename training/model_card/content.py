"""What stands on a card, in order, as neutral blocks."""

from __future__ import annotations

from scoring.policy.elements import Text
from training.model_card import drivers, ending, groups, opening, results
from training.model_card.blocks import Block
from training.trained import Trained

LEAD = Text(
    "挑战者模型估计违约概率,只供参考;有约束力的信用等级不由它决定。本卡说明它能做什么、不能做什么,以及评判时查出了什么。",
    "The challenger estimates a probability of default, as an opinion; the binding grade is not its to decide. This card says "
    "what it is for, what it is not for, and what was found when it was judged.",
)


def title(trained: Trained) -> Text:
    """The card's title."""
    return Text(f"模型卡:{trained.table.name}", f"Model card: {trained.table.name}")


def content(trained: Trained) -> tuple[Block, ...]:
    """Every block of the card."""
    sections = (
        opening.verdict,
        opening.gate,
        opening.purpose,
        opening.data,
        opening.split,
        results.results,
        results.swaps,
        results.calibration,
        drivers.drivers,
        groups.segments,
        groups.fairness,
        ending.limits,
        ending.again,
    )
    return tuple(block for section in sections for block in section(trained))
