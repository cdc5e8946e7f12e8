"""Reports of the watch as far as their alarms go, for the tests; their figures are invented."""

from __future__ import annotations

from typing import Any


def alarm(figure: str = "early.late30_6m", **changes: Any) -> dict[str, Any]:
    """One alarm as a report tells it, with changes."""
    return {
        "figure": figure,
        "level": "amber",
        "group": figure.partition(".")[0],
        "about": {"kind": "township", "ids": ["411299104"], "zh": "某镇(虚构)", "en": "A township (synthetic)"},
        "since": "2020Q2",
        "since_or_earlier": False,
        "suspends": False,
        "lines": {"zh": ["黄色:逾期", "自2020Q2起"], "en": ["Amber: late", "Since 2020Q2"]},
        **changes,
    }


def red(figure: str = "early.late30_6m", **changes: Any) -> dict[str, Any]:
    """A red alarm whose limit suspends."""
    return alarm(figure, level="red", suspends=True, **changes)


def report(*alarms: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """A report with these alarms. number: tells reports with the same alarms apart."""
    return {"format": 1, "synthetic": True, "number": number, "alarms": list(alarms)}
