"""The gate: promote, or refuse with every reason. It reads results only; it decides nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scoring.policy.elements import Text
from training.limits import Limits
from training.results import Results

RIVALS = {
    "woe": Text("证据权重逻辑回归", "the WoE logistic regression"),
    "binding": Text("现行得分", "the binding score"),
    "previous": Text("上一个挑战者模型", "the previous challenger"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a challenger is refused: a short id for programs, a sentence in both languages for people."""

    id: str
    says: Text


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict; promoted exactly when there is no reason against it."""

    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Literal["promote", "refuse"]:
        """``promote`` or ``refuse``."""
        return "refuse" if self.reasons else "promote"


def judge(found: Results, bads: int, judged_bads: int, limits: Limits) -> Gate:
    """Hold results and the bads that trained and judged against every limit; a figure that could not be had fails."""
    reasons = (
        *_enough(found, bads, judged_bads, limits),
        *_calibrated(found, limits),
        *_worse(found),
        *_stable(found, limits),
        *_leaking(found, limits),
        *_sound(found, limits),
        *_unfair(found, limits),
    )
    return Gate(reasons)


def _enough(results: Results, bads: int, judged_bads: int, limits: Limits) -> list[Reason]:
    found = []
    if bads < limits.bads_least:
        zh = f"坏样本太少:{bads} 个,至少需要 {limits.bads_least} 个"
        found.append(_reason("too_few_bads", zh, f"too few bads: {bads}, at least {limits.bads_least} are needed"))
    if judged_bads < limits.judged_bads_least:
        zh = f"评判期坏样本太少:{judged_bads} 个,至少需要 {limits.judged_bads_least} 个"
        en = f"too few bads judge: {judged_bads}, at least {limits.judged_bads_least} are needed"
        found.append(_reason("too_few_bads_judge", zh, en))
    auc = results.overall["auc"]
    if not auc.low > limits.auc_chance:
        interval = f"{auc.low:.3f}–{auc.high:.3f}"
        holds = ("低于", "lies below") if auc.high < limits.auc_chance else ("含有", "contains")
        zh, en = (
            f"AUC 区间 {interval} {holds[0]} 0.5:不优于随机",
            f"the AUC interval {interval} {holds[1]} 0.5: no better than chance",
        )
        found.append(_reason("no_better_than_chance", zh, en))
    return found


def _calibrated(results: Results, limits: Limits) -> list[Reason]:
    found = []
    slope, shift = results.overall["slope"].value, results.overall["in_the_large"].value
    if not limits.slope_low <= slope <= limits.slope_high:
        allowed = f"{limits.slope_low}–{limits.slope_high}"
        zh = f"未校准:校准斜率 {slope:.2f},允许 {allowed}"
        found.append(_reason("calibration_slope", zh, f"not calibrated: slope {slope:.2f}, allowed {allowed}"))
    if not abs(shift) <= limits.in_the_large:
        zh = f"未校准:总体偏移 {shift:+.2f}(对数几率),允许 ±{limits.in_the_large}"
        en = f"not calibrated in the large: {shift:+.2f} in log-odds, allowed ±{limits.in_the_large}"
        found.append(_reason("calibration_in_the_large", zh, en))
    return found


def _worse(results: Results) -> list[Reason]:
    found = []
    for name, it in results.compared.items():
        if it.verdict == "worse":
            difference = f"{it.auc.value:+.4f} ({it.auc.low:+.4f} – {it.auc.high:+.4f})"
            zh = f"显著差于{RIVALS[name].zh}:AUC 之差 {difference}"
            found.append(_reason(f"worse_than_{name}", zh, f"worse than {RIVALS[name].en}: AUC {difference}"))
    return found


def _stable(results: Results, limits: Limits) -> list[Reason]:
    if results.score_psi <= limits.score_psi:
        return []
    zh = f"不稳定:得分 PSI {results.score_psi:.2f} > {limits.score_psi}"
    return [_reason("unstable", zh, f"unstable: score PSI {results.score_psi:.2f} > {limits.score_psi}")]


def _leaking(results: Results, limits: Limits) -> list[Reason]:
    found = []
    for name, area in results.alone.items():
        if area > limits.alone_auc:
            zh = f"疑似泄漏:特征“{name}”单独的 AUC 为 {area:.3f} > {limits.alone_auc}"
            en = f"leakage: the feature '{name}' alone has an AUC of {area:.3f} > {limits.alone_auc}"
            found.append(_reason("leakage", zh, en))
    auc = results.overall["auc"].value
    if auc > limits.auc_most:
        zh = f"疑似泄漏:AUC 为 {auc:.3f} > {limits.auc_most},好得不可信"
        found.append(
            _reason("leakage_together", zh, f"leakage: an AUC of {auc:.3f} > {limits.auc_most} is too good to be true")
        )
    if results.copied > limits.copies:
        zh = "疑似泄漏:评判行在训练行中有相同的副本,结果也相同;请指明它们的“group”"
        en = "leakage: judged rows stand among those that trained, outcome and all; name what they share as their group"
        found.append(_reason("leakage_copies", zh, en))
    for name in results.afterwards:
        zh, en = f"疑似泄漏:特征“{name}”事后才能得知", f"leakage: the feature '{name}' is known only after the fact"
        found.append(_reason("leakage", zh, en))
    return found


def _sound(results: Results, limits: Limits) -> list[Reason]:
    found = []
    for name, count in results.reversals.items():
        if count > limits.reversals:
            zh, en = (
                f"单调性被破坏:特征“{name}”反转 {count} 次",
                f"monotonicity broken: '{name}' reverses {count} times",
            )
            found.append(_reason("monotonicity", zh, en))
    if not results.additivity <= limits.additivity:
        zh = f"贡献之和与对数几率不符:{results.additivity:.1e}"
        found.append(
            _reason("additivity", zh, f"contributions do not add up to the log-odds: {results.additivity:.1e}")
        )
    return found


def _unfair(results: Results, limits: Limits) -> list[Reason]:
    found = []
    for name, it in results.fair.items():
        if it.ratio is not None and not it.ratio.high >= limits.fair_ratio:
            ratio = f"{it.ratio.value:.2f} ({it.ratio.low:.2f}–{it.ratio.high:.2f})"
            zh = f"按“{name}”不公平:按期还款者的通过率之比 {ratio} < {limits.fair_ratio}"
            en = f"unfair by '{name}': good repayers accepted at a ratio of {ratio} < {limits.fair_ratio}"
            found.append(_reason("unfair", zh, en))
    return found


def _reason(name: str, zh: str, en: str) -> Reason:
    return Reason(name, Text(zh, en))
