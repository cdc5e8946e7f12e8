"""The sections of a card that show what judging found."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.figures import key
from training.gate import RIVALS
from training.model_card import plots, wording
from training.model_card.blocks import Block, Cell, Grid, Heading, Number, Paragraph, Plot
from training.trained import Trained

SHOWN = 20
"""Features listed by weight."""


def results(trained: Trained) -> Iterator[Block]:
    """Statistics beside those of the rivals, paired tests, swap sets, ROC and KS."""
    yield Heading("results", Text("结果", "Results"))
    rivals = tuple(trained.verdicts)
    header = (Text("统计量", "statistic"), Text("挑战者模型", "challenger"), *(RIVALS[it] for it in rivals))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            words,
            Number(key("overall", name), format, interval=True),
            *(Number(key("rival", it, name), format, interval=True) for it in rivals),
        )
        for name, format, words in wording.STATISTICS
    )
    yield Grid(Text("评判行上的结果(95% 区间)", "On the judged rows (95 % intervals)"), header, rows)
    header = (
        Text("对手", "rival"),
        Text("结论", "verdict"),
        Text("AUC 之差", "AUC difference"),
        Text("Brier 之差", "Brier difference"),
    )
    compared: tuple[tuple[Cell, ...], ...] = tuple(
        (
            RIVALS[it],
            wording.VERDICTS[verdict],
            Number(key("rival", it, "auc_difference"), "four", interval=True),
            Number(key("rival", it, "brier_difference"), "four", interval=True),
        )
        for it, verdict in trained.verdicts.items()
    )
    words = Text("同行配对检验(挑战者减对手)", "Paired test on the same rows (challenger minus rival)")
    yield Grid(words, header, compared)
    for it in rivals:
        yield _swap(it)
    words = Text("ROC 曲线与 KS", "ROC curve and KS")
    yield Plot("roc_ks", words, plots.roc_and_ks(trained.judged, words))


def _swap(rival: str) -> Block:
    kinds = {
        "both": Text("两者都通过", "accepted by both"),
        "swapped_in": Text("换入", "swapped in"),
        "swapped_out": Text("换出", "swapped out"),
        "neither": Text("两者都不通过", "refused by both"),
    }
    name = f"rival.{rival}.swap"
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            words,
            Number(f"{name}.{kind}.rows", "count"),
            Number(f"{name}.{kind}.bads", "count"),
            Number(f"{name}.{kind}.bad_rate", "share"),
        )
        for kind, words in kinds.items()
    )
    rival_words = RIVALS[rival]
    caption = Text(
        f"换入换出:对{rival_words.zh},同一通过率 [[accept.rate|share]]",
        f"Swap set against {rival_words.en} at the same accept rate, [[accept.rate|share]]",
    )
    return Grid(caption, (Text("", ""), *_COUNTS), rows)


_COUNTS = (Text("行数", "rows"), Text("坏", "bad"), Text("坏账率", "share of bad"))


def calibration(trained: Trained) -> Iterator[Block]:
    """The map, if any, and the reliability curve."""
    yield Heading("calibration", Text("校准", "Calibration"))
    used = trained.figures["calibration.used"] > 0
    zh = "校准映射(对数几率):[[calibration.intercept|three]] + [[calibration.slope|three]] × 模型输出。"
    en = "Calibration map in log-odds: [[calibration.intercept|three]] + [[calibration.slope|three]] × the model's output."
    if not used:
        zh, en = (
            "校准映射未改善留出行的对数损失,未使用。",
            "The calibration map did not improve held-out log-loss and is not used.",
        )
    yield Paragraph(Text(zh, en))
    words = Text(
        "可靠性:按违约概率分十组,实际坏账率(95% 区间)",
        "Reliability: realised share of bad by tenth of PD (95 % intervals)",
    )
    yield Plot("reliability", words, plots.reliability(trained.figures, words))


def drivers(trained: Trained) -> Iterator[Block]:
    """The strongest features, their contributions and dependence."""
    yield Heading("drivers", Text("什么决定意见", "What drives the opinion"))
    order = plots.strongest(trained, SHOWN)
    header = (
        Text("特征", "feature"),
        Text("方向", "direction"),
        Text("平均绝对贡献", "mean absolute contribution"),
        Text("单独的 AUC", "AUC alone"),
        Text("PSI", "PSI"),
    )
    ways = {
        1: Text("值越大风险越高", "higher is riskier"),
        -1: Text("值越大风险越低", "higher is safer"),
        0: Text("不限", "any"),
    }
    rows: list[tuple[Cell, ...]] = []
    for column in order:
        it = trained.table.features[column]
        numbers = (key("importance", it.name), key("alone", it.name), key("psi", "feature", it.name))
        rows.append((it.label, ways[it.monotone], *(Number(name) for name in numbers)))
    yield Grid(Text("最重要的特征", "The strongest features"), header, tuple(rows))
    if order:
        words = Text("贡献概览(红:值高;蓝:值低)", "Contributions (red: high value, blue: low value)")
        yield Plot("summary", words, plots.summary(trained, words))
        words = Text("贡献与特征值(对数几率)", "Contribution against value (log-odds)")
        yield Plot("dependence", words, plots.dependence(trained, words))


def segments(trained: Trained) -> Iterator[Block]:
    """Each segment as a table; vintages also as a plot."""
    for segment, parts in trained.parts.items():
        words = wording.SEGMENTS.get(segment, Text(segment, segment))
        yield Heading(f"segment-{segment}".replace(" ", "-"), Text(f"分组:{words.zh}", f"By {words.en}"))
        header = (words, *_COUNTS, Text("平均违约概率", "mean PD"), Text("AUC", "AUC"), Text("Brier", "Brier"))
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                part,
                Number(key("segment", segment, part, "rows"), "count"),
                Number(key("segment", segment, part, "bads"), "count"),
                Number(key("segment", segment, part, "bad_rate"), "share", interval=True),
                Number(key("segment", segment, part, "mean_chance"), "share"),
                Number(key("segment", segment, part, "auc"), "three", interval=True),
                Number(key("segment", segment, part, "brier"), "four"),
            )
            for part in parts
        )
        yield Grid(Text("评判行", "Judged rows"), header, rows)
        if segment == "vintage":
            shown = Text("实际坏账率与平均违约概率,按放款季度", "Realised share of bad and mean PD by vintage")
            yield Plot("vintage", shown, plots.of_parts(trained.figures, segment, parts, shown))


def fairness(trained: Trained) -> Iterator[Block]:
    """Acceptance by protected group."""
    yield Heading("fairness", Text("公平性", "Fairness"))
    if not trained.groups:
        words = Text("没有给出受保护的列,未检查公平性。", "No protected column was given: fairness was not looked at.")
        yield Paragraph(words)
        return
    yield Paragraph(
        Text(
            "以通过率 [[accept.rate|share]] 放款时,各组中后来按期还款者的通过率。这些列从不计分。",
            "Accepting [[accept.rate|share]], the share accepted among those who repaid, by group. These columns are never scored.",
        )
    )
    for column, groups in trained.groups.items():
        header = (
            Text(column, column),
            Text("通过率", "accepted"),
            Text("按期还款者的通过率", "good repayers accepted"),
        )
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                it,
                *(
                    Number(key("fairness", column, it, kind), "share", interval=True)
                    for kind in ("accepted", "accepted_good")
                ),
            )
            for it in groups
        )
        ratio: tuple[Cell, ...] = (
            Text("最差组与最好组之比", "worst over best group"),
            "",
            Number(key("fairness", column, "ratio"), "three", interval=True),
        )
        yield Grid(Text(f"按 {column}", f"By {column}"), header, (*rows, ratio))
    words = Text("按期还款者的通过率(95% 区间)", "Share of good repayers accepted (95 % intervals)")
    yield Plot("fairness", words, plots.fairness(trained.figures, trained.groups, words))
