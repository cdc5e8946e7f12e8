"""The report's plots as plain shapes, which the template draws as SVG; nothing is computed here but places on the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 360, 220, 46, 24, 12, 64
MOST_BARS, MOST_LINES = 12, 10


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: its name, its points on the paper as SVG writes them, its last point, and how old it is (0-1, 1 the newest)."""

    name: str
    points: str
    dots: tuple[tuple[float, float, str], ...]
    age: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the left: label, value as reported, its width (0-100 %), its status."""

    label: str
    value: str
    width: float
    status: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What there is to draw. ticks, marks: (place, text) of both axes. diagonal: the line on which said equals real."""

    vintages: tuple[Line, ...]
    vintage_ticks: tuple[tuple[float, str], ...]
    vintage_marks: tuple[tuple[float, str], ...]
    psi: tuple[Bar, ...]
    calibration: tuple[tuple[float, float, str], ...]
    calibration_ticks: tuple[tuple[float, float, str], ...]
    diagonal: str
    matrix: Sequence[Mapping[str, Any]]


def all_of(content: Mapping[str, Any], words: Mapping[str, str], lang: str) -> Drawn:
    """Every plot of a report."""
    plots = content["plots"]
    lines, ticks, marks = _vintages(plots["vintages"], words)
    dots, axis, diagonal = _calibration(plots["calibration"], words)
    return Drawn(lines, ticks, marks, _psi(content["figures"], lang), dots, axis, diagonal, plots["matrix"])


def _vintages(
    rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]
) -> tuple[tuple[Line, ...], tuple[tuple[float, str], ...], tuple[tuple[float, str], ...]]:
    kept = [row for row in rows if row["points"]][-MOST_LINES:]
    if not kept:
        return (), (), ()
    top = max(float(point["share"]) for row in kept for point in row["points"]) or 0.01
    oldest = max(point["age"] for row in kept for point in row["points"])

    def place(point: Mapping[str, Any]) -> tuple[float, float]:
        return _x(point["age"] / oldest), _y(float(point["share"]) / top)

    lines = []
    for number, row in enumerate(kept, start=1):
        places = [(LEFT, _y(0.0)), *(place(point) for point in row["points"])]
        dots = tuple(
            (
                *place(point),
                f"{row['vintage']}, {point['age']}: {float(point['share']):.1%} ({row['n']} {words['loans']})",
            )
            for point in row["points"]
        )
        lines.append(Line(row["vintage"], _written(places), dots, number / len(kept)))
    ages = sorted({point["age"] for row in kept for point in row["points"]})
    marks = tuple((_y(part), f"{part * top:.1%}") for part in (0.0, 0.5, 1.0))
    return tuple(lines), tuple((_x(age / oldest), str(age)) for age in ages), marks


def _psi(figures: Sequence[Mapping[str, Any]], lang: str) -> tuple[Bar, ...]:
    rows = [
        it
        for it in figures
        if it["id"] == "population.psi_feature" and it["value"] and it["about"]["kind"] != "calendar_feature"
    ]
    rows.sort(key=lambda it: -float(it["value"]))
    most = max((float(it["value"]) for it in rows), default=0.0) or 1.0
    return tuple(
        Bar(it["about"][lang], it["value"], 100 * float(it["value"]) / most, it["status"]) for it in rows[:MOST_BARS]
    )


def _calibration(
    rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]
) -> tuple[tuple[tuple[float, float, str], ...], tuple[tuple[float, float, str], ...], str]:
    known = [row for row in rows if row["predicted"] and row["realised"]]
    if not known:
        return (), (), ""
    top = max(max(float(row["predicted"]), float(row["realised"])) for row in known) or 0.01
    dots = tuple(
        (
            _x(float(row["predicted"]) / top),
            _y(float(row["realised"]) / top),
            f"{float(row['predicted']):.1%} → {float(row['realised']):.1%} ({row['n']} {words['loans']})",
        )
        for row in known
    )
    axis = tuple((_x(part), _y(part), f"{part * top:.1%}") for part in (0.0, 0.5, 1.0))
    return dots, axis, _written([(_x(0.0), _y(0.0)), (_x(1.0), _y(1.0))])


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def _written(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
