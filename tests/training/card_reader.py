"""Reads a card as a person does: what is shown, in which language, and which figure it says it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?%?")
FIGURE = re.compile(r"\d+\.\d+|\d+%|\d,\d{3}")
"""What only a figure looks like: decimals, shares, thousands."""
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-", ",")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the card: the name it goes by, the value it carries, and what people read."""

    name: str
    value: float
    text: str


@dataclass
class Half:
    """One language of the card."""

    figures: list[Shown] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)

    @property
    def numbers(self) -> list[str]:
        """Every number in reading order, figure or not."""
        return NUMBER.findall("".join(self.words))


class CardReader(HTMLParser):
    """Both languages of ``card.html``, and what it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.halves = {"zh": Half(), "en": Half()}
        self.links: list[str] = []
        self.ids: list[str] = []
        self._language = ""
        self._figure: tuple[str, float] | None = None
        self._skipped: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self._language and "svg" not in self._skipped:
            half = self.halves[self._language]
            half.tags[tag] += 1
            half.words += [] if tag in ("data", "span") else [" "]
        self.links += [str(found[it]) for it in ("src", "href", "xlink:href") if it in found]
        self.ids += [str(found["id"])] if "id" in found else []
        if tag == "article":
            self._language = str(found["class"])
        elif tag == "data":
            self._figure = (str(found["data-figure"]), float(str(found["value"])))
        elif tag in ("svg", "style", "nav"):
            self._skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._language = ""
        elif tag in ("svg", "style", "nav"):
            self._skipped.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._language or "style" in self._skipped:
            return
        half = self.halves[self._language]
        if "svg" in self._skipped:
            half.drawn.append(data)
        elif not self._skipped:
            half.words.append(data)
            if self._figure is None:
                half.outside.append(data)
            else:
                half.figures.append(Shown(*self._figure, data))
                self._figure = None


def shows(text: str, value: float) -> bool:
    """Whether a number as people read it is a value, rounded to the places it is shown with."""
    plain = text.translate(_PLAIN)
    digits, _, power = plain.partition(" × 10")
    place = int(power or 0) - len(digits.rstrip("%").partition(".")[2])
    unit = 100.0 if digits.endswith("%") else 1.0
    return abs(float(digits.rstrip("%")) * 10.0 ** int(power or 0) - value * unit) <= 0.500001 * 10.0**place


def wrong(half: Half, metrics: Mapping[str, float]) -> list[Shown]:
    """Figures of a card that are not the run's: by name, by value, by any digit shown."""
    return [
        it
        for it in half.figures
        if it.name not in metrics or it.value != metrics[it.name] or not shows(it.text, metrics[it.name])
    ]


def markdown_numbers(text: str) -> list[str]:
    """Every number of a part of ``card.md`` in reading order; names of files are no reading."""
    return NUMBER.findall(re.sub(r"!\[.*?\]\(.*?\)", "", text).replace("\n", " \n "))
