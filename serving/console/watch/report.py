"""A stored report as its page shows it: every number is one of the report's; what is over its limit stands first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serving.access.callers import Caller
from serving.alarms.standing import within
from serving.console.sections import N_
from serving.monitoring import plots
from serving.monitoring.page import GROUPS, shown
from serving.monitoring.page_words import WORDS
from serving.monitoring.plots import Drawn

TITLES = {
    "population": N_("Population"),
    "challenger": N_("Challenger"),
    "early": N_("Early signs at equal age"),
    "together": N_("Card and model together"),
    "binding": N_("The binding side"),
    "fairness": N_("Fairness"),
}
STATUSES = {
    "red": N_("red"),
    "amber": N_("amber"),
    "green": N_("green"),
    "too_few": N_("too few rows"),
    "shown": N_("only shown"),
}
LOUD = ("red", "amber")
_TAGS = {"red": "bad", "amber": "warn", "green": "good"}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the report. data: as it is stored; the rest is how it is written. small: too few rows for a number."""

    data: Mapping[str, Any]
    label: Mapping[str, str]
    value: str
    interval: str
    reference: str
    tag: str
    status: str

    @property
    def small(self) -> bool:
        """Whether it is about so few rows that it keeps no number."""
        return self.data["n"] is None


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the report: figures over their limit, and all the others, which a page folds."""

    title: str
    loud: tuple[Row, ...]
    quiet: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A stored report for one reader. left_out: figures about areas that the reader does not see."""

    content: Mapping[str, Any]
    alarms: tuple[Mapping[str, Any], ...]
    groups: tuple[Group, ...]
    drawn: Drawn
    counts: tuple[tuple[str, str, int], ...]
    left_out: int


def report_of(content: Mapping[str, Any], caller: Caller, language: str) -> Report:
    """What a reader sees of a report, worst first."""
    figures = [it for it in content["figures"] if within([it["about"]["id"]], caller)]
    groups = tuple(
        _group(name, [it for it in figures if it["group"] == name], content["labels"])
        for name in GROUPS
        if any(it["group"] == name for it in figures)
    )
    return Report(
        content,
        tuple(it for it in content["alarms"] if within(it["about"]["ids"], caller)),
        groups,
        plots.all_of({**content, "figures": figures}, WORDS[language], language),
        tuple((name, title, content["counts"][name]) for name, title in STATUSES.items()),
        len(content["figures"]) - len(figures),
    )


def _group(name: str, figures: list[Mapping[str, Any]], labels: Mapping[str, Mapping[str, str]]) -> Group:
    rows = [_row(it, labels[it["id"]]) for it in figures]
    loud = sorted((it for it in rows if it.data["status"] in LOUD), key=lambda it: LOUD.index(it.data["status"]))
    return Group(TITLES[name], tuple(loud), tuple(it for it in rows if it.data["status"] not in LOUD))


def _row(it: Mapping[str, Any], label: Mapping[str, str]) -> Row:
    unit, low, high = it["unit"], it["low"], it["high"]
    interval = "–" if low is None else f"{shown(low, unit)} – {shown(high, unit)}"
    written = shown(it["value"], unit), interval, shown(it["reference"], unit)
    return Row(it, label, *written, _TAGS.get(it["status"], ""), STATUSES[it["status"]])
