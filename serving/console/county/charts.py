"""Where the bars of a chart stand, and the squares of a township's tile: numbers for the SVG macros, nothing of the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDTH, HEIGHT, FLOOR = 420, 150, 130
"""Of a chart in its own units; the bars stand on the floor."""
ROOM = 112
"""Height of the highest bar."""
STEPS = (Fraction(50, 100), Fraction(70, 100), Fraction(82, 100), Fraction(90, 100))
"""Shares of graded households at which a square's colour changes: one below the first, then one from each on."""
A_ROW, CELL, GAP = 7, 15, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. over: beyond the chart's limit."""

    x: float
    y: float
    width: float
    height: float
    over: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of shares. limit_y: where its limit is drawn; None where it has none. top: the share at the highest point."""

    bars: tuple[Bar, ...]
    limit_y: float | None
    top: Fraction


def bars(shares: Sequence[Fraction], *, limit: Fraction | None = None, least: Fraction = Fraction(0)) -> Bars:
    """Bars of shares, oldest first. least: the top is at least so high."""
    top = max([least, *shares, *([limit] if limit is not None else [])], default=Fraction(1)) or Fraction(1)
    step = WIDTH / max(len(shares), 1)
    drawn = []
    for number, share in enumerate(shares):
        height = round(float(share / top) * ROOM, 1)
        wide = min(step * 0.8, 40)
        x = number * step + (step - wide) / 2
        over = limit is not None and share > limit
        drawn.append(Bar(round(x, 1), round(FLOOR - height, 1), round(wide, 1), height, over))
    return Bars(tuple(drawn), None if limit is None else round(FLOOR - float(limit / top) * ROOM, 1), top)


@dataclass(frozen=True, slots=True)
class Square:
    """A village in its township's tile. level: 0 without households, else 1 to 5 by its share of graded households."""

    x: int
    y: int
    level: int
    stopped: bool


def squares(villages: Sequence[tuple[Fraction | None, bool]]) -> tuple[Square, ...]:
    """One square a village: its share of graded households (None where nobody lives there), and whether it is stopped."""
    return tuple(
        Square(
            x=(number % A_ROW) * (CELL + GAP),
            y=(number // A_ROW) * (CELL + GAP),
            level=0 if share is None else level(share),
            stopped=stopped,
        )
        for number, (share, stopped) in enumerate(villages)
    )


def level(share: Fraction) -> int:
    """The colour of a share, 1 to 5."""
    return 1 + sum(share >= step for step in STEPS)
