"""The section of a card that shows what drives the opinion."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.figures import key
from training.model_card import scatter
from training.model_card.blocks import Beside, Block, Cell, Grid, Heading, Number, Paragraph, Plot
from training.trained import Trained

SHOWN = 20
"""Features listed by weight."""
_UNSAID = ("", "grade", "yes_no")
_WAYS = {
    1: Text("值越大风险越高", "higher is riskier"),
    -1: Text("值越大风险越低", "higher is safer"),
    0: Text("不限", "any"),
}


def drivers(trained: Trained) -> Iterator[Block]:
    """The strongest features, their contributions and dependence."""
    yield Heading("drivers", Text("什么决定意见", "What drives the opinion"))
    yield Paragraph(
        Text(
            "贡献是 SHAP 值,以校准后的对数几率计,逐笔相加即得意见;它解释模型的算法,不说明因果。",
            "Contributions are SHAP values in calibrated log-odds; for each row they add up to the opinion. They explain the "
            "model's arithmetic, not causes.",
        )
    )
    order = scatter.strongest(trained, SHOWN)
    header = (
        Text("特征", "feature"),
        Text("承诺的方向", "promised direction"),
        Text("平均绝对贡献", "mean absolute contribution"),
        Text("单独的 AUC", "AUC alone"),
        Text("PSI", "PSI"),
    )
    rows: list[tuple[Cell, ...]] = []
    for column in order:
        it = trained.table.features[column]
        numbers = (key("importance", it.name), key("alone", it.name), key("psi", "feature", it.name))
        rows.append((it.label, _WAYS[it.monotone], *(Number(name) for name in numbers)))
    yield Grid(Text("最重要的特征", "The strongest features"), header, tuple(rows))
    if order:
        words = Text(
            "贡献概览:每点一行;橙:值高,蓝:值低,灰:类别或缺失",
            "Contributions, one point for each row; orange: high value, blue: low value, grey: category or missing",
        )
        yield Plot("summary", words, scatter.summary(trained, words), wide=True)
        yield Heading("dependence", Text("贡献与特征值", "Contribution against value"), 3)
        yield Beside(tuple(_dependence(trained, place, it) for place, it in enumerate(order[: scatter.DEPENDENCE], 1)))


def _dependence(trained: Trained, place: int, column: int) -> Plot:
    feature = trained.table.features[column]
    unit = trained.table.words.get(feature.unit, Text(feature.unit, feature.unit))
    words = feature.label
    if feature.unit not in _UNSAID:
        words = Text(f"{words.zh}({unit.zh})", f"{words.en} ({unit.en})")
    name = f"dependence-{place}"
    return Plot(name, words, scatter.dependence(trained, column, name, words))
