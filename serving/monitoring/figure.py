"""One watched number: what it is about, its value with interval, and what it is compared with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from scoring.policy.elements import Text

Unit = Literal["share", "index", "count", "points", "days", "odds", "ratio"]
Status = Literal["green", "amber", "red", "too_few", "shown"]
NAN = float("nan")
SMALL = 10
"""Parts of fewer rows are not shown: their numbers could tell of single households."""
WHOLE = "whole"
"""The kind of a figure about everything."""


@dataclass(frozen=True, slots=True)
class About:
    """What a figure is about: a kind (feature, township, bank, ...) and one of that kind."""

    kind: str = WHOLE
    id: str = ""
    label: Text = field(default_factory=lambda: Text("全部", "everything"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number. low, high: its 95 % interval. n: rows behind it. reference: what it is compared with, of ``reference_n`` rows.

    p: the chance of so great a difference if nothing had changed, adjusted over the figures compared with
    one another. NaN: not to be had.
    """

    id: str
    value: float
    n: int
    about: About = About()
    unit: Unit = "share"
    low: float = NAN
    high: float = NAN
    reference: float = NAN
    reference_n: int = 0
    p: float = NAN

    @property
    def group(self) -> str:
        """The part of the report: the beginning of the id."""
        return self.id.split(".", 1)[0]

    def adjusted(self, p: float) -> Figure:
        """The same with another chance."""
        return replace(self, p=p)


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure under its limit. alone: what this period says by itself; before: what the period before said; status: both."""

    figure: Figure
    alone: Status
    before: Status | None
    status: Status


def number(value: float) -> str | None:
    """A number as the report writes it: six decimals, never minus zero; None where it could not be had."""
    if not math.isfinite(value):
        return None
    written = f"{value:.6f}"
    return "0.000000" if written == "-0.000000" else written


def figure_data(judged: Judged) -> dict[str, Any]:
    """The figure as it stands in the report."""
    it = judged.figure
    small = it.about.kind != WHOLE and it.n < SMALL
    values = {name: None if small else number(getattr(it, name)) for name in ("value", "low", "high", "reference", "p")}
    return {
        "id": it.id,
        "group": it.group,
        "about": about_data(it.about),
        **values,
        "n": None if small else it.n,
        "reference_n": None if small else it.reference_n,
        "unit": it.unit,
        "status": judged.status,
        "before": judged.before,
    }


def about_data(about: About) -> Mapping[str, str]:
    """What it is about, with both names."""
    return {"kind": about.kind, "id": about.id, "zh": about.label.zh, "en": about.label.en}
