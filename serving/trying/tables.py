"""A trial's figures as titled tables in one language; the screen and the page show the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serving.trying.words import KINDS, NEVER_MOVES, Lang, money

STATUSES = {
    "below_a": ("未达A级", "below A"),
    "vetoed": ("一票否决", "vetoed"),
    "withheld": ("暂不评级", "withheld"),
}
_SHOWN = ("newly_granted", "newly_refused", "higher", "lower", "terms", "other_status", "unchanged")
_SHORT = {
    "newly_granted": ("新授予", "newly granted"),
    "newly_refused": ("新拒绝", "newly refused"),
    "higher": ("上升", "higher"),
    "lower": ("下降", "lower"),
    "terms": ("仅条件", "terms only"),
    "other_status": ("原因不同", "other status"),
    "unchanged": ("不变", "unchanged"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A table: title, header and rows as text, and a note under it ('' for none)."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables_of(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    """Every table that has something to show, in the order of reading."""
    made = [_matrix(data, lang), *_moves(data, lang), _yuan(data, lang), *_places(data, lang)]
    made += [*_realised(data, lang), *_challenger(data, lang), *_cases(data, lang), *_limits(data, lang)]
    return made


def _t(lang: Lang, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def _standing(name: str, lang: Lang) -> str:
    return _t(lang, *STATUSES[name]) if name in STATUSES else name


def _matrix(data: Mapping[str, Any], lang: Lang) -> Shown:
    names, cells = data["movement"]["standings"], data["movement"]["matrix"]
    header = _t(lang, "现行 \\ 草案", "in force \\ draft"), *(_standing(it, lang) for it in names)
    rows = tuple((_standing(it, lang), *(f"{n:,}" for n in row)) for it, row in zip(names, cells, strict=True))
    return Shown(_t(lang, "等级变动(户)", "movement of grades (households)"), header, rows)


def _moves(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    everybody = {"zh": "全部", "en": "all", "households": data["households"], "kinds": data["movement"]["kinds"]}
    note = _t(
        lang,
        "仅条件:等级不变,额度或贷款条件改变。",
        "terms only: the same grade, with another limit or other loan terms.",
    )
    people = _t(lang, "变动类别", "kinds of move")
    if data["poverty"]:
        people = _t(lang, "变动类别,按建档立卡状态", "kinds of move, by poverty registration")
    made = [Shown(people, _header(lang), _by(lang, [everybody, *data["poverty"]]), note)]
    if data["townships"]:
        title = _t(lang, "变动类别,按乡镇", "kinds of move, by township")
        made.append(Shown(title, _header(lang), _by(lang, data["townships"])))
    return made


def _header(lang: Lang) -> tuple[str, ...]:
    return ("", _t(lang, "户数", "households"), *(_t(lang, *_SHORT[it]) for it in _SHOWN))


def _by(lang: Lang, rows: list[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    return tuple((it[lang], f"{it['households']:,}", *_counts(it["kinds"])) for it in rows)


def _counts(kinds: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{kinds[it]:,}" for it in _SHOWN)


def _yuan(data: Mapping[str, Any], lang: Lang) -> Shown:
    header = tuple(
        _t(lang, *it)
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
        (_t(lang, *names[key]), *(money(it[n]) for n in ("before", "after", "change", "per_household")))
        for key, it in data["yuan"].items()
    )
    return Shown(_t(lang, "授信额度", "credit limits"), header, rows)


def _places(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    areas = data["areas"]
    if areas is None:
        return []
    rows = []
    for kind, label in (("villages", ("信用村", "credit villages")), ("townships", ("信用乡镇", "credit townships"))):
        gained, lost = (", ".join(it[lang] for it in areas[f"{kind}_{what}"]) or "–" for what in ("gained", "lost"))
        rows.append((_t(lang, *label), str(areas[f"{kind}_before"]), str(areas[f"{kind}_after"]), gained, lost))
    header = tuple(
        _t(lang, *it)
        for it in (("", ""), ("现行", "in force"), ("草案", "draft"), ("新增", "gained"), ("失去", "lost"))
    )
    return [Shown(_t(lang, "信用村与信用乡镇", "credit villages and townships"), header, tuple(rows))]


def _realised(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    if data["realised"] is None:
        return []
    header = tuple(
        _t(lang, *it)
        for it in (
            ("农户", "households that"),
            ("到期结果", "outcomes"),
            ("不良", "bad"),
            ("不良率", "bad rate"),
            ("95%区间", "95 % interval"),
        )
    )
    rows = []
    for it in data["realised"]:
        name = _t(lang, *KINDS[it["kind"]])
        if it["suppressed"]:
            rows.append((name, _t(lang, "不足20", "under 20"), "–", "–", "–"))
            continue
        low, high = (f"{float(it[key]):.2%}" for key in ("low", "high"))
        rows.append((name, f"{it['outcomes']:,}", f"{it['bad']:,}", f"{float(it['rate']):.2%}", f"{low} – {high}"))
    note = _t(
        lang,
        "只计已到期的贷款;区间为Wilson区间;少于20笔的不显示。",
        "Only outcomes that are known; Wilson intervals; groups of fewer than 20 are not shown.",
    )
    return [Shown(_t(lang, "实际不良率", "how their loans went"), header, tuple(rows), note)]


def _challenger(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    found = data["challenger"]
    if found is None:
        return []
    title = _t(lang, "模型意见(仅供参考)", "the challenger's view (advisory)")
    note = _t(lang, *NEVER_MOVES)
    if not found["available"]:
        why = _t(lang, "目前没有可用的模型意见:", "There is no view: ") + found["why"]
        return [Shown(title, (), (), f"{why}. {note}")]
    names = (
        ("农户", "households that"),
        ("户数", "households"),
        ("其中询问", "asked about"),
        ("平均违约概率", "mean PD"),
    )
    header = tuple(_t(lang, *it) for it in names)
    rows = tuple(
        (_t(lang, *KINDS[it["kind"]]), _t(lang, "不足20", "under 20"), "–", "–")
        if it["suppressed"]
        else (_t(lang, *KINDS[it["kind"]]), f"{it['households']:,}", f"{it['asked']:,}", f"{float(it['mean_pd']):.2%}")
        for it in found["groups"]
    )
    return [Shown(title, header, rows, note)]


def _cases(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    found = data["cases"]
    if not found or not found["cases"]:
        return []
    header = tuple(
        _t(lang, *it)
        for it in (("改变的案例", "cases that move"), ("所属", "owner"), ("现行", "in force"), ("草案", "draft"))
    )
    rows = tuple(
        (it["name"], it["owner"] or "–", _decided(it["before"]), it["cannot"] or _decided(it["after"]))
        for it in found["moved"]
    )
    banks = ", ".join(found["banks_whose_golden_cases_move"])
    zh = f"现行政策的{found['cases']}个案例中{len(rows)}个改变。" + (f"涉及银行的标准案例:{banks}。" if banks else "")
    en = f"{len(rows)} of {found['cases']} cases of the policy in force move." + (
        f" Golden cases move of: {banks}." if banks else ""
    )
    return [Shown(_t(lang, "案例", "cases"), header, rows, _t(lang, zh, en))]


def _decided(found: Mapping[str, Any]) -> str:
    said = (f"{key} {', '.join(it) or '–' if isinstance(it, list) else it}" for key, it in found.items())
    return "; ".join(said)


def _limits(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    if not data["limits"]:
        return []
    header = tuple(
        _t(lang, *it)
        for it in (
            ("草案自定的限度", "limits of the draft itself"),
            ("至多", "at most"),
            ("实测", "measured"),
            ("结论", "verdict"),
        )
    )
    rows = []
    for it in data["limits"]:
        over = amount(it["over_by"], it["unit"])
        verdict = _t(lang, f"超出 {over}", f"BROKEN by {over}") if it["broken"] else _t(lang, "符合", "kept")
        rows.append((it["label"][lang], amount(it["at_most"], it["unit"]), amount(it["measured"], it["unit"]), verdict))
    return [Shown(_t(lang, "限度", "limits"), header, tuple(rows))]


def amount(written: str, unit: str) -> str:
    """A count, a share as a percentage, or yuan."""
    return f"{float(written):.2%}" if unit == "share" else money(written)
