"""A trial's figures as titled tables in one language; the screen and the page show the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serving.trying.shown import Shown, pick
from serving.trying.tables_beside import cases_tables, challenger_tables, limits_tables, realised_tables
from serving.trying.words import Lang, money

STATUSES = {
    "below_a": ("未达A级", "below A"),
    "vetoed": ("一票否决", "vetoed"),
    "withheld": ("暂不评级", "withheld"),
}
_ALWAYS = ("newly_granted", "newly_refused", "unchanged")
"""Kinds of move that are shown also where nobody makes them."""
_SHORT = {
    "newly_granted": ("新授予", "newly granted"),
    "newly_refused": ("新拒绝", "newly refused"),
    "higher": ("上升", "higher"),
    "lower": ("下降", "lower"),
    "terms": ("仅条件", "terms only"),
    "other_status": ("原因不同", "other status"),
    "unchanged": ("不变", "unchanged"),
}


def tables_of(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    """Every table that has something to show, in the order of reading."""
    made = [_matrix(data, lang), *_moves(data, lang), _yuan(data, lang), *_places(data, lang)]
    made += [
        *realised_tables(data, lang),
        *challenger_tables(data, lang),
        *cases_tables(data, lang),
        *limits_tables(data, lang),
    ]
    return made


def _standing(name: str, lang: Lang) -> str:
    return pick(lang, *STATUSES[name]) if name in STATUSES else name


def _matrix(data: Mapping[str, Any], lang: Lang) -> Shown:
    names, cells = data["movement"]["standings"], data["movement"]["matrix"]
    header = pick(lang, "现行 \\ 草案", "in force \\ draft"), *(_standing(it, lang) for it in names)
    rows = tuple((_standing(it, lang), *(f"{n:,}" for n in row)) for it, row in zip(names, cells, strict=True))
    return Shown(pick(lang, "等级变动(户)", "movement of grades (households)"), header, rows)


def _moves(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    everybody = {"zh": "全部", "en": "all", "households": data["households"], "kinds": data["movement"]["kinds"]}
    note = pick(
        lang,
        "仅条件:等级不变,额度或贷款条件改变。",
        "terms only: the same grade, with another limit or other loan terms.",
    )
    people = pick(lang, "变动类别", "kinds of move")
    if data["poverty"]:
        people = pick(lang, "变动类别,按建档立卡状态", "kinds of move, by poverty registration")
    kinds = [it for it in _SHORT if it in _ALWAYS or data["movement"]["kinds"][it]]
    header = ("", pick(lang, "户数", "households"), *(pick(lang, *_SHORT[it]) for it in kinds))
    made = [Shown(people, header, _by(lang, [everybody, *data["poverty"]], kinds), note)]
    if data["townships"]:
        title = pick(lang, "变动类别,按乡镇", "kinds of move, by township")
        made.append(Shown(title, header, _by(lang, data["townships"], kinds)))
    return made


def _by(lang: Lang, rows: list[Mapping[str, Any]], kinds: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple((it[lang], f"{it['households']:,}", *(f"{it['kinds'][kind]:,}" for kind in kinds)) for it in rows)


def _yuan(data: Mapping[str, Any], lang: Lang) -> Shown:
    header = tuple(
        pick(lang, *it)
        for it in (
            ("元", "yuan"),
            ("现行", "in force"),
            ("草案", "draft"),
            ("变化", "change"),
            ("户均", "per household"),
        )
    )
    names = {"limit": ("等级额度合计", "limits of the grades"), "lendable": ("可贷额度合计", "most that may be lent")}
    rows = tuple(
        (pick(lang, *names[key]), *(money(it[n]) for n in ("before", "after", "change", "per_household")))
        for key, it in data["yuan"].items()
    )
    return Shown(pick(lang, "授信额度", "credit limits"), header, rows)


def _places(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    areas = data["areas"]
    if areas is None:
        return []
    rows = []
    for kind, label in (("villages", ("信用村", "credit villages")), ("townships", ("信用乡镇", "credit townships"))):
        gained, lost = (", ".join(it[lang] for it in areas[f"{kind}_{what}"]) or "–" for what in ("gained", "lost"))
        rows.append((pick(lang, *label), str(areas[f"{kind}_before"]), str(areas[f"{kind}_after"]), gained, lost))
    header = tuple(
        pick(lang, *it)
        for it in (("", ""), ("现行", "in force"), ("草案", "draft"), ("新增", "gained"), ("失去", "lost"))
    )
    return [Shown(pick(lang, "信用村与信用乡镇", "credit villages and townships"), header, tuple(rows))]
