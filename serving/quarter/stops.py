"""Which villages and townships stand stopped on the quarter's last day."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from scoring.areas import TOWNSHIP_DIGITS
from serving.county.areas import AreaStop, area_stops
from serving.quarter.step import Result, Work


def stops(work: Work) -> Result:
    """Every stopped area with its figures; how many areas there are; which stops wait for a release by two people."""
    found = area_stops(work.parts, work.quarter.end, known_at=work.known_at)
    villages = [one for one in found if len(one.code) > TOWNSHIP_DIGITS]
    townships = [one for one in found if len(one.code) <= TOWNSHIP_DIGITS]
    return {
        "on": work.quarter.end.isoformat(),
        "villages": len(villages),
        "townships": len(townships),
        "stopped_villages": [_said(one) for one in villages if one.stop.stopped],
        "stopped_townships": [_said(one) for one in townships if one.stop.stopped],
        "awaiting_release": [one.code for one in found if one.stop.awaiting_sign_off],
    }


def _said(one: AreaStop) -> dict[str, Any]:
    stop = one.stop
    return {
        "code": one.code,
        "zh": one.name_zh,
        "en": one.name_en,
        "since": stop.since.isoformat() if stop.since else None,
        "ratio": percent(stop.ratio),
        "loans": stop.n_loans,
    }


def percent(ratio: Fraction) -> str:
    """A ratio in percent with two digits, rounded half up: 1/16 is '6.25'."""
    hundredths = (ratio.numerator * 20_000 + ratio.denominator) // (2 * ratio.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
