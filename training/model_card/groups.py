"""The sections of a card that show results by group: vintages, other segments, protected groups."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.evaluate import LEAST_ROWS
from training.figures import key
from training.model_card import plots, wording
from training.model_card.blocks import Block, Cell, Grid, Heading, Number, Paragraph, Plot, Status
from training.model_card.wording import label
from training.trained import Trained

VINTAGE = "vintage"
_AGAINST = Text("违约概率与结果", "PD against outcome")
_MEASURES = (Text("平均违约概率", "mean PD"), _AGAINST, Text("AUC", "AUC"), Text("Brier", "Brier"))


def segments(trained: Trained) -> Iterator[Block]:
    """Vintages with their history and a plot, then every other segment as a table."""
    if not trained.parts:
        return
    yield Heading("segments", Text("分组结果", "Results by group"))
    yield Paragraph(wording.AGAINST)
    for segment, parts in trained.parts.items():
        words = wording.SEGMENTS.get(segment, Text(segment, segment))
        yield Heading(f"segment-{segment}".replace(" ", "-"), Text(f"按{words.zh}", f"By {words.en}"), 3)
        if segment == VINTAGE:
            yield from _vintages(trained, parts)
            continue
        rows = tuple(
            (
                label(trained.table, part),
                *_counts(trained, key("segment", segment, part)),
                *_measures(trained, segment, part, key("segment", segment, part)),
            )
            for part in parts
        )
        yield Grid(Text("评判行(95% 区间)", "Judged rows (95% intervals)"), (words, *wording.COUNTS, *_MEASURES), rows)


def _vintages(trained: Trained, parts: tuple[str, ...]) -> Iterator[Block]:
    figures = trained.figures
    before = plots.vintages_of(figures)
    names = (*before, *(it for it in parts if it not in before))
    header = (wording.SEGMENTS[VINTAGE], *wording.COUNTS, *_MEASURES)
    rows = []
    for it in names:
        counted = key(VINTAGE, it) if it in before else key("segment", VINTAGE, it)
        rows.append(
            (label(trained.table, it), *_counts(trained, counted), *_measures(trained, VINTAGE, it, counted)),
        )
    words = Text(
        "全部放款季度(95% 区间);有违约概率的由模型评判",
        "Every vintage (95% intervals); those with a PD were judged by the model",
    )
    yield Grid(words, header, tuple(rows))
    shown = Text(
        "实际坏账率与平均违约概率,按放款季度;底色:评判",
        "Realised share of bad and mean PD by vintage; shaded: judged",
    )
    yield Plot("vintage", shown, plots.vintages(figures, names, shown), wide=True)


def _counts(trained: Trained, name: str) -> tuple[Cell, ...]:
    return (
        Number(f"{name}.rows", "count"),
        Number(f"{name}.bads", "count"),
        Number(f"{name}.bad_rate", "share", interval=_enough(trained, name)),
    )


def _measures(trained: Trained, segment: str, part: str, realised: str) -> tuple[Cell, ...]:
    name = key("segment", segment, part)
    return (
        Number(f"{name}.mean_chance", "share"),
        _against(trained, f"{name}.mean_chance", realised),
        Number(f"{name}.auc", "three", interval=True),
        Number(f"{name}.brier", "four"),
    )


def _against(trained: Trained, said: str, realised: str) -> Cell:
    """Whether the mean PD lies inside the interval of the realised share."""
    chance, low, high = (
        trained.figures.get(it) for it in (said, f"{realised}.bad_rate.low", f"{realised}.bad_rate.high")
    )
    if chance is None or low is None or high is None or not _enough(trained, realised):
        return wording.NOT_SAID
    if chance < low:
        return Status("bad", Text("偏低", "too low"))
    if chance > high:
        return Status("even", Text("偏高", "too high"))
    return Status("good", Text("相符", "in line"))


def _enough(trained: Trained, name: str) -> bool:
    """Whether resampling can say something of so few rows."""
    return trained.figures.get(f"{name}.rows", 0) >= LEAST_ROWS


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
        words = wording.SEGMENTS.get(column, Text(column, column))
        header = (words, Text("通过率", "accepted"), Text("按期还款者的通过率", "good repayers accepted"))
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                label(trained.table, it),
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
        yield Grid(Text(f"按{words.zh}(95% 区间)", f"By {words.en} (95% intervals)"), header, (*rows, ratio))
    words = Text("按期还款者的通过率(95% 区间)", "Share of good repayers accepted (95% intervals)")
    yield Plot("fairness", words, plots.fairness(trained, words))
