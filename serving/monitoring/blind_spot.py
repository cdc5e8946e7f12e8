"""What the estimate without outcomes does not see and the comparison at equal age does: both said, one beside the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scoring.policy.elements import Text
from serving.monitoring.alarms import shown
from serving.monitoring.figure import WHOLE, Judged, about_data, number

ESTIMATE = "challenger.estimated_bad_rate"
NO_CHANGE = 1.1
"""Up to so many times what it said of earlier loans the estimate counts as seeing no change; assumed."""
SURE = 0.001
"""The greatest chance at which an early sign says so; assumed. An alarm waits for a second quarter, this sentence does not: it must be surer."""
KINDS = ("pd_fifth", WHOLE)
"""What an early sign must be about to say that the model's order, or its level, no longer holds."""


def blind_spot(judged: Sequence[Judged]) -> dict[str, Any] | None:
    """The estimate, now and of earlier loans, beside the surest early sign; None where they do not differ so.

    Only where the estimate sees no rise while an early sign about everything or about a fifth of the PD is surely over its red limit.
    """
    estimate = next((it.figure for it in judged if it.figure.id == ESTIMATE), None)
    early = [it for it in judged if it.figure.group == "early" and it.figure.about.kind in KINDS and _surely_red(it)]
    if estimate is None or not early or math.isnan(estimate.reference):
        return None
    if estimate.value > NO_CHANGE * estimate.reference:
        return None
    worst = min(early, key=lambda it: (it.status != "red", KINDS.index(it.figure.about.kind), it.figure.p)).figure
    said, was = shown(estimate), shown(estimate, estimate.reference)
    late, against = shown(worst), shown(worst, worst.reference)
    where = Text("", "") if worst.about.kind == WHOLE else worst.about.label
    text = Text(
        f"无标签估计:新放贷款将有 {said} 不良(以往贷款为 {was}),看不出上升;同龄贷款{f'({where.zh})' if where.zh else ''}的逾期却为 {late},"
        f"参照 {against}:违约的原因变了,而不是借款人变了。",
        f"The estimate without outcomes says that {said} of new loans will be bad (it said {was} of earlier ones): it sees no rise. "
        f"At the same age{f', in {where.en},' if where.en else ''} late loans stand at {late} against {against}: why people default has changed, not who borrows.",
    )
    return {
        "estimate": number(estimate.value),
        "estimate_before": number(estimate.reference),
        "early": {
            "figure": worst.id,
            "about": about_data(worst.about),
            "value": number(worst.value),
            "reference": number(worst.reference),
        },
        "zh": text.zh,
        "en": text.en,
    }


def _surely_red(it: Judged) -> bool:
    return it.alone == "red" and it.figure.p <= SURE
