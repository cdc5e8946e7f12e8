"""The sections that a card ends with: its limits, and what a second run needs."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.model_card import origin, wording
from training.model_card.blocks import Block, Cell, Code, Grid, Heading, Items
from training.spec import Folds
from training.trained import Trained


def limits(trained: Trained) -> Iterator[Block]:
    """What the figures do not say."""
    yield Heading("limits", Text("局限", "Limits"))
    pooled = (wording.POOLED,) if isinstance(trained.plan.split, Folds) else ()
    yield Items((*wording.LIMITS_OF_IT, *pooled))


def again(trained: Trained) -> Iterator[Block]:
    """Hashes, seed and parameters."""
    yield Heading("again", Text("如何重做", "How to do it again"))
    header = (Text("项目", "item"), Text("值", "value"))
    rows: list[tuple[Cell, ...]] = [
        (Text("种子", "seed"), str(trained.seed)),
        (Text("树的棵数", "trees"), Text("[[model.rounds|count]]", "[[model.rounds|count]]")),
        *((Code(name), f"{value:g}") for name, value in trained.parameters.items()),
        *origin.hashes(trained),
        (Code("model_sha256"), Code(trained.model_sha256)),
    ]
    words = Text("同样的输入得到同样的模型文件与数字", "The same inputs give the same model file and figures")
    yield Grid(words, header, tuple(rows))
