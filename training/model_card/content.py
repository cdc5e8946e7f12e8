"""What stands on a card, in order, as neutral blocks."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.policy.elements import Text
from training.model_card import findings, wording
from training.model_card.blocks import Block, Cell, Grid, Heading, Items, Number, Paragraph
from training.spec import Folds
from training.trained import Trained


def title(trained: Trained) -> Text:
    """The card's title."""
    return Text(f"模型卡:{trained.table.name}", f"Model card: {trained.table.name}")


def content(trained: Trained) -> tuple[Block, ...]:
    """Every block of the card."""
    sections = (
        _verdict,
        _purpose,
        _data,
        _split,
        findings.results,
        findings.calibration,
        findings.drivers,
        findings.segments,
        findings.fairness,
        _gate,
        _limits,
        _again,
    )
    return tuple(block for section in sections for block in section(trained))


def _verdict(trained: Trained) -> Iterator[Block]:
    yield Heading("verdict", Text("结论", "Verdict"))
    if trained.gate.reasons:
        yield Paragraph(Text("拒绝:不得作为挑战者模型。", "Refused: it may not become the challenger."), strong=True)
        yield Items(tuple(it.says for it in trained.gate.reasons))
    else:
        words = Text("通过:可由两人签字后成为挑战者模型。", "Passed: two people may now promote it to challenger.")
        yield Paragraph(words, strong=True)


def _purpose(trained: Trained) -> Iterator[Block]:
    yield Heading("purpose", Text("用途", "Purpose"))
    yield Paragraph(wording.PURPOSE)
    yield Heading("not-for", Text("不得用于", "What it is not for"))
    yield Items(wording.NOT_FOR)


def _data(trained: Trained) -> Iterator[Block]:
    table = trained.table
    yield Heading("data", Text("数据与坏的定义", "Data, and what bad means"))
    yield Paragraph(
        Text(
            "共 [[data.rows|count]] 行,[[data.groups|count]] 组(户或客户),坏样本 [[data.bads|count]] 个"
            "([[data.bad_rate|share]]),特征 [[data.features|count]] 个。",
            "[[data.rows|count]] rows of [[data.groups|count]] groups (households or customers), [[data.bads|count]] bad "
            "([[data.bad_rate|share]]), [[data.features|count]] features.",
        )
    )
    yield Paragraph(Text(f"坏:{table.definition.zh}。", f"Bad: {table.definition.en}."))
    if table.granted_only:
        yield Paragraph(wording.GRANTED_ONLY)
    origin = [(name, value) for name, value in table.source.items()]
    header = (Text("来源", "source"), Text("内容", "content"))
    rows: tuple[tuple[Cell, ...], ...] = (*origin, ("data_sha256", trained.data_sha256))
    yield Grid(Text("来自何处", "Where the rows come from"), header, rows)


def _split(trained: Trained) -> Iterator[Block]:
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
    yield Paragraph(
        Text(
            "训练 [[train.rows|count]] 行(坏 [[train.bads|count]]);评判 [[judged.rows|count]] 行(坏 [[judged.bads|count]],"
            "坏账率 [[judged.bad_rate|share]],平均违约概率 [[judged.mean_chance|share]])。",
            "[[train.rows|count]] rows trained ([[train.bads|count]] bad); [[judged.rows|count]] judged ([[judged.bads|count]] "
            "bad, realised share [[judged.bad_rate|share]], mean PD [[judged.mean_chance|share]]).",
        )
    )


def _gate(trained: Trained) -> Iterator[Block]:
    yield Heading("gate", Text("关口的每一条界限", "Every limit of the gate"))
    header = (Text("界限", "limit"), Text("界限值", "allowed"), Text("本次", "this run"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (Text(zh, en), Number(limit, format), Number(name, format))  # type: ignore[arg-type]
        for limit, name, format, zh, en in wording.CHECKS
    )
    yield Grid(
        Text("界限是我们的建议值,采用者可自定", "The limits are our proposals; who adopts us sets their own"),
        header,
        rows,
    )


def _limits(trained: Trained) -> Iterator[Block]:
    yield Heading("limits", Text("局限", "Limits"))
    yield Items(wording.LIMITS_OF_IT)


def _again(trained: Trained) -> Iterator[Block]:
    yield Heading("again", Text("如何重做", "How to do it again"))
    header = (Text("项", "item"), Text("值", "value"))
    rows: list[tuple[Cell, ...]] = [
        ("model_sha256", trained.model_sha256),
        ("seed", str(trained.seed)),
        ("rounds", Number("model.rounds", "count")),
        *((name, f"{value:g}") for name, value in trained.parameters.items()),
    ]
    words = Text("同样的输入得到同样的模型文件与数字", "The same inputs give the same model file and figures")
    yield Grid(words, header, tuple(rows))
