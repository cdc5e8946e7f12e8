"""reasons.yaml: every cause that may be stated to a household, worded in both languages."""

from __future__ import annotations

from scoring.errors import Fault
from scoring.policy.elements import Text
from scoring.policy.fields import Fields, unique
from scoring.policy.read_about import About
from scoring.policy.schema import Reason
from scoring.policy.tree import Node

ENGINE = (
    "file_incomplete",
    "answers_needed",
    "source_stale",
    "source_missing",
    "item_withheld",
    "village_stopped",
    "township_stopped",
    "no_grade",
    "purpose_refused",
    "amount_over_limit",
    "term_too_long",
    "condition_unknown",
)
"""Reasons that the engine itself may state; every policy words them."""


def read_reasons(node: Node, about: About, faults: list[Fault]) -> dict[str, Reason]:
    """Read reasons.yaml, noting every fault, and every engine reason that it does not word."""
    fields = Fields(node, "the reason list", faults)
    rows = list(fields.rows("reasons"))
    found: dict[str, Reason] = {}
    names: list[tuple[str, Node]] = []
    for row in rows:
        inner = Fields(row, "a reason", faults)
        name = inner.identifier("id")
        inner.name = f"reason '{name}'"
        found[name] = Reason(name, Text(inner.text("zh"), inner.text("en")), inner.cite(about.documents))
        names.append((name, row))
        inner.done()
    unique(names, "reason", faults)
    for name in ENGINE:
        if name not in found:
            faults.append(
                Fault(node.file, node.line, f"the reason '{name}' is not worded", f"Add '{name}' with zh and en")
            )
    fields.done()
    return found
