"""Where a card's rows come from, in words that people read: the table's source under its labels."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.outcomes import WORDS, Outcome, Why
from scoring.policy.elements import Text
from training.figures import key
from training.model_card.blocks import Block, Cell, Code, Grid, Number
from training.trained import Trained

_OUTCOMES = {
    Outcome.GOOD: Text("好", "good"),
    Outcome.BAD: Text("坏", "bad"),
    Outcome.INDETERMINATE: Text("不确定", "indeterminate"),
    Outcome.IMMATURE: Text("未成熟", "immature"),
}
LABELS = {
    "county": Text("县", "county"),
    "known_at": Text("结果的知悉时点", "outcomes as known at"),
    "policy": Text("政策", "policy"),
    "feature_set": Text("特征集", "feature set"),
    "file": Text("文件", "file"),
    "spec": Text("说明文件", "spec"),
    "left out: made before the first policy": Text("未用:首个政策之前放款", "not used: made before the first policy"),
    "left out: of a vintage that has not matured as a whole": Text(
        "未用:所在放款季度尚未整体成熟", "not used: of a vintage that has not matured as a whole"
    ),
    "left out: made before anything was known of the household": Text(
        "未用:放款时对该户尚一无所知", "not used: made before anything was known of the household"
    ),
    **{
        f"loans {outcome.name.lower()}, {why.name.lower()}": Text(
            f"{said.zh}:{WORDS[why].zh}", f"{said.en}: {WORDS[why].en}"
        )
        for outcome, said in _OUTCOMES.items()
        for why in Why
    },
}
_COUNTED = ("loans ", "left out: ")
_HASH = "sha256"


def rows(trained: Trained) -> Iterator[Block]:
    """What the rows were made from, and what became of the loans that might have been rows; hashes stand elsewhere."""
    source = {name: value for name, value in trained.table.source.items() if _HASH not in name}
    said: tuple[tuple[Cell, ...], ...] = tuple(
        (_label(name), value) for name, value in source.items() if not name.startswith(_COUNTED)
    )
    if said:
        yield Grid(Text("来自何处", "Where the rows come from"), (Text("项目", "item"), Text("内容", "content")), said)
    loans: tuple[tuple[Cell, ...], ...] = tuple(
        (_label(name), Number(key("source", name), "count"))
        for start in _COUNTED
        for name in source
        if name.startswith(start)
    )
    if loans:
        words = Text("贷款的去向(用到的与未用的)", "What became of the loans, used and not used")
        yield Grid(words, (Text("贷款", "loans"), Text("笔数", "number")), loans)


def hashes(trained: Trained) -> tuple[tuple[Cell, ...], ...]:
    """Hashes of everything the rows were made from."""
    found = {name: value for name, value in trained.table.source.items() if _HASH in name}
    return tuple((Code(name), Code(value)) for name, value in {**found, "data_sha256": trained.data_sha256}.items())


def _label(name: str) -> Text:
    return LABELS.get(name, Text(name, name))
