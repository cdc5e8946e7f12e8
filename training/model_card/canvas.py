"""Drawing to SVG text: the same bytes for the same numbers, words in either language, no fonts needed.

Words are drawn as short marks and put in afterwards, so one drawing serves both languages and no Chinese
font is needed where the card is made. Colours are put in as names that a page may set, for light and dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

import matplotlib
from matplotlib.figure import Figure

from scoring.policy.elements import Text
from training.model_card.punctuation import chinese

BLUE, RED, GREEN, VIOLET, GREY = "#0b5cad", "#c2410c", "#1a7f5a", "#7a4fb5", "#8c959f"
INK, LINE = "#1b1f25", "#e2e6eb"
_COLOURS = {BLUE: "blue", RED: "red", GREEN: "green", VIOLET: "violet", GREY: "grey", INK: "ink", LINE: "grid"}
_MARK = re.compile(r"~(\d+)~")
_ID = re.compile(r' id="([^"]+)"')
_FONT = re.compile(r"(font-size: [\d.]+px); font-family: [^;\"]+")
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lushi",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 10,
    "legend.frameon": False,
    "savefig.dpi": 150,
}


@dataclass
class Canvas:
    """A figure under drawing; ``say`` gives the mark that stands for words."""

    figure: Figure
    _words: list[Text] = field(default_factory=list)

    def say(self, zh: str, en: str) -> str:
        """The mark of some words."""
        self._words.append(Text(chinese(zh), en))
        return f"~{len(self._words) - 1}~"

    def svg(self, name: str, label: Text) -> Text:
        """The drawing as an ``svg`` element in each language.

        name: sets its ids apart. label: says to those who cannot see it what it shows.
        """
        out = io.StringIO()
        self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        drawn = out.getvalue()
        drawn = drawn[drawn.index("<svg") :]
        drawn = re.sub(r"<metadata>.*?</metadata>\s*", "", drawn, flags=re.DOTALL)
        used = set(re.findall(r"#([\w-]+)", drawn))
        drawn = _ID.sub(lambda it: it[0] if it[1] in used else "", drawn)  # an id may stand once in a file
        drawn = _FONT.sub(r"\1", drawn).strip()
        for colour, of in _COLOURS.items():
            drawn = drawn.replace(colour, f"var(--{of}, {colour})")
        return Text(
            self._in(drawn, f"zh-{name}-", chinese(label.zh), [it.zh for it in self._words]),
            self._in(drawn, f"en-{name}-", label.en, [it.en for it in self._words]),
        )

    def _in(self, drawn: str, prefix: str, label: str, words: list[str]) -> str:
        drawn = re.sub(r' id="|(?<=href="#)|(?<=url\(#)', lambda it: it[0] + prefix, drawn)
        drawn = _MARK.sub(lambda it: escape(words[int(it[1])]), drawn)
        return drawn.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1)


def alone(svg: str) -> str:
    """A drawing as a file of its own: on white, with fonts that most machines have."""
    look = "style=\"background: #fff; font-family: system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif\""
    return svg.replace("<svg", f"<svg {look}", 1) + "\n"


@contextmanager
def canvas(width: float, height: float) -> Iterator[Canvas]:
    """A canvas in inches; settings of the library outside are left alone."""
    with matplotlib.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield Canvas(Figure(figsize=(width, height)))
