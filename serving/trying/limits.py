"""A draft's own limits (trial.yaml) held against its trial."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scoring.errors import LushiError
from scoring.policy.schema import TrialLimit


class NotMeasured(LushiError):
    """A limit whose measure this trial does not have."""


def measures(data: Mapping[str, Any]) -> dict[str, tuple[Decimal, int]]:
    """Every measure of a trial: its value, and of how many (0 where it has no share)."""
    kinds, total = data["movement"]["kinds"], data["households"]
    found = {
        "moved": (total - kinds["unchanged"], total),
        "newly_granted": (kinds["newly_granted"], total),
        "newly_refused": (kinds["newly_refused"], total),
        "losing_grade": (kinds["newly_refused"] + kinds["lower"], total),
    }
    if (poor := data["registered_poor"]) is not None:
        kinds, total = poor["kinds"], poor["households"]
        found |= {
            "registered_poor_moved": (total - kinds["unchanged"], total),
            "registered_poor_losing_grade": (kinds["newly_refused"] + kinds["lower"], total),
            "registered_poor_newly_refused": (kinds["newly_refused"], total),
        }
    if (areas := data["areas"]) is not None:
        found |= {
            "credit_villages_lost": (len(areas["villages_lost"]), areas["villages_before"]),
            "credit_townships_lost": (len(areas["townships_lost"]), areas["townships_before"]),
        }
    made = {name: (Decimal(value), of) for name, (value, of) in found.items()}
    made["limit_total_yuan_change"] = (abs(Decimal(data["yuan"]["limit"]["change"])), 0)
    return made


def held(limits: tuple[TrialLimit, ...], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each limit with what was measured, whether it is broken and by how much.

    Raises:
        NotMeasured: where the trial has no such measure (no poverty register, no villages).
    """
    known = measures(data)
    if missing := sorted({it.measure for it in limits} - known.keys()):
        raise NotMeasured(
            f"trial.yaml limits {', '.join(missing)}, which this trial cannot measure; remove these limits"
        )
    return [_held(limit, *known[limit.measure]) for limit in limits]


def _held(limit: TrialLimit, value: Decimal, of: int) -> dict[str, Any]:
    if limit.unit == "share":
        measured = (value / of if of else Decimal(0)).quantize(Decimal("0.000001"))
        broken = value > limit.at_most * of
    else:
        measured, broken = value, value > limit.at_most
    return {
        "id": limit.id,
        "measure": limit.measure,
        "unit": limit.unit,
        "label": {"zh": limit.label.zh, "en": limit.label.en},
        "at_most": str(limit.at_most),
        "measured": str(measured),
        "broken": broken,
        "over_by": str(max(measured - limit.at_most, Decimal(0))),
    }
