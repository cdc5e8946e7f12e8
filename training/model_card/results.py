"""The sections of a card that show how well the model does: statistics, rivals, swap sets, calibration."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.figures import key
from training.model_card import curves, plots, wording
from training.model_card.blocks import Beside, Block, Cell, Grid, Heading, Number, Paragraph, Plot
from training.model_card.wording import RIVALS
from training.trained import Trained


def results(trained: Trained) -> Iterator[Block]:
    """Statistics beside those of the rivals, paired tests, ROC and KS."""
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
    yield Grid(Text("评判行上的结果(95% 区间)", "On the judged rows (95% intervals)"), header, rows)
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
    words = Text(
        "同行配对检验(挑战者减对手,95% 区间)", "Paired test on the same rows (challenger minus rival, 95% intervals)"
    )
    yield Grid(words, header, compared)
    curve = Text("ROC 曲线:越靠左上越好", "ROC curve: the nearer to the upper left, the better")
    gap = Text("KS:好坏累计占比的最大差", "KS: the greatest gap between bad and good")
    yield Beside(
        (
            Plot("roc", curve, curves.receiver(trained.judged, curve)),
            Plot("ks", gap, curves.gap(trained.judged, gap)),
        )
    )


def swaps(trained: Trained) -> Iterator[Block]:
    """Who would be accepted by one and not by the other."""
    yield Heading("swaps", Text("换入换出", "Swap sets"))
    yield Paragraph(
        Text(
            "假如两者都放款给 [[accept.rate|share]]:谁只被挑战者模型接受(换入),谁只被对手接受(换出)。",
            "If both accepted [[accept.rate|share]]: who would be accepted by the challenger only (swapped in), and who by the "
            "rival only (swapped out).",
        )
    )
    yield Beside(tuple(_swap(it) for it in trained.verdicts))


def _swap(rival: str) -> Grid:
    kinds = {
        "both": Text("两者都接受", "accepted by both"),
        "swapped_in": Text("换入", "swapped in"),
        "swapped_out": Text("换出", "swapped out"),
        "neither": Text("两者都拒绝", "refused by both"),
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
    caption = Text(f"对{RIVALS[rival].zh}", f"Against the {RIVALS[rival].en}")
    return Grid(caption, (Text("", ""), *wording.COUNTS), rows)


def calibration(trained: Trained) -> Iterator[Block]:
    """The map, if any, and the reliability curve with its figures."""
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
        "Reliability: realised share of bad by tenth of PD (95% intervals)",
    )
    yield Plot("reliability", words, plots.reliability(trained.figures, words))
    header = (
        Text("组", "tenth"),
        Text("行数", "rows"),
        Text("平均违约概率", "mean PD"),
        Text("实际坏账率", "realised share of bad"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(place),
            Number(key("reliability", place, "rows"), "count"),
            Number(key("reliability", place, "predicted"), "share"),
            Number(key("reliability", place, "realised"), "share", interval=True),
        )
        for place in plots.bins(trained.figures)
    )
    yield Grid(Text("可靠性(1:风险最低)", "Reliability (1: least risky)"), header, rows)
