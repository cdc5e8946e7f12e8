"""The card as one HTML file: no script, no network, both languages switchable by style alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from scoring.policy.elements import Text
from training.model_card.blocks import (
    Block,
    Cell,
    Grid,
    Heading,
    Items,
    Number,
    Paragraph,
    Plot,
    filled,
    numbers_of,
    written,
)
from training.model_card.style import STYLE

MISSING = "–"


def html(title: Text, blocks: Sequence[Block], figures: Mapping[str, float]) -> str:
    """The whole file."""
    body = "\n".join(_block(block, figures) for block in blocks)
    contents = "".join(
        f'<li><a href="#{it.anchor}">{both(it.words)}</a></li>' for it in blocks if isinstance(it, Heading)
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{escape(title.zh)} · {escape(title.en)}</title>
<style>{STYLE}</style>
</head>
<body>
<input type="radio" name="language" id="zh" checked><label for="zh" lang="zh">中文</label>
<input type="radio" name="language" id="en"><label for="en" lang="en">English</label>
<input type="radio" name="language" id="both"><label for="both">中文 + English</label>
<main>
<h1>{both(title)}</h1>
<nav aria-label="目录 contents"><ul>{contents}</ul></nav>
{body}
</main>
</body>
</html>
"""


def both(words: Text, figures: Mapping[str, float] | None = None) -> str:
    """Words in both languages, each marked; once where they are the same."""
    zh, en = (_filled(it, figures or {}) for it in (words.zh, words.en))
    if zh == en:
        return zh
    return f'<span class="zh" lang="zh">{zh}</span> <span class="en" lang="en">{en}</span>'


def _filled(words: str, figures: Mapping[str, float]) -> str:
    return filled(escape(words, quote=False), lambda number: _number(number, figures))


def _number(number: Number, figures: Mapping[str, float]) -> str:
    found = [
        f'<data data-figure="{escape(name)}" data-format="{number.format}" value="{value!r}">'
        f"{written(value, number.format)}</data>"
        for name, value in numbers_of(number, figures)
    ]
    if not found:
        return MISSING
    return found[0] + (f' <span class="interval">({found[1]} – {found[2]})</span>' if len(found) == 3 else "")


def _block(block: Block, figures: Mapping[str, float]) -> str:
    match block:
        case Heading(anchor, words):
            return f'<h2 id="{anchor}">{both(words)}</h2>'
        case Paragraph(words, strong):
            kind = ' class="verdict"' if strong else ""
            return f"<p{kind}>{both(words, figures)}</p>"
        case Items(words):
            return "<ul>" + "".join(f"<li>{both(it, figures)}</li>" for it in words) + "</ul>"
        case Grid():
            return _grid(block, figures)
        case Plot(_, caption, svg):
            return f"<figure>{svg}<figcaption>{both(caption)}</figcaption></figure>"


def _grid(grid: Grid, figures: Mapping[str, float]) -> str:
    header = "".join(f'<th scope="col">{both(it)}</th>' for it in grid.header)
    rows = "".join(f"<tr>{''.join(_cell(it, figures, at) for at, it in enumerate(row))}</tr>" for row in grid.rows)
    caption = f"<caption>{both(grid.caption, figures)}</caption>"
    return f'<div class="table"><table>{caption}<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cell(cell: Cell, figures: Mapping[str, float], place: int) -> str:
    if isinstance(cell, Number):
        return f'<td class="number">{_number(cell, figures)}</td>'
    inner = escape(cell) if isinstance(cell, str) else both(cell, figures)
    return f'<th scope="row">{inner}</th>' if place == 0 else f"<td>{inner}</td>"
