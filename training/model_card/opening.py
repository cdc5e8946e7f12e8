"""The sections that a card opens with: the verdict, what the model is for, the data, who trained and who judged."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.figures import key
from training.model_card import checks, origin, wording
from training.model_card.blocks import Banner, Block, Cell, Grid, Heading, Items, Number, Paragraph, Status, Tile, Tiles
from training.spec import Folds
from training.trained import Trained

HEADLINES = ("auc", "ks", "brier", "slope")


def verdict(trained: Trained) -> Iterator[Block]:
    """Whether the data are invented, the gate's verdict with every reason, four figures."""
    if trained.table.synthetic:
        yield Banner("even", *wording.SYNTHETIC)
    yield Heading("verdict", Text("结论", "Verdict"))
    yield Banner(*(wording.REFUSED if trained.gate.reasons else wording.PASSED))
    if trained.gate.reasons:
        yield Items(tuple(it.says for it in trained.gate.reasons))
    formats = {name: format for name, format, _ in wording.STATISTICS}
    tiles = (
        Tile(wording.SHORT[name], Number(key("overall", name), formats[name], interval=True), _beside(trained, name))
        for name in HEADLINES
    )
    yield Tiles(tuple(tiles))


def _beside(trained: Trained, name: str) -> tuple[Text, ...]:
    """The rivals' values of a statistic, in words."""
    format = {name: format for name, format, _ in wording.STATISTICS}[name]
    values = {it: key("rival", it, name) for it in trained.verdicts}
    return tuple(
        Text(f"{wording.RIVALS[it].zh} [[{value}|{format}]]", f"{wording.RIVALS[it].en} [[{value}|{format}]]")
        for it, value in values.items()
        if value in trained.figures
    )


def gate(trained: Trained) -> Iterator[Block]:
    """Every limit, what this run reached, and whether it is kept."""
    yield Heading("gate", Text("关口", "The gate"))
    yield Paragraph(
        Text(
            "模型须守住每一条界限。界限是我们的建议值,采用者可自定。",
            "A model must keep every limit. The limits are our proposals; who adopts us sets their own.",
        )
    )
    header = (Text("检查", "check"), Text("允许", "allowed"), Text("本次", "this run"), Text("结果", "result"))
    broken = {it.id for it in trained.gate.reasons}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (it.words, it.allowed, it.found, _kept(it.reason not in broken)) for it in checks.checks(trained)
    )
    yield Grid(Text("关口的每一条界限", "Every limit of the gate"), header, rows)


def _kept(kept: bool) -> Status:
    return Status("good", Text("守住", "kept")) if kept else Status("bad", Text("未守住", "not kept"))


def purpose(trained: Trained) -> Iterator[Block]:
    """What the model is for and what it is not for."""
    yield Heading("purpose", Text("用途与禁用", "Purpose, and what it is not for"))
    yield Paragraph(wording.PURPOSE)
    yield Heading("not-for", Text("不得用于", "What it is not for"), 3)
    yield Items(wording.NOT_FOR)


def data(trained: Trained) -> Iterator[Block]:
    """Where the rows come from, how many there are, what bad means."""
    table = trained.table
    yield Heading("data", Text("数据与坏的定义", "Data, and what bad means"))
    yield Paragraph(
        Text(
            "共 [[data.rows|count]] 行,[[data.groups|count]] 组(户或客户);坏样本 [[data.bads|count]] 个"
            "([[data.bad_rate|share]]);特征 [[data.features|count]] 个。",
            "[[data.rows|count]] rows of [[data.groups|count]] groups (households or customers); [[data.bads|count]] bad "
            "([[data.bad_rate|share]]); [[data.features|count]] features.",
        )
    )
    if table.definition.zh or table.definition.en:
        yield Paragraph(Text(f"坏的定义:{table.definition.zh}。", f"Bad means {table.definition.en}."))
    if table.granted_only:
        yield Paragraph(wording.GRANTED_ONLY)
    yield from origin.rows(trained)


def split(trained: Trained) -> Iterator[Block]:
    """Who trained and who judged."""
    yield Heading("split", Text("训练与评判", "Who trained and who judged"))
    split = trained.plan.split
    if isinstance(split, Folds):
        zh = f"[[judged.splits|count]] 折交叉验证,种子 {split.seed}:每行由未见过其组的模型评判一次;留用的模型用全部行拟合。"
        en = (
            f"Cross-validation in [[judged.splits|count]] folds, seed {split.seed}: each row is judged once by a model that "
            "never saw its group; the model kept is fitted on all rows."
        )
    else:
        zh = f"时间外评判:{split.on} 之前训练,此后评判。为使同组不跨两侧,舍去训练行 [[data.left_out|count]] 行。"
        en = (
            f"Out of time: rows before {split.on} train, the others judge. [[data.left_out|count]] training rows were left "
            "out so that no group stands on both sides."
        )
    yield Paragraph(Text(zh, en))
    header = (Text("", ""), *wording.COUNTS)
    sides: tuple[tuple[Cell, ...], ...] = tuple(
        (words, Number(f"{side}.rows", "count"), Number(f"{side}.bads", "count"), Number(f"{side}.bad_rate", "share"))
        for side, words in (("train", Text("训练", "trained")), ("judged", Text("评判", "judged")))
    )
    yield Grid(Text("两侧的行", "Rows on each side"), header, sides)
    yield Paragraph(
        Text(
            "评判行的平均违约概率为 [[judged.mean_chance|share]]。",
            "The mean PD of the judged rows is [[judged.mean_chance|share]].",
        )
    )
