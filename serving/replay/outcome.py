"""What is compared where a decision is replayed otherwise: its outcome, line by line, as recorded and as it comes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIELDS = ("status", "grade", "score", "limit_cny", "offered", "offer", "blocks", "vetoes")
"""What of the binding part is compared, and each indicator's points; wording and dates are not."""

OFFER = ("product", "limit_cny", "max_term_months", "rate", "subsidy_share")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision's outcome.

    on: the civil day that it speaks of. fields: value by name, in the order of :data:`FIELDS`. points: by indicator,
    for those that are scored. pd: the model's PD (0-1), None where there is none.
    """

    on: str
    fields: Mapping[str, Any]
    points: Mapping[str, int]
    pd: float | None


def outcome_of(binding: dict[str, Any], pd: float | None) -> Outcome:
    """The outcome that a binding answer states."""
    terms, offer = binding["terms"], binding["terms"]["offer"]
    fields = {
        **{name: binding[name] for name in ("status", "grade", "score", "limit_cny")},
        "offered": terms["offered"],
        "offer": {name: offer[name] for name in OFFER} if offer else None,
        "blocks": [it["id"] for it in terms["blocks"]],
        "vetoes": sorted(it["id"] for it in binding["vetoes"]["fired"]),
    }
    # A row is indicator, value, band, points, best; without the last three where the indicator is not scored.
    points = {row[0]: row[3] for row in binding["points"]["by_indicator"] if len(row) > 2}
    return Outcome(binding["on"], {name: fields[name] for name in FIELDS}, points, pd)


def moved_points(one: Outcome, other: Outcome) -> list[tuple[str, int | None, int | None]]:
    """Indicators whose points differ, in the order of the policies; None where one does not score it."""
    names = dict.fromkeys([*one.points, *other.points])
    rows = [(name, one.points.get(name), other.points.get(name)) for name in names]
    return [row for row in rows if row[1] != row[2]]


def same_binding(one: Outcome, other: Outcome) -> bool:
    """Whether the binding outcome is the same, every indicator's points included."""
    return one.fields == other.fields and one.points == other.points
