"""Which values tell against a household: those that cost points, and those that fire a veto, under a policy.

What is negative decides how long a statement may be kept (credit_regulation art. 16), so it is read off the rules and not judged anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from scoring.credit_file import NONE, OPEN, STALE
from scoring.policy.elements import Test
from scoring.policy.schema import Policy

Spans = tuple[tuple[int, int], ...]
"""Codes from the first to the second, both inclusive."""


def negative_codes(policies: Iterable[Policy]) -> dict[str, Spans]:
    """Indicator to the codes that are negative under any of the policies; indicators without any are left out."""
    found: dict[str, Spans] = {}
    for policy in policies:
        tops = {indicator.id: indicator.high for indicator in policy.indicators}
        for item in policy.items:
            edges = [*(band.at_least for band in item.bands), tops[item.indicator] + 1]
            spans = tuple(
                (low, after - 1)
                for band, (low, after) in zip(item.bands, pairwise(edges), strict=True)
                if band.points < 0
            )
            found[item.indicator] = found.get(item.indicator, ()) + spans
        for veto in policy.vetoes:
            found[veto.test.indicator] = found.get(veto.test.indicator, ()) + _spans(veto.test)
    return {name: tuple(sorted(set(spans))) for name, spans in found.items() if spans}


def is_negative(negative: Mapping[str, Spans], indicators: Sequence[str], codes: Sequence[int]) -> bool:
    """Whether a statement holds a negative value. codes: in the order of ``indicators``; what is missing tells nothing."""
    return any(
        low <= code <= high
        for name, code in zip(indicators, codes, strict=True)
        for low, high in negative.get(name, ())
        if code > STALE
    )


def _spans(test: Test) -> Spans:
    if test.active:  # an episode, open or ended
        return ((NONE + 1, OPEN),)
    return tuple((code, code) for code in test.codes if test.holds(code)) if test.codes else ((test.low, test.high),)
