"""trial.yaml: what a draft promises before anybody signs it, held against its trial on the whole county.

It binds no household and no rule reads it. It is part of the folder's hash, so that what was promised is bound with the rules.
"""

from __future__ import annotations

from typing import Literal

from scoring.errors import Fault
from scoring.policy.fields import Fields, unique
from scoring.policy.schema import TrialLimit
from scoring.policy.tree import Node

MEASURES: dict[str, tuple[str, ...]] = {
    "moved": ("count", "share"),
    "newly_granted": ("count", "share"),
    "newly_refused": ("count", "share"),
    "losing_grade": ("count", "share"),
    "registered_poor_moved": ("count", "share"),
    "registered_poor_losing_grade": ("count", "share"),
    "registered_poor_newly_refused": ("count", "share"),
    "limit_total_yuan_change": ("yuan",),
    "credit_villages_lost": ("count", "share"),
    "credit_townships_lost": ("count", "share"),
}
"""Measures of a trial, and the units in which each may be limited."""
_KEYS: dict[str, Literal["count", "share", "yuan"]] = {
    "at_most": "count",
    "at_most_share": "share",
    "at_most_yuan": "yuan",
}


def read_trial(node: Node, faults: list[Fault]) -> tuple[TrialLimit, ...]:
    """The limits, noting every fault."""
    fields = Fields(node, "the trial", faults)
    found = [(limit, row) for row in fields.rows("limits") if (limit := _limit(row, faults)) is not None]
    unique([(limit.id, row) for limit, row in found], "limit", faults)
    fields.done()
    return tuple(limit for limit, _ in found)


def _limit(row: Node, faults: list[Fault]) -> TrialLimit | None:
    fields = Fields(row, "a limit", faults)
    measure = fields.choice("limit", MEASURES, "limit")
    name = fields.identifier("id") if fields.has("id") else measure
    stated = [key for key in _KEYS if fields.has(key)]
    units = MEASURES.get(measure, tuple(_KEYS.values()))
    allowed = [key for key, unit in _KEYS.items() if unit in units]
    if len(stated) != 1 or stated[0] not in allowed:
        fields.fault(f"on '{measure}' needs one of {', '.join(allowed)}", "State how much is allowed, once")
        for key in stated:
            fields.get(key)
    unit = _KEYS[stated[0]] if stated else "count"
    highest = "1" if unit == "share" else "999999999999"
    at_most = fields.decimal(stated[0], high=highest) if stated else None
    label = fields.bilingual("label")
    fields.done()
    return None if at_most is None or not measure else TrialLimit(name, measure, unit, at_most, label)
