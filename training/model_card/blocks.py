"""The neutral blocks of a card: headings, paragraphs, lists, tables and plots, all in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.policy.elements import Text

Format = Literal["count", "share", "three", "four", "small"]
_HOLE = re.compile(r"\[\[([^|\]]+)\|(count|share|three|four|small)\]\]")


@dataclass(frozen=True, slots=True)
class Number:
    """A figure by name, shown in one format; ``interval`` adds its 95 % interval where the run has one."""

    name: str
    format: Format = "three"
    interval: bool = False


Cell = Text | Number | str


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title and its anchor."""

    anchor: str
    words: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``[[name|format]]`` in it stands for a figure."""

    words: Text
    strong: bool = False


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
    """A drawing: its file name without ending, what it shows, the SVG."""

    name: str
    caption: Text
    svg: str


Block = Heading | Paragraph | Items | Grid | Plot


def written(value: float, format: Format) -> str:
    """A figure as people read it."""
    value = 0.0 if format in ("three", "four") and abs(value) < 5e-5 else value  # never "-0.0000"
    match format:
        case "count":
            return f"{value:,.0f}"
        case "share":
            return f"{value:.1%}"
        case "three":
            return f"{value:.3f}"
        case "four":
            return f"{value:.4f}"
        case "small":
            return f"{value:.1e}"


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
