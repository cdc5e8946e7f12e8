"""A trial in words that a village officer can read: what changes, how many households move for it, and where they live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Lang = Literal["zh", "en"]
MOST_PLACES = 3
"""Townships named one by one; the others are counted together."""
KINDS: dict[str, tuple[str, str]] = {
    "newly_granted": ("新获得等级", "gain a grade"),
    "newly_refused": ("失去等级", "lose their grade"),
    "higher": ("等级上升", "go up a grade"),
    "lower": ("等级下降", "go down a grade"),
    "other_status": ("仍无等级,但原因不同", "stay without a grade, for another cause"),
    "terms": ("等级不变,额度或贷款条件改变", "keep their grade, with another limit or other loan terms"),
    "unchanged": ("不变", "stay as they are"),
}
NEVER_MOVES = (
    "模型意见仅供参考,从不改变任何等级。",
    "The challenger's view is shown beside the rules; it never moves a grade.",
)
NO_EFFECT = {
    "outcomes.yaml": ("只用于事后评价贷款,不影响任何等级", "it only judges loans afterwards and binds no grade"),
    "service": ("属于承诺,规则不使用", "it is a promise that no rule reads"),
    "improve": ("只影响向农户建议的改进路径", "it only changes the advice on how to reach the next grade"),
}


def told(data: Mapping[str, Any], lang: Lang) -> list[str]:
    """The trial, sentence by sentence."""
    pick = 0 if lang == "zh" else 1
    lines = [data["synthetic"][lang]] if data["synthetic"] else []
    lines.append(_total(data, lang))
    method = {
        "exact": (
            "以下逐项归因为精确计算:对各项修改的所有先后次序取平均。",
            "Each change's share is exact: the mean over all orders in which the changes could be made.",
        ),
        "in_order": (
            "修改较多,以下按文件顺序逐项计算:每户计入最先使其结果改变的那一项。",
            "Many things change, so they are taken one after another in the order of the files: a household counts for the "
            "change that moves it first.",
        ),
    }
    parts = data["attribution"]["parts"]
    if len(parts) > 1:
        lines.append(method[data["attribution"]["method"]][pick])
    alone = data["attribution"]["method"] == "exact" and len(parts) > 1
    lines += [part_told(part, lang, alone=alone) for part in parts]
    if count := data["attribution"]["wordings"]:
        lines.append(
            (
                f"另有{count}处文字、依据或日期的修改,不改变任何农户的结果。",
                f"{count} more changes are of wordings, sources or dates; they move nobody.",
            )[pick]
        )
    return lines


def _total(data: Mapping[str, Any], lang: Lang) -> str:
    kinds, total = data["movement"]["kinds"], data["households"]
    moved = total - kinds["unchanged"]
    if not moved:
        return {
            "zh": f"全部{total:,}户中,没有一户的结果改变。",
            "en": f"Of {total:,} households, not one comes out otherwise.",
        }[lang]
    if lang == "zh":
        return f"全部{total:,}户中,{moved:,}户的结果改变:{_kinds(kinds, lang)};其余{kinds['unchanged']:,}户不变。"
    return f"Of {total:,} households, {moved:,} come out otherwise: {_kinds(kinds, lang)}. The other {kinds['unchanged']:,} stay as they are."


def part_told(part: Mapping[str, Any], lang: Lang, *, alone: bool) -> str:
    """One change (or several that go together) as one paragraph. alone: it is told as if it were the only change."""
    what = ("；" if lang == "zh" else "; ").join(it["plain"][lang] for it in part["changes"])
    here = part["here"]
    moved = sum(count for kind, count in here.items() if kind != "unchanged")
    if part["moves_nobody"]:
        return f"{what}{'。' if lang == 'zh' else '. '}{_nobody(part, lang)}"
    if not moved and part["areas_moved_alone"]:
        areas = part["areas_moved_alone"]
        return {
            "zh": f"{what}。不改变任何农户的结果,但有{areas}个村或乡镇的信用称号因此改变。",
            "en": f"{what}. No household moves, but {areas} villages or townships gain or lose their name as a credit area for it.",
        }[lang]
    if lang == "zh":
        first = ("单独修改这一项时," if alone else "") + f"有{moved:,}户的结果改变"
    elif alone:
        first = f"Were it the only change, {moved:,} households would come out otherwise"
    else:
        first = f"{moved:,} households come out otherwise"
    first += _after(here, lang)
    parts = [first, *_products(part["products"], lang)]
    if places := _places(part["townships"], lang):
        parts.append(places)
    share = part["attributed"]
    parts.append(
        {
            "zh": f"在全部改变中,归因于此项的为{money(share['moved'])}户,额度变化{money(share['yuan'])}元",
            "en": f"Of the whole movement its share is {money(share['moved'])} households and {money(share['yuan'])} yuan of limits",
        }[lang]
    )
    return f"{what}。{'；'.join(parts)}。" if lang == "zh" else f"{what}. {'. '.join(parts)}."


def _after(kinds: Mapping[str, int], lang: Lang) -> str:
    said = _kinds(kinds, lang)
    return (f"({said})" if lang == "zh" else f" ({said})") if said else ""


def _nobody(part: Mapping[str, Any], lang: Lang) -> str:
    pick = 0 if lang == "zh" else 1
    for key, why in NO_EFFECT.items():
        if all(key == it["file"] or key in it["place"] for it in part["changes"]):
            return (
                ("不改变任何农户的结果:" if lang == "zh" else "It moves nobody: ")
                + why[pick]
                + ("。" if lang == "zh" else ".")
            )
    if scores := part["scores_changed_alone"]:
        return {
            "zh": f"不改变任何农户的结果:{scores:,}户的得分改变,但都未跨过等级线。",
            "en": f"It moves nobody: the points of {scores:,} households change, but none crosses a grade's cut.",
        }[lang]
    return {
        "zh": "不改变任何农户的结果:这一天没有农户触及这一数值。",
        "en": "It moves nobody: on this day no household stands where the number matters.",
    }[lang]


def _kinds(kinds: Mapping[str, int], lang: Lang) -> str:
    pick = 0 if lang == "zh" else 1
    said = [(KINDS[kind][pick], count) for kind, count in kinds.items() if count and kind != "unchanged"]
    if lang == "zh":
        return "、".join(f"{count:,}户{words}" for words, count in said)
    return ", ".join(f"{count:,} {words}" for words, count in said)


def _products(products: list[Mapping[str, Any]], lang: Lang) -> list[str]:
    found = []
    for it in products:
        if lang == "zh":
            said = [("可新申请", it["opens"]), ("不能再申请", it["closes"]), ("仍可申请但条件改变:", it["other_terms"])]
            found += [f"{count:,}户{words}“{it['zh']}”" for words, count in said if count]
        else:
            said = [
                ("can newly take", it["opens"]),
                ("can no longer take", it["closes"]),
                ("get other terms for", it["other_terms"]),
            ]
            found += [f"{count:,} households {words} the '{it['en']}'" for words, count in said if count]
    return found


def _places(rows: list[Mapping[str, Any]], lang: Lang) -> str:
    if not rows:
        return ""
    first, rest = rows[:MOST_PLACES], rows[MOST_PLACES:]
    others = sum(row["households"] for row in rest)
    if lang == "zh":
        said = "、".join(f"{row['zh']}{row['households']:,}户" for row in first)
        return f"所在乡镇:{said}" + (f",其余{len(rest)}个乡镇共{others:,}户" if rest else "")
    said = ", ".join(f"{row['households']:,} in {row['en']}" for row in first)
    return f"They live: {said}" + (f", {others:,} in {len(rest)} other townships" if rest else "")


def money(written: str) -> str:
    """Yuan as text, with separators."""
    whole, _, fen = written.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(whole):,}" + (f".{fen}" if fen and fen != "00" else "")
