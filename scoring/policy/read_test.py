"""``when:`` conditions, from a closed list of operators; there are no expression strings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from scoring.credit_file import OPEN
from scoring.policy.elements import Indicator, Test
from scoring.policy.fields import Fields
from scoring.policy.tree import Node

REFUSED = "never"
"""What a test says that could not be read; a fault stands for it already."""
OPERATORS = ("active", "at_least", "at_most", "is", "in")
_LOW, _HIGH = -(2**31) + 2, OPEN


def read_test(fields: Fields, indicators: Mapping[str, Indicator]) -> Test:
    """Read ``indicator`` and ``when`` of a rule; every misuse is noted as a fault."""
    name = fields.choice("indicator", indicators, "indicators in indicators.yaml")
    node = fields.get("when")
    indicator = indicators.get(name)
    nothing = Test(name, False, 1, 0, (), REFUSED)
    if node is None or indicator is None:
        return nothing
    inner = Fields(node, f"{fields.name}, when,", fields.faults)
    used = [key for key in OPERATORS if inner.has(key)]
    bounds = set(used) <= {"at_least", "at_most"}
    if not used or (len(used) > 1 and not bounds):
        inner.fault(
            "does not hold one condition",
            f"Use one of: {', '.join(OPERATORS)} (at_least and at_most may stand together)",
        )
        return nothing
    allowed = {"episode": ("active",), "boolean": ("is",), "category": ("is", "in")}.get(
        indicator.kind, ("at_least", "at_most")
    )
    for key in used:
        if key not in allowed:
            inner.fault(f"uses '{key}' on {indicator.kind} '{name}'", f"Use one of: {', '.join(allowed)}")
            return nothing
    test = _test(inner, indicator, used)
    inner.done()
    return test


def _test(inner: Fields, indicator: Indicator, used: list[str]) -> Test:
    name = indicator.id
    if "active" in used:
        inner.choice("active", ("true",))
        return Test(name, True, _LOW, _HIGH, (), "open or under observation")
    if bounds := [key for key in ("at_least", "at_most") if key in used]:
        low, high, says = _LOW, _HIGH, []
        for bound in bounds:
            written = inner.decimal(bound, "-100000000")
            scaled = Decimal(written).scaleb(indicator.decimals)
            code = int(scaled)
            if code != scaled:
                what = f"compares '{name}' with {written}, which it cannot be"
                inner.fault(what, "Write no more decimals than the indicator has")
            low, high = (code, high) if bound == "at_least" else (low, code)
            says.append(f"{'>=' if bound == 'at_least' else '<='} {written}")
        return Test(name, False, low, high, (), " and ".join(says))
    if indicator.kind == "boolean":
        code = 1 if inner.choice("is", ("yes", "no")) == "yes" else 0
        return Test(name, False, code, code, (), "yes" if code else "no")
    key = "is" if "is" in used else "in"
    words = (inner.choice("is", indicator.categories),) if key == "is" else inner.words("in")
    for word in words:
        if word not in indicator.categories and key == "in":
            inner.fault(f"names '{word}', which '{name}' cannot be", f"Use only: {', '.join(indicator.categories)}")
    codes = tuple(sorted(indicator.categories.index(word) for word in words if word in indicator.categories))
    return Test(name, False, _LOW, _HIGH, codes or (_LOW,), " or ".join(words))


def nodes(fields: Fields, key: str) -> list[Node]:
    """The rows of an optional list; none where the key is not written."""
    return list(fields.rows(key)) if fields.has(key) else []
