"""Drawing to SVG text: the same bytes for the same numbers, words in both languages, no fonts needed.

Words are drawn as short marks and put in afterwards as two spans each, so that style alone switches the
language and no Chinese font is needed where the card is made.
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

BLUE, RED, GREEN, GREY = "#0b5cad", "#c8500a", "#1a7f5a", "#8c959f"
_MARK = re.compile(r"~(\d+)~")
_ID = re.compile(r' id="([^"]+)"')
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lushi",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "axes.grid": True,
    "grid.color": "#e6e9ed",
    "axes.axisbelow": True,
    "savefig.dpi": 110,
}


@dataclass
class Canvas:
    """A figure under drawing; ``say`` gives the mark that stands for words."""

    figure: Figure
    _words: list[Text] = field(default_factory=list)

    def say(self, zh: str, en: str) -> str:
        """The mark of some words."""
        self._words.append(Text(zh, en))
        return f"~{len(self._words) - 1}~"

    def svg(self, label: Text) -> str:
        """The drawing as an ``svg`` element; ``label`` says to those who cannot see it what it shows."""
        out = io.StringIO()
        self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        drawn = out.getvalue()
        drawn = drawn[drawn.index("<svg") :]
        drawn = re.sub(r"<metadata>.*?</metadata>\s*", "", drawn, flags=re.DOTALL)
        used = set(re.findall(r"#([\w-]+)", drawn))
        drawn = _ID.sub(lambda it: it[0] if it[1] in used else "", drawn)  # an id may stand once in a file
        drawn = _MARK.sub(lambda it: self._spans(int(it[1])), drawn)
        name = escape(f"{label.zh} {label.en}")
        return drawn.replace("<svg", f'<svg role="img" aria-label="{name}"', 1).strip()

    def _spans(self, place: int) -> str:
        words = self._words[place]
        if words.zh == words.en:
            return escape(words.zh)
        return f'<tspan class="zh">{escape(words.zh)}</tspan><tspan class="en"> {escape(words.en)}</tspan>'


@contextmanager
def canvas(width: float, height: float) -> Iterator[Canvas]:
    """A canvas in inches; settings of the library outside are left alone."""
    with matplotlib.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield Canvas(Figure(figsize=(width, height)))
