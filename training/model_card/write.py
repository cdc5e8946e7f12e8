"""The card as files: ``card.html`` (whole in itself), ``card.md`` and its plots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from training.model_card.blocks import Beside, Block, Plot
from training.model_card.canvas import alone
from training.model_card.content import LEAD, content, title
from training.model_card.html import html
from training.model_card.markdown import PLOTS, markdown, plot_file
from training.trained import Trained

HTML, MARKDOWN = "card.html", "card.md"


def write(folder: Path, trained: Trained) -> tuple[Path, ...]:
    """Write the card of a run and name its files."""
    blocks, name = content(trained), title(trained)
    (folder / PLOTS).mkdir(parents=True, exist_ok=True)
    texts = {
        HTML: html(name, LEAD, blocks, trained.figures),
        MARKDOWN: markdown(name, LEAD, blocks, trained.figures),
    }
    for plot in _plots(blocks):
        texts[plot_file(plot.name, "zh")] = alone(plot.svg.zh)
        texts[plot_file(plot.name, "en")] = alone(plot.svg.en)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return tuple(folder / file for file in texts)


def _plots(blocks: Sequence[Block]) -> Iterator[Plot]:
    for block in blocks:
        if isinstance(block, Plot):
            yield block
        elif isinstance(block, Beside):
            yield from _plots(block.blocks)
