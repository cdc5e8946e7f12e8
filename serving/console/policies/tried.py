"""A kept trial as its page shows it: in words, who moves where, for which change; every number is one of the trial's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from serving.approvals.trials import Trial
from serving.console import drawing
from serving.console.drawing import Bar
from serving.trying.shown import Shown
from serving.trying.tables import STATUSES, tables_of
from serving.trying.tables_beside import cases_tables
from serving.trying.words import Lang, money

MOST_PLACES = 30
UP, DOWN = ("newly_granted", "higher"), ("newly_refused", "lower")


@dataclass(frozen=True, slots=True)
class Cell:
    """Households of a cell of the movement. way: up, down, or same; empty where nobody is."""

    count: int
    way: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One change, or several that go together, and whom it moves by itself. moved, yuan: its share of the whole movement."""

    changes: tuple[str, ...]
    here: int
    up: int
    down: int
    moved: str
    yuan: str
    idle: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial's page shows. said: sentences. poor: of the registered poor (households, up, down), None where not known.

    broken: limits of the draft's own that its trial breaks; None where it has none. beside, cases: tables as the command prints them; cases
    hold what people wrote. no_opinion: why the challenger was not asked, in English; '' where it was.
    """

    data: Mapping[str, Any]
    said: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    up: int
    down: int
    moved: int
    poor: tuple[int, int, int] | None
    causes: tuple[Cause, ...]
    places: tuple[Bar, ...]
    places_table: tuple[tuple[str, int, int, int], ...]
    broken: int | None
    change_yuan: str
    beside: tuple[Shown, ...]
    cases: tuple[Shown, ...]
    no_opinion: str


def tried(found: Trial, language: str) -> Tried:
    """A trial in one language."""
    data, lang = found.data, cast(Lang, language)
    kinds = data["movement"]["kinds"]
    places = tuple(
        (it[language], it["households"], _sum(it["kinds"], DOWN), _sum(it["kinds"], UP)) for it in data["townships"]
    )
    poor, limits = data["registered_poor"], data["limits"]
    names = tuple(
        STATUSES[it][0 if lang == "zh" else 1] if it in STATUSES else it for it in data["movement"]["standings"]
    )
    words, opinion = data["in_words"][language], data["challenger"]
    given = opinion is not None and opinion["available"]
    return Tried(
        data=data,
        said=tuple(words[1:] if data["synthetic"] else words),
        names=names,
        rows=tuple(
            (name, tuple(_cell(place, at, count, data["movement"]["standings"]) for at, count in enumerate(cells)))
            for place, (name, cells) in enumerate(zip(names, data["movement"]["matrix"], strict=True))
        ),
        up=_sum(kinds, UP),
        down=_sum(kinds, DOWN),
        moved=data["households"] - kinds["unchanged"],
        poor=None if poor is None else (poor["households"], _sum(poor["kinds"], UP), _sum(poor["kinds"], DOWN)),
        causes=tuple(_cause(it, lang) for it in data["attribution"]["parts"]),
        places=drawing.both_ways([(name, down, up) for name, _, down, up in places[:MOST_PLACES]]),
        places_table=places,
        broken=sum(bool(it["broken"]) for it in limits) if limits else None,
        change_yuan=money(data["yuan"]["limit"]["change"]),
        beside=tuple(tables_of({**data, "cases": None, "challenger": opinion if given else None}, lang)[1:]),
        no_opinion="" if given or opinion is None else opinion["why"],
        cases=tuple(cases_tables(data, lang)),
    )


def _cause(part: Mapping[str, Any], lang: Lang) -> Cause:
    here = part["here"]
    return Cause(
        tuple(it["plain"][lang] for it in part["changes"]),
        sum(count for kind, count in here.items() if kind != "unchanged"),
        _sum(here, UP),
        _sum(here, DOWN),
        part["attributed"]["moved"],
        money(part["attributed"]["yuan"]),
        part["moves_nobody"],
    )


def _cell(before: int, after: int, count: int, standings: list[str]) -> Cell:
    """A cell; standings come with the best grade first, and without a grade none is better than another."""
    if before == after:
        return Cell(count, "same")
    if not count or (standings[before] in STATUSES and standings[after] in STATUSES):
        return Cell(count, "")
    return Cell(count, "up" if after < before else "down")


def _sum(kinds: Mapping[str, int], of: tuple[str, ...]) -> int:
    return sum(kinds[it] for it in of)
