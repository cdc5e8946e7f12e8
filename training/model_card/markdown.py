"""The card as Markdown: first the whole of it in Chinese, then the whole in English; plots as files beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from scoring.policy.elements import Text
from training.model_card.blocks import Banner, Block, Format, Grid, Heading, Plot, Status, Tiles, written
from training.model_card.writer import Language, Writer

PLOTS = "plots"
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SIGNS = {"good": "✓", "bad": "✗", "even": "○"}


def markdown(title: Text, lead: Text, blocks: Sequence[Block], figures: Mapping[str, float]) -> str:
    """The whole file. lead: the sentence under the title."""
    zh, en = (_half(MarkdownWriter(it, figures), title, lead, blocks) for it in ("zh", "en"))
    return f'[English version below](#english)\n\n{zh}\n\n---\n\n<a id="english"></a>\n\n{en}\n'


def plot_file(name: str, language: Language) -> str:
    """A plot's path beside the card."""
    return f"{PLOTS}/{name}.{language}.svg"


def _half(writer: MarkdownWriter, title: Text, lead: Text, blocks: Sequence[Block]) -> str:
    return f"# {writer.say(title)}\n\n{writer.say(lead)}\n\n{writer.written(blocks)}"


class MarkdownWriter(Writer):
    """Blocks as Markdown."""

    between = "\n\n"

    def escape(self, text: str) -> str:
        return _TAG.sub("&lt;", text)

    def figure(self, name: str, value: float, format: Format) -> str:
        return written(value, format)

    def interval(self, low: str, high: str) -> str:
        return f" ({low} – {high})"

    def status(self, status: Status) -> str:
        return f"{_SIGNS[status.colour]} {self.say(status.words)}"

    def code(self, text: str) -> str:
        return f"`{text}`"

    def heading(self, heading: Heading) -> str:
        return f"{'#' * heading.level} {self.say(heading.words)}"

    def paragraph(self, text: str) -> str:
        return text

    def banner(self, banner: Banner) -> str:
        return f"> **{_SIGNS[banner.colour]} {self.say(banner.title)}** {self.say(banner.words)}"

    def tiles(self, tiles: Tiles) -> str:
        said = [(it, " · ".join(self.say(words) for words in it.against)) for it in tiles.tiles]
        return self.items([f"{self.say(it.words)} **{self.number(it.number)}** · {against}" for it, against in said])

    def items(self, items: Sequence[str]) -> str:
        return "\n".join(f"- {it}" for it in items)

    def grid(self, grid: Grid) -> str:
        rows = [[self.say(it) for it in grid.header], ["---"] * len(grid.header)]
        rows += [[self.cell(it) for it in row] for row in grid.rows]
        lines = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
        return f"**{self.say(grid.caption)}**\n\n{lines}"

    def plot(self, plot: Plot) -> str:
        says = self.say(plot.caption)
        return f"*{says}*\n\n![{says}]({plot_file(plot.name, self.language)})"

    def beside(self, blocks: Sequence[str]) -> str:
        return self.between.join(blocks)
