"""What HTML and Markdown share: a card's blocks written in one language, figures looked up by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Literal

from scoring.policy.elements import Text
from training.model_card.blocks import (
    Banner,
    Beside,
    Block,
    Cell,
    Code,
    Format,
    Grid,
    Heading,
    Items,
    Number,
    Paragraph,
    Plot,
    Status,
    Tiles,
    filled,
    numbers_of,
)
from training.model_card.punctuation import chinese

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
MISSING = "–"


class Writer(ABC):
    """Writes blocks in one language; what a mark-up looks like is for those who extend it."""

    def __init__(self, language: Language, figures: Mapping[str, float]) -> None:
        self.language = language
        self.figures = figures

    def written(self, blocks: Sequence[Block]) -> str:
        """All blocks in order."""
        return self.between.join(self._block(it) for it in blocks)

    def say(self, words: Text) -> str:
        """Words in the language, every figure in them looked up."""
        text = chinese(words.zh) if self.language == "zh" else words.en
        return filled(self.escape(text), self.number)

    def number(self, number: Number) -> str:
        """A figure with its interval; a dash where the run has none."""
        found = [self.figure(name, value, number.format) for name, value in numbers_of(number, self.figures)]
        if not found:
            return MISSING
        return found[0] + (self.interval(found[1], found[2]) if len(found) == 3 else "")

    def cell(self, cell: Cell) -> str:
        """What stands in a cell of a table."""
        match cell:
            case Number():
                return self.number(cell)
            case Status():
                return self.status(cell)
            case Code(text):
                return self.code(text)
            case Text():
                return self.say(cell)
            case str():
                return self.escape(cell)

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph(words):
                return self.paragraph(self.say(words))
            case Banner():
                return self.banner(block)
            case Tiles():
                return self.tiles(block)
            case Items(words):
                return self.items([self.say(it) for it in words])
            case Grid():
                return self.grid(block)
            case Plot():
                return self.plot(block)
            case Beside(blocks):
                return self.beside([self._block(it) for it in blocks])

    between = "\n"

    @abstractmethod
    def escape(self, text: str) -> str:
        """Text that no mark-up can hide in."""

    @abstractmethod
    def figure(self, name: str, value: float, format: Format) -> str:
        """One figure."""

    @abstractmethod
    def interval(self, low: str, high: str) -> str:
        """Both ends, after the figure."""

    @abstractmethod
    def status(self, status: Status) -> str:
        """A judgement."""

    @abstractmethod
    def code(self, text: str) -> str:
        """A hash or a machine's name."""

    @abstractmethod
    def heading(self, heading: Heading) -> str:
        """A title."""

    @abstractmethod
    def paragraph(self, text: str) -> str:
        """A paragraph."""

    @abstractmethod
    def banner(self, banner: Banner) -> str:
        """What must not be missed."""

    @abstractmethod
    def tiles(self, tiles: Tiles) -> str:
        """Headline figures."""

    @abstractmethod
    def items(self, items: Sequence[str]) -> str:
        """A list."""

    @abstractmethod
    def grid(self, grid: Grid) -> str:
        """A table."""

    @abstractmethod
    def plot(self, plot: Plot) -> str:
        """A drawing."""

    @abstractmethod
    def beside(self, blocks: Sequence[str]) -> str:
        """Blocks side by side."""
