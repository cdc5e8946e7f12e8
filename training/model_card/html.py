"""The card as one HTML file: no script, no network; each language whole, chosen by style alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from scoring.policy.elements import Text
from training.model_card.blocks import Banner, Block, Format, Grid, Heading, Number, Plot, Status, Tiles, written
from training.model_card.style import STYLE
from training.model_card.writer import LANGUAGES, Language, Writer

_NAMES: Mapping[Language, tuple[str, str]] = {"zh": ("zh-CN", "中文"), "en": ("en", "English")}
_CONTENTS = Text("目录", "Contents")


def html(title: Text, lead: Text, blocks: Sequence[Block], figures: Mapping[str, float]) -> str:
    """The whole file. lead: the sentence under the title."""
    chosen = "".join(
        f'<input type="radio" name="language" id="{it}"{" checked" if it == "zh" else ""}>' for it in LANGUAGES
    )
    labels = "".join(f'<label for="{it}" lang="{_NAMES[it][0]}">{_NAMES[it][1]}</label>' for it in LANGUAGES)
    articles = "\n".join(_article(HtmlWriter(it, figures), title, lead, blocks) for it in LANGUAGES)
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{escape(title.zh)} · {escape(title.en)}</title>
<style>{STYLE}</style>
</head>
<body>
{chosen}
<header><span>卢氏农户信用 · Lushi Credit</span><span class="languages">{labels}</span></header>
{articles}
</body>
</html>
"""


def _article(writer: HtmlWriter, title: Text, lead: Text, blocks: Sequence[Block]) -> str:
    sections = [it for it in blocks if isinstance(it, Heading) and it.level == 2]
    links = "".join(f'<li><a href="#{writer.anchor(it)}">{writer.say(it.words)}</a></li>' for it in sections)
    return f"""<article class="{writer.language}" lang="{_NAMES[writer.language][0]}">
<div class="title"><h1>{writer.say(title)}</h1><p class="lead">{writer.say(lead)}</p></div>
<nav aria-label="{writer.say(_CONTENTS)}"><p>{writer.say(_CONTENTS)}</p><ol>{links}</ol></nav>
<main>
{writer.written(blocks)}
</main>
</article>"""


class HtmlWriter(Writer):
    """Blocks as HTML elements."""

    def anchor(self, heading: Heading) -> str:
        """A heading's id: each language has its own."""
        return f"{self.language}-{heading.anchor}"

    def escape(self, text: str) -> str:
        return escape(text, quote=False)

    def figure(self, name: str, value: float, format: Format) -> str:
        shown = written(value, format)
        return f'<data data-figure="{escape(name)}" data-format="{format}" value="{value!r}">{shown}</data>'

    def interval(self, low: str, high: str) -> str:
        return f' <span class="interval">({low} – {high})</span>'

    def status(self, status: Status) -> str:
        return f'<span class="status {status.colour}">{self.say(status.words)}</span>'

    def code(self, text: str) -> str:
        return f"<code>{self.escape(text)}</code>"

    def heading(self, heading: Heading) -> str:
        return f'<h{heading.level} id="{self.anchor(heading)}">{self.say(heading.words)}</h{heading.level}>'

    def paragraph(self, text: str) -> str:
        return f"<p>{text}</p>"

    def banner(self, banner: Banner) -> str:
        title, words = self.say(banner.title), self.say(banner.words)
        return f'<div class="banner {banner.colour}"><strong>{title}</strong><span>{words}</span></div>'

    def tiles(self, tiles: Tiles) -> str:
        inner = "".join(
            f"<div><dt>{self.say(it.words)}</dt><dd>{self.number(it.number)}</dd>"
            + "".join(f'<dd class="against">{self.say(words)}</dd>' for words in it.against)
            + "</div>"
            for it in tiles.tiles
        )
        return f'<dl class="tiles">{inner}</dl>'

    def items(self, items: Sequence[str]) -> str:
        return "<ul>" + "".join(f"<li>{it}</li>" for it in items) + "</ul>"

    def grid(self, grid: Grid) -> str:
        numeric = [
            all(isinstance(row[at], Number) or row[at] == "" for row in grid.rows) for at in range(len(grid.header))
        ]
        header = "".join(
            f'<th scope="col"{_kind(number)}>{self.say(it)}</th>'
            for it, number in zip(grid.header, numeric, strict=True)
        )
        rows = "".join(
            f'<tr><th scope="row">{self.cell(row[0])}</th>'
            + "".join(f"<td{_kind(isinstance(it, Number))}>{self.cell(it)}</td>" for it in row[1:])
            + "</tr>"
            for row in grid.rows
        )
        return (
            f'<div class="table" tabindex="0"><table><caption>{self.say(grid.caption)}</caption>'
            f"<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def plot(self, plot: Plot) -> str:
        svg = plot.svg.zh if self.language == "zh" else plot.svg.en
        kind = ' class="wide"' if plot.wide else ""
        return f"<figure{kind}><figcaption>{self.say(plot.caption)}</figcaption>{svg}</figure>"

    def beside(self, blocks: Sequence[str]) -> str:
        return f'<div class="beside">{"".join(blocks)}</div>'


def _kind(number: bool) -> str:
    return ' class="number"' if number else ""
