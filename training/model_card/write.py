"""The card as files: ``card.html`` (whole in itself), ``card.md`` and its plots."""

from __future__ import annotations

from pathlib import Path

from training.model_card.blocks import Plot
from training.model_card.content import content, title
from training.model_card.html import html
from training.model_card.markdown import PLOTS, markdown
from training.trained import Trained

HTML, MARKDOWN = "card.html", "card.md"


def write(folder: Path, trained: Trained) -> tuple[Path, ...]:
    """Write the card of a run and name its files."""
    blocks, name = content(trained), title(trained)
    (folder / PLOTS).mkdir(parents=True, exist_ok=True)
    (folder / HTML).write_text(html(name, blocks, trained.figures), encoding="utf-8")
    (folder / MARKDOWN).write_text(markdown(name, blocks, trained.figures), encoding="utf-8")
    files = [folder / HTML, folder / MARKDOWN]
    for block in blocks:
        if isinstance(block, Plot):
            path = folder / PLOTS / f"{block.name}.svg"
            path.write_text(block.svg + "\n", encoding="utf-8")
            files.append(path)
    return tuple(files)
