"""Curves and bars as plain shapes, which the macros of ``templates/macros/`` draw as SVG; nothing is computed here but places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 280, 64, 20, 12, 30
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line: its name (a message), its points as SVG writes them, and how it is drawn (0 the first, each other dashed otherwise)."""

    name: str
    points: str
    kind: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with its interval; says: what it tells on being pointed at."""

    x: float
    y: float
    low: float
    high: float
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing. x_marks, y_marks: (place, text). diagonal: the line on which both axes are equal, '' for none."""

    curves: tuple[Curve, ...]
    dots: tuple[Dot, ...]
    x_marks: tuple[tuple[float, str], ...]
    y_marks: tuple[tuple[float, str], ...]
    diagonal: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that goes to both sides: down to the left, up to the right; lengths in units of the paper, numbers as they are."""

    name: str
    down: int
    up: int
    left: float
    right: float


def shares(curves: Sequence[tuple[str, Sequence[Point]]]) -> Chart:
    """Curves from share to share, both 0 to 1, with the diagonal."""
    marks = (0.0, 0.25, 0.5, 0.75, 1.0)
    return Chart(
        tuple(Curve(name, _written(points, 1, 1), kind) for kind, (name, points) in enumerate(curves)),
        (),
        tuple((_x(it, 1), f"{it:.0%}") for it in marks),
        tuple((_y(it, 1), f"{it:.0%}") for it in marks),
        _written([(0, 0), (1, 1)], 1, 1),
    )


def against(points: Sequence[tuple[float, float, float, float, str]]) -> Chart:
    """Points of (said, real, low, high, words) on one scale for both axes, with the diagonal."""
    most = max((max(said, high) for said, _, _, high, _ in points), default=0.0) or 1.0
    dots = tuple(
        Dot(_x(said, most), _y(real, most), _y(low, most), _y(high, most), words)
        for said, real, low, high, words in points
    )
    marks = tuple(most * it for it in (0.0, 0.5, 1.0))
    return Chart(
        (),
        dots,
        tuple((_x(it, most), f"{it:.1%}") for it in marks),
        tuple((_y(it, most), f"{it:.1%}") for it in marks),
        _written([(0, 0), (most, most)], most, most),
    )


def over_time(points: Sequence[tuple[str, float, float, float, str]]) -> Chart:
    """Shares of (name, share, low, high, words), in order, with their intervals."""
    most = max((high for _, _, _, high, _ in points), default=0.0) or 1.0
    last = max(len(points) - 1, 1)
    dots = tuple(
        Dot(_x(place, last), _y(share, most), _y(low, most), _y(high, most), words)
        for place, (_, share, low, high, words) in enumerate(points)
    )
    every = max(len(points) // 5, 1)
    x_marks = tuple((_x(place, last), it[0]) for place, it in enumerate(points) if place % every == 0)
    line = Curve("", _written([(place, it[1]) for place, it in enumerate(points)], last, most), 0)
    return Chart((line,), dots, x_marks, tuple((_y(most * it, most), f"{most * it:.1%}") for it in (0, 0.5, 1)), "")


def both_ways(rows: Sequence[tuple[str, int, int]], *, room: float = 150) -> tuple[Bar, ...]:
    """Bars of (name, down, up), the longest as long as there is room on its side."""
    most = max((max(down, up) for _, down, up in rows), default=0) or 1
    return tuple(Bar(name, down, up, room * down / most, room * up / most) for name, down, up in rows)


def _written(points: Sequence[Point], x_most: float, y_most: float) -> str:
    return " ".join(f"{_x(x, x_most)},{_y(y, y_most)}" for x, y in points)


def _x(value: float, most: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * value / most, 1)


def _y(value: float, most: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most, 1)
