"""The neutral blocks of a card: headings, paragraphs, lists, tables and plots, all in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.policy.elements import Text

Format = Literal["count", "share", "two", "three", "four", "small"]
Colour = Literal["good", "bad", "even"]
_HOLE = re.compile(r"\[\[([^|\]]+)\|(count|share|two|three|four|small)\]\]")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Number:
    """A figure by name, shown in one format; ``interval`` adds its 95 % interval where the run has one."""

    name: str
    format: Format = "three"
    interval: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """A judgement in words, with a colour that repeats it."""

    colour: Colour
    words: Text


@dataclass(frozen=True, slots=True)
class Code:
    """A hash or a name as machines write it."""

    text: str


Cell = Text | Number | Status | Code | str


@dataclass(frozen=True, slots=True)
class Heading:
    """A title and its anchor. level: 2 for a section, 3 for a part of one."""

    anchor: str
    words: Text
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``[[name|format]]`` in it stands for a figure."""

    words: Text


@dataclass(frozen=True, slots=True)
class Banner:
    """What must not be missed: a title and a sentence, with a colour that repeats them."""

    colour: Colour
    title: Text
    words: Text


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure: what it is, its value, and what to hold it against."""

    words: Text
    number: Number
    against: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Tiles:
    """Headline figures side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    words: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a caption."""

    caption: Text
    header: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing: its file name without ending, what it shows, the SVG in each language.

    wide: scrolls inside itself on a narrow screen rather than shrink until nobody can read it.
    """

    name: str
    caption: Text
    svg: Text
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Tables or drawings that stand side by side where there is room."""

    blocks: tuple[Grid | Plot, ...]


Block = Heading | Paragraph | Banner | Tiles | Items | Grid | Plot | Beside


def written(value: float, format: Format) -> str:
    """A figure as people read it."""
    match format:
        case "count":
            text = f"{value:,.0f}"
        case "share":
            text = f"{value:.1%}"
        case "two":
            text = f"{value:.2f}"
        case "three":
            text = f"{value:.3f}"
        case "four":
            text = f"{value:.4f}"
        case "small":
            digits, power = f"{value:.1e}".split("e")
            text = f"{digits} × 10{str(int(power)).translate(_RAISED)}"
    if not text.strip("-0.%"):  # nothing is left of it, so no sign either
        text = text.lstrip("-")
    return text.replace("-", "−")


def numbers_of(number: Number, figures: Mapping[str, float]) -> list[tuple[str, float]]:
    """Name and value of the figure and, where asked for and there, of both ends; empty where the run lacks it."""
    if number.name not in figures:
        return []
    names = [number.name]
    if number.interval and f"{number.name}.low" in figures:
        names += [f"{number.name}.low", f"{number.name}.high"]
    return [(name, figures[name]) for name in names]


def filled(words: str, put: Callable[[Number], str]) -> str:
    """The words with every ``[[name|format]]`` written by ``put``."""
    return _HOLE.sub(lambda hole: put(Number(hole[1], hole[2])), words)  # type: ignore[arg-type]
