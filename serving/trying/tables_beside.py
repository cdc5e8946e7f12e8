"""Tables of what stands beside a trial: how loans went, the challenger's view, cases and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serving.trying.shown import Shown, pick
from serving.trying.words import KINDS, NEVER_MOVES, Lang, money


def realised_tables(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    if data["realised"] is None:
        return []
    header = tuple(
        pick(lang, *it)
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
        name = pick(lang, *KINDS[it["kind"]])
        if it["suppressed"]:
            rows.append((name, pick(lang, "不足20", "under 20"), "–", "–", "–"))
            continue
        low, high = (f"{float(it[key]):.2%}" for key in ("low", "high"))
        rows.append((name, f"{it['outcomes']:,}", f"{it['bad']:,}", f"{float(it['rate']):.2%}", f"{low} – {high}"))
    note = pick(
        lang,
        "只计已到期的贷款;区间为Wilson区间;少于20笔的不显示。",
        "Only outcomes that are known; Wilson intervals; groups of fewer than 20 are not shown.",
    )
    return [Shown(pick(lang, "实际不良率", "how their loans went"), header, tuple(rows), note)]


def challenger_tables(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    found = data["challenger"]
    if found is None:
        return []
    title = pick(lang, "模型意见(仅供参考)", "the challenger's view (advisory)")
    note = pick(lang, *NEVER_MOVES)
    if not found["available"]:
        why = pick(lang, "目前没有可用的模型意见:", "There is no view: ") + found["why"]
        return [Shown(title, (), (), f"{why}. {note}")]
    names = (
        ("农户", "households that"),
        ("户数", "households"),
        ("其中询问", "asked about"),
        ("平均违约概率", "mean PD"),
    )
    header = tuple(pick(lang, *it) for it in names)
    rows = tuple(
        (pick(lang, *KINDS[it["kind"]]), pick(lang, "不足20", "under 20"), "–", "–")
        if it["suppressed"]
        else (
            pick(lang, *KINDS[it["kind"]]),
            f"{it['households']:,}",
            f"{it['asked']:,}",
            f"{float(it['mean_pd']):.2%}",
        )
        for it in found["groups"]
    )
    return [Shown(title, header, rows, note)]


def cases_tables(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    found = data["cases"]
    if not found or not found["cases"]:
        return []
    header = tuple(
        pick(lang, *it)
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
    return [Shown(pick(lang, "案例", "cases"), header, rows, pick(lang, zh, en))]


def _decided(found: Mapping[str, Any]) -> str:
    said = (f"{key} {', '.join(it) or '–' if isinstance(it, list) else it}" for key, it in found.items())
    return "; ".join(said)


def limits_tables(data: Mapping[str, Any], lang: Lang) -> list[Shown]:
    if not data["limits"]:
        return []
    header = tuple(
        pick(lang, *it)
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
        verdict = pick(lang, f"超出 {over}", f"BROKEN by {over}") if it["broken"] else pick(lang, "符合", "kept")
        rows.append((it["label"][lang], amount(it["at_most"], it["unit"]), amount(it["measured"], it["unit"]), verdict))
    return [Shown(pick(lang, "限度", "limits"), header, tuple(rows))]


def amount(written: str, unit: str) -> str:
    """A count, a share as a percentage, or yuan."""
    return f"{float(written):.2%}" if unit == "share" else money(written)
