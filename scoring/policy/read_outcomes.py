"""outcomes.yaml: when a loan's life counts as good, bad, in between, or too young to judge."""

from __future__ import annotations

from scoring.errors import Fault
from scoring.policy.elements import Cite
from scoring.policy.fields import Fields
from scoring.policy.lending import OutcomeRules
from scoring.policy.read_about import About
from scoring.policy.tree import Node


def read_outcomes(node: Node, about: About, faults: list[Fault]) -> OutcomeRules:
    """Read outcomes.yaml, noting every fault."""
    fields = Fields(node, "the outcome rules", faults)
    cites: list[tuple[str, Cite]] = []
    window = _number(fields, "performance_window", "months", (1, 60), about, cites)
    bad = _number(fields, "bad", "at_least_days", (1, 3660), about, cites)
    between = _number(fields, "indeterminate", "at_least_days", (1, 3660), about, cites)
    missing = _number(fields, "maturity", "missing_month_ends", (0, 59), about, cites)
    early = _inner(fields, "repaid_early")
    is_good = early.flag("good") if early else True
    if early:
        _end(early, "repaid_early", about, cites)
    if between > bad:
        fields.fault(
            f"call a loan indeterminate from {between} days past due on, after it is bad from {bad} on",
            "Begin 'indeterminate' at or below 'bad'",
            fields.get("indeterminate"),
        )
    if missing >= window > 0 and fields.has("maturity"):
        fields.fault(
            f"let {missing} of {window} month ends be missing, so that nothing need be known",
            "Allow fewer missing month ends than the window has months",
            fields.get("maturity"),
        )
    fields.done()
    return OutcomeRules(window, bad, between, missing, is_good, tuple(cites))


def _inner(fields: Fields, key: str) -> Fields | None:
    node = fields.get(key)
    return None if node is None else Fields(node, key, fields.faults)


def _number(
    fields: Fields, key: str, what: str, bounds: tuple[int, int], about: About, cites: list[tuple[str, Cite]]
) -> int:
    inner = _inner(fields, key)
    if inner is None:
        return bounds[0]
    number = inner.integer(what, *bounds)
    _end(inner, key, about, cites)
    return number


def _end(inner: Fields, key: str, about: About, cites: list[tuple[str, Cite]]) -> None:
    cites.append((f"outcome rule {key}", inner.cite(about.documents)))
    inner.done()
