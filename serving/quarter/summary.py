"""The quarter in a few sentences, Chinese and English, and what is left for people to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scoring.canonical import canonical, sha256
from serving.quarter.step import Result, Work

Said = Callable[[Result], tuple[str, str]]
_MOST = 5
"""Areas named in a sentence; all of them are in the step's own result."""


def summarise(work: Work) -> Result:
    """One sentence a step, the hashes of all of them, and the acts that need two people."""
    found = work.found
    lines = [{"step": name, "zh": zh, "en": en} for name in found for zh, en in [line(name, found[name])]]
    return {
        "quarter": str(work.quarter),
        "known_at": work.known_at.isoformat(),
        "synthetic": bool(found["register"]["synthetic"]),
        "lines": lines,
        "to_do": _to_do(work),
        "steps": {name: sha256(canonical(dict(result))) for name, result in found.items()},
    }


def line(name: str, result: Result) -> tuple[str, str]:
    """A step's result in one sentence, Chinese and English."""
    return _SAID[name](result)


def _freshness(found: Result) -> tuple[str, str]:
    total, missing = len(found["sources"]), found["missing"]
    if missing:
        names = ", ".join(missing)
        return (
            f"{total} 个来源中 {len(missing)} 个未报送:{names}",
            f"{len(missing)} of {total} sources have not filed: {names}",
        )
    return f"{total} 个来源均已报送", f"all {total} sources have filed"


def _register(found: Result) -> tuple[str, str]:
    graded, total, moved = found["status"]["graded"], found["households"], found["moved"]
    zh = f"{total} 户中 {graded} 户获得等级,信用村 {found['credit_villages']} 个"
    en = f"{graded} of {total} households graded, {found['credit_villages']} credit villages"
    if found["previous_quarter"]:
        zh += f";较 {found['previous_quarter']}:新获 {moved['gained']},失去 {moved['lost']},升 {moved['up']},降 {moved['down']}"
        en += (
            f"; since {found['previous_quarter']} {moved['gained']} gained a grade, {moved['lost']} lost it,"
            f" {moved['up']} rose, {moved['down']} fell"
        )
    return zh, en


def _areas(found: Result) -> tuple[str, str]:
    villages, townships = len(found["stopped_villages"]), len(found["stopped_townships"])
    return (
        f"停贷村 {villages} 个(共 {found['villages']}),停贷乡镇 {townships} 个(共 {found['townships']})",
        f"{villages} of {found['villages']} villages and {townships} of {found['townships']} townships are stopped",
    )


def _outcomes(found: Result) -> tuple[str, str]:
    newest = found["newest_matured"]
    if newest is None:
        return f"{found['loans']} 笔贷款,尚无一批走完表现期", f"{found['loans']} loans, no vintage has matured yet"
    row = next(it for it in found["vintages"] if it["vintage"] == newest)
    judged = row["good"] + row["bad"]
    return (
        f"最新走完表现期的批次 {newest}:{judged} 笔可判定,其中不良 {row['bad']} 笔",
        f"newest matured vintage {newest}: {row['bad']} of {judged} judged loans are bad",
    )


def _retrain(found: Result) -> tuple[str, str]:
    if found["trained"]:
        return f"挑战者模型第 {found['version']} 版已训练", f"the challenger's version {found['version']} is trained"
    return "尚不能训练挑战者模型", f"no challenger could be trained: {found['why']}"


def _gate(found: Result) -> tuple[str, str]:
    stands = found["stands"]
    zh = f"现行意见来自第 {stands} 版" if stands else "尚无模型提供意见"
    en = f"version {stands} advises" if stands else "no version advises"
    if found["verdict"] is None:
        return f"没有可送审的版本;{zh}", f"nothing to judge; {en}"
    if found["promote"]:
        return f"通过;{zh}", f"passed; {en}"
    return f"未通过(理由 {len(found['reasons'])} 条);{zh}", f"refused: {'; '.join(found['reasons'])}; {en}"


def _watch(found: Result) -> tuple[str, str]:
    alarms = found.get("alarms", ())
    red = sum(it.get("level") == "red" for it in alarms)
    return f"监测报警 {len(alarms)} 条,其中红色 {red} 条", f"{len(alarms)} alarms of the watch, {red} of them red"


_SAID: Mapping[str, Said] = {
    "freshness": _freshness,
    "register": _register,
    "areas": _areas,
    "outcomes": _outcomes,
    "retrain": _retrain,
    "gate": _gate,
    "watch": _watch,
}


def _to_do(work: Work) -> list[dict[str, Any]]:
    """What only people may do: promote what passed, release what may be released."""
    found, acts = work.found, []
    if (version := found["gate"]["promote"]) and version != found["gate"]["stands"]:
        acts.append(
            {
                "zh": f"两人可批准第 {version} 版提供意见",
                "en": f"two people may let version {version} advise",
                "command": f"lushi promote {version} --by NAME --second NAME --why TEXT",
            }
        )
    if codes := found["areas"]["awaiting_release"]:
        acts.append(
            {
                "zh": f"两人可解除停贷:{_some('、', codes)}"
                + (f" 等 {len(codes)} 个区域" if len(codes) > _MOST else ""),
                "en": f"two people may release {_some(', ', codes)}"
                + (f" and {len(codes) - _MOST} more areas" if len(codes) > _MOST else ""),
                "command": "lushi area release CODE --by NAME --second NAME --why TEXT",
            }
        )
    return acts


def _some(comma: str, codes: list[str]) -> str:
    return comma.join(codes[:_MOST])
