"""Alarms: what is over its limit, since when, how sure, what it cannot see, and what to do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from scoring.policy.elements import Text
from serving.monitoring.figure import WHOLE, Figure, Judged
from serving.monitoring.judge import over, was_over
from serving.monitoring.limits import Limit, Limits

_BEHIND = {"population.psi_score": "population.psi_feature", "population.psi_pd": "population.psi_feature"}
"""Which figure's parts explain another figure."""
NOT_CAUSES = ("calendar_feature", "area_feature", "vintage")
SURE, NOTABLE, LEAST_PART, MOST_CAUSES = 0.05, 0.1, 50, 4
"""Chance, index and rows from which on a part is named as a cause, and how many are."""
MOST_NAMED = 6
"""Townships, features and so on that an alarm names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. names: what it is about, worst first. lines: what and where, since when, how sure, what it cannot see, what to do.

    since: the first period known to be over; since_or_earlier: it was over in the period before, and nobody looked further back.
    """

    figure: str
    group: str
    kind: str
    level: Literal["amber", "red"]
    ids: tuple[str, ...]
    names: Text
    since: str
    since_or_earlier: bool
    suspends: bool
    lines: tuple[Text, ...]


def alarms_of(judged: Sequence[Judged], limits: Limits, *, period: str, before: str) -> list[Alarm]:
    """One alarm for each limit that is over, red ones first."""
    rows = sorted((it for it in judged if over(it)), key=_limit_key)
    found = [_alarm(list(group), judged, limits, period, before) for _, group in groupby(rows, key=_limit_key)]
    return sorted(found, key=lambda it: (it.level != "red", it.figure, it.kind))


def alarm_data(alarm: Alarm) -> dict[str, Any]:
    """The alarm as it stands in the report."""
    return {
        "figure": alarm.figure,
        "level": alarm.level,
        "group": alarm.group,
        "about": {"kind": alarm.kind, "ids": list(alarm.ids), "zh": alarm.names.zh, "en": alarm.names.en},
        "since": alarm.since,
        "since_or_earlier": alarm.since_or_earlier,
        "suspends": alarm.suspends,
        "lines": {"zh": [it.zh for it in alarm.lines], "en": [it.en for it in alarm.lines]},
    }


def _limit_key(it: Judged) -> tuple[str, str]:
    return it.figure.id, it.figure.about.kind


def _alarm(rows: list[Judged], every: Sequence[Judged], limits: Limits, period: str, before: str) -> Alarm:
    figure_id, kind = _limit_key(rows[0])
    limit = limits.find(figure_id, kind)
    assert limit is not None  # only a figure with a limit is over
    level: Literal["amber", "red"] = "red" if any(it.status == "red" for it in rows) else "amber"
    named = sorted((it for it in rows if it.status == level), key=lambda it: (-_size(it.figure), it.figure.about.id))
    earlier = any(was_over(it) for it in named)
    worst = named[0].figure
    names = Text(*(_names(named, language) for language in ("zh", "en")))
    return Alarm(
        figure=figure_id,
        group=worst.group,
        kind=kind,
        level=level,
        ids=tuple(it.figure.about.id for it in named),
        names=names,
        since=before if earlier else period,
        since_or_earlier=earlier,
        suspends=limit.suspends and level == "red",
        lines=(
            _what(limit, level, names, worst, _points_to(worst, level, every)),
            _since(limit, named, before if earlier else period, earlier),
            _sure(worst),
            Text(f"看不到的:{limit.blind.zh}", f"It cannot see: {limit.blind.en}"),
            Text(f"怎么办:{limit.act.zh}", f"What to do: {limit.act.en}"),
        ),
    )


def _size(figure: Figure) -> float:
    """How far it is off; a ratio of few counts by how many times as many there surely are, so that sure ones come first."""
    if figure.unit == "ratio":
        return 0.0 if math.isnan(figure.low) else figure.low
    moved = figure.value if math.isnan(figure.reference) else figure.value - figure.reference
    return 0.0 if math.isnan(moved) else abs(moved)


def _names(rows: Iterable[Judged], language: str) -> str:
    labels = [str(getattr(it.figure.about.label, language)) for it in rows]
    shown, left = labels[:MOST_NAMED], len(labels) - MOST_NAMED
    joined = ("、" if language == "zh" else ", ").join(shown)
    if left > 0:
        joined += f"等另{left}项" if language == "zh" else f" and {left} more"
    return joined


def _points_to(figure: Figure, level: str, every: Sequence[Judged]) -> list[Judged]:
    """The parts that a figure points to, worst first: where its difference is, the features behind an index, or parts nearly over."""
    wanted, kind = _BEHIND.get(figure.id, figure.id), figure.about.kind
    parts = [it for it in every if it.figure.id == wanted and it.figure.about.kind not in (WHOLE, *NOT_CAUSES)]
    if kind != WHOLE:  # an alarm about parts names the others that point the same way too
        parts = [it for it in parts if it.figure.about.kind == kind and it.status != level]
    sure = [it for it in parts if it.figure.p <= SURE and _rose(it.figure) and it.figure.n >= LEAST_PART]
    return sorted(sure, key=lambda it: (-_size(it.figure), it.figure.about.id))[:MOST_CAUSES]


def _rose(figure: Figure) -> bool:
    """An index that says more than sampling would, or a share above its reference."""
    return figure.value >= NOTABLE if figure.unit == "index" else figure.value > figure.reference


def _what(limit: Limit, level: str, names: Text, worst: Figure, causes: Sequence[Judged]) -> Text:
    zh, en = {"red": ("红色", "Red"), "amber": ("黄色", "Amber")}[level]
    zh, en = f"{zh}:{limit.label.zh}", f"{en}: {limit.label.en}"
    value = shown(worst)
    if worst.about.kind != WHOLE:
        zh, en = f"{zh}——{names.zh};其中最突出的", f"{en}: {names.en}; the worst"
    zh, en = f"{zh}为 {value}", f"{en} at {value}"
    if not math.isnan(worst.reference):
        against = shown(worst, worst.reference)
        zh, en = f"{zh},参照 {against}", f"{en} against {against}"
    zh, en = f"{zh}。{limit.meaning.zh}。", f"{en}. {limit.meaning.en}."
    if causes:
        where_zh, where_en = ("集中于", "Most of it in") if worst.about.kind == WHOLE else ("可能还有", "Perhaps also")
        zh, en = f"{zh}{where_zh}:{_names(causes, 'zh')}。", f"{en} {where_en}: {_names(causes, 'en')}."
    return Text(zh, en)


def _since(limit: Limit, rows: Sequence[Judged], since: str, earlier: bool) -> Text:
    zh, en = f"自{since}起", f"Since {since}"
    if earlier:
        zh, en = zh + "(或更早)", en + " or earlier"
    elif limit.periods > 1 and any(it.alone == "red" for it in rows):
        zh, en = zh + ";若下一季度仍超红色界限,则转为红色", en + "; red if the next quarter is over the red limit too"
    return Text(zh + "。", en + ".")


def _sure(worst: Figure) -> Text:
    zh, en = f"依据 {worst.n:,} 条记录", f"From {worst.n:,} rows"
    if worst.reference_n:
        zh, en = zh + f",参照 {worst.reference_n:,} 条", en + f" against {worst.reference_n:,}"
    if not math.isnan(worst.low):
        low, high = shown(worst, worst.low), shown(worst, worst.high)
        zh, en = zh + f";95% 区间 {low} 至 {high}", en + f"; 95 % interval {low} to {high}"
    if not math.isnan(worst.p):
        chance = "< 0.000001" if worst.p < 1e-6 else f"{worst.p:.6f}"
        zh, en = (
            zh + f";若无变化,出现此差异的概率 {chance}",
            en + f"; chance of such a difference without a change {chance}",
        )
    return Text(f"把握:{zh}。", f"How sure: {en}.")


def shown(figure: Figure, value: float | None = None) -> str:
    """A value of a figure as people read it."""
    return SHOWN[figure.unit](figure.value if value is None else value)


SHOWN: dict[str, Callable[[float], str]] = {
    "share": lambda it: f"{it:.1%}",
    "index": lambda it: f"{it:.3f}",
    "count": lambda it: f"{it:,.0f}",
    "points": lambda it: f"{it:+.2f}",
    "days": lambda it: f"{it:,.0f}",
    "odds": lambda it: f"{it:+.2f}",
    "ratio": lambda it: f"{it:.2f}×",
}
"""How a value of each unit is shown."""
