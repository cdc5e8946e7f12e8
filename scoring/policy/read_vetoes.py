"""vetoes.yaml: the rules that fix the outcome whatever the score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from scoring.errors import Fault
from scoring.policy.elements import Indicator
from scoring.policy.fields import Fields, unique
from scoring.policy.read_about import About
from scoring.policy.read_test import REFUSED, read_test
from scoring.policy.schema import Action, Veto
from scoring.policy.tree import Node

KINDS = ("public_security", "dishonesty", "arrears", "idleness", "other")
SUBJECTS = ("borrower",)
"""A veto looks at the borrower alone: one member's record never vetoes another adult."""


def read_vetoes(node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]) -> tuple[Veto, ...]:
    """Read vetoes.yaml, noting every fault."""
    fields = Fields(node, "the veto list", faults)
    rows = list(fields.rows("vetoes"))
    vetoes = [_veto(row, about, indicators, faults) for row in rows]
    unique([(veto.id, row) for veto, row in zip(vetoes, rows, strict=True)], "veto", faults)
    fields.done()
    return tuple(vetoes)


def _veto(node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]) -> Veto:
    fields = Fields(node, "a veto", faults)
    name = fields.identifier("id")
    fields.name = f"veto '{name}'"
    fields.choice("subject", SUBJECTS)
    test = read_test(fields, indicators)
    months = fields.integer("observation_months", 0, 240)
    if months and not test.active and test.says != REFUSED:
        fields.fault(
            "has an observation period but no episode to count it from",
            "Set observation_months to 0 or use 'active: true'",
        )
    veto = Veto(
        id=name,
        kind=fields.choice("kind", KINDS) or "other",  # type: ignore[arg-type]
        test=test,
        observation_months=months,
        if_missing=cast(Action, fields.choice("if_missing", ("withhold", "ask")) or "withhold"),
        if_stale=cast(Action, fields.choice("if_stale", ("withhold", "ask", "value")) or "withhold"),
        reason=fields.text("reason"),
        remedy=fields.bilingual("remedy"),
        cite=fields.cite(about.documents),
    )
    fields.done()
    return veto
