"""The card as Markdown: both languages one after the other, plots as files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

PLOTS = "plots"
MISSING = "–"


def markdown(title: Text, blocks: Sequence[Block], figures: Mapping[str, float]) -> str:
    """The whole file."""
    return "\n\n".join([f"# {_both(title, figures)}", *(_block(it, figures) for it in blocks)]) + "\n"


def _both(words: Text, figures: Mapping[str, float], between: str = " · ") -> str:
    zh, en = (filled(it, lambda number: _number(number, figures)) for it in (words.zh, words.en))
    return zh if zh == en else f"{zh}{between}{en}"


def _number(number: Number, figures: Mapping[str, float]) -> str:
    found = [written(value, number.format) for _, value in numbers_of(number, figures)]
    if not found:
        return MISSING
    return found[0] + (f" ({found[1]} – {found[2]})" if len(found) == 3 else "")


def _block(block: Block, figures: Mapping[str, float]) -> str:
    match block:
        case Heading(_, words):
            return f"## {_both(words, figures)}"
        case Paragraph(words, strong):
            text = _both(words, figures, "\n\n")
            return "> " + text.replace("\n\n", "\n>\n> ") if strong else text
        case Items(words):
            return "\n".join("- " + _both(it, figures, "  \n  ") for it in words)
        case Grid(caption, header, rows):
            lines = [
                f"**{_both(caption, figures)}**",
                "",
                _row([_both(it, figures) for it in header]),
                _row(["---"] * len(header)),
                *(_row([_cell(it, figures) for it in row]) for row in rows),
            ]
            return "\n".join(lines)
        case Plot(name, caption, _):
            says = _both(caption, figures)
            return f"![{says}]({PLOTS}/{name}.svg)\n\n*{says}*"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _cell(cell: Cell, figures: Mapping[str, float]) -> str:
    if isinstance(cell, Number):
        return _number(cell, figures)
    return cell if isinstance(cell, str) else _both(cell, figures)
