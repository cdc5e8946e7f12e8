"""grades.yaml: the grades, their limits, and what must be known before any grade."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

from scoring.errors import Fault
from scoring.policy.elements import Cite, Indicator, Refresh, Test
from scoring.policy.fields import Fields, unique
from scoring.policy.read_about import About
from scoring.policy.read_test import read_test
from scoring.policy.schema import Completeness, GradeBand
from scoring.policy.tree import Node

GRADES = ("A", "AA", "AAA", "AAA+")


def read_grades(
    node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]
) -> tuple[tuple[GradeBand, ...], Completeness]:
    """Grades from the lowest to the highest, and the completeness gate."""
    fields = Fields(node, "the grade list", faults)
    rows = list(fields.rows("grades"))
    grades = [_grade(row, about, faults) for row in rows]
    unique([(grade.id, row) for grade, row in zip(grades, rows, strict=True)], "grade", faults)
    for row, below, above in zip(rows[1:], grades, grades[1:], strict=False):
        if above.at_least <= below.at_least:
            faults.append(
                Fault(
                    row.file,
                    row.line,
                    f"grade '{above.id}' begins at {above.at_least}, not above '{below.id}'",
                    "Order the grades from the lowest cut to the highest",
                )
            )
        if above.limit_cny < below.limit_cny:
            faults.append(
                Fault(
                    row.file,
                    row.line,
                    f"grade '{above.id}' has a lower limit than '{below.id}'",
                    "Give a better grade no lower limit",
                )
            )
    gate = fields.get("completeness")
    completeness = (
        _completeness(gate, about, indicators, faults) if gate is not None else Completeness(0, (), {}, Cite("", True))
    )
    fields.done()
    return tuple(grades), completeness


def _grade(node: Node, about: About, faults: list[Fault]) -> GradeBand:
    fields = Fields(node, "a grade", faults)
    name = fields.choice("id", GRADES)
    fields.name = f"grade '{name}'"
    grade = GradeBand(
        name,
        fields.integer("at_least", -1000, 10000),
        fields.decimal("limit_cny"),
        fields.cite(about.documents),
        fields.flag("cut_assumed"),
    )
    if grade.limit_cny != grade.limit_cny.quantize(Decimal("0.01")):
        fields.fault("has a limit with parts of a fen", "Write the limit in yuan with at most two decimals")
    fields.done()
    return grade


def _completeness(node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]) -> Completeness:
    fields = Fields(node, "the completeness gate", faults)
    percent = fields.integer("known_percent", 0, 100)
    gate = [_gate(row, indicators, faults) for row in fields.rows("gate")]
    fresh: dict[Refresh, int] = {}
    days = fields.get("fresh_days")
    if days is not None:
        inner = Fields(days, "fresh_days", faults)
        fresh = {cycle: inner.integer(cycle, 1, 3660) for cycle in get_args(Refresh)}
        inner.done()
    completeness = Completeness(percent, tuple(gate), fresh, fields.cite(about.documents))
    fields.done()
    return completeness


def _gate(node: Node, indicators: Mapping[str, Indicator], faults: list[Fault]) -> tuple[Test | None, str, str]:
    fields = Fields(node, "a gate item", faults)
    test = read_test(fields, indicators) if fields.has("when") else None
    name = test.indicator if test else fields.choice("indicator", indicators, "indicators in indicators.yaml")
    if test is not None and test.active:
        fields.fault("asks for an episode", "Use a veto for episodes")
    reason = fields.text("reason")
    fields.done()
    return test, name, reason
