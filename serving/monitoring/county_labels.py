"""What townships, purposes, industries, sources and so on are called in a report."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.areas import TOWNSHIP_DIGITS
from scoring.policy.elements import Text
from scoring.policy.schema import Policy

POOR = {
    "yes": Text("建档立卡户(含已脱贫、边缘户)", "registered poor, lifted or marginal"),
    "no": Text("非建档立卡户", "not registered poor"),
    "unknown": Text("未知", "unknown"),
}
STATUS = {
    "graded": Text("已评级", "graded"),
    "below_a": Text("未达A级", "below A"),
    "vetoed": Text("一票否决", "vetoed"),
    "withheld": Text("暂不评级", "withheld"),
}


def labels_of(policy: Policy, areas: Mapping[str, tuple[str, str]]) -> Mapping[str, Mapping[str, Text]]:
    """By kind and part, what each is called. areas: code to (zh, en)."""
    industry = next((it for it in policy.indicators if it.id == "industry"), None)
    return {
        "township": {code: Text(*names) for code, names in areas.items() if len(code) == TOWNSHIP_DIGITS},
        "purpose": {it.id: it.label for it in policy.terms.purposes},
        "industry": {word: policy.words[word] for word in industry.categories if word in policy.words}
        if industry
        else {},
        "source": {it.id: it.label for it in policy.sources},
        "indicator": {it.id: it.label for it in policy.indicators},
        "registered_poor": POOR,
        "status": STATUS,
        "veto": {it.id: policy.reasons[it.reason].text for it in policy.vetoes if it.reason in policy.reasons},
    }
