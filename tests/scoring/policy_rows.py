"""The rows of a policy: everything it states that a household can run into, by name."""

from __future__ import annotations

from scoring.policy.elements import Test
from scoring.policy.schema import Policy

Row = tuple[str, str, str]


def rows_of(policy: Policy) -> set[Row]:
    """Every row of a policy, as (what it is, whose it is, which it is)."""
    rows: set[Row] = set()
    for item in policy.items:
        rows |= {("band", item.indicator, band.says) for band in item.bands}
        rows |= {("unknown", item.indicator, state) for state in ("missing", "stale")}
        if item.bands[0].says.startswith(">="):
            rows |= {("edge", item.indicator, band.says) for band in item.bands[1:]}
    rows |= {("invalid", indicator.id, "refused") for indicator in policy.indicators}
    for veto in policy.vetoes:
        rows |= {("veto", veto.id, state) for state in ("fired", "clear", "missing", "stale")}
        days = ("last day", "day after") if veto.test.active else ("at the edge", "short of the edge")
        rows |= {("veto", veto.id, day) for day in days}
    for test, name, _ in policy.completeness.gate:
        rows |= {("gate", name, state) for state in ("met", "missing", "stale", *(["unmet"] if test else []))}
    rows |= {("gate", "known_percent", state) for state in ("met", "unmet")}
    for test, _ in policy.terms.conditions:
        rows |= {("condition", test.indicator, state) for state in ("met", "missing", *edges_of(test))}
    rows |= {("purpose", purpose.id, "allowed" if purpose.allowed else "refused") for purpose in policy.terms.purposes}
    for product in policy.terms.products:
        rows |= {("product", product.id, f"up to {rate.up_to_months} months") for rate in product.rates}
        rows |= {("product", product.id, state) for state in ("longest term", "a month more", "most", "a fen more")}
        rows |= {("product", product.id, state) for state in (["open", "closed"] if product.only else ["open"])}
    for grade in policy.grades:
        rows |= {("grade", grade.id, state) for state in ("at the cut", "one short")}
    return rows


def edges_of(test: Test) -> dict[str, int]:
    """Codes outside a condition, next to it, by name."""
    if test.codes:
        return {}
    return {"below": test.low - 1, "above": test.high + 1}
